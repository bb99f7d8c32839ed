"""How common words are: a shipped table, and what an archive shows."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.match import COMMON, Matcher, counted
from monitor.core.match.frequencies import FEWEST, SELDOM
from monitor.core.model import Document
from monitor.core.rules import Rule
from tests.core.match.strategies import DOCUMENTS, rules


def test_an_archive_shows_which_share_of_articles_holds_a_word() -> None:
    texts = ["The Ferry's late, the FERRY waits"] * 100 + ["Zürich: ferry"] * 50 + ["tides"] * 50
    found = counted(texts)
    assert (found["ferry"], found["zurich"], found["tides"]) == (0.75, 0.25, 0.25)
    assert found["the"] == 0.5


def test_what_the_archive_hardly_holds_is_as_shipped() -> None:
    texts = ["ferry"] * FEWEST + ["gangway president"] * (SELDOM - 1)
    found = counted(texts)
    assert "gangway" not in found
    assert found["president"] == COMMON["president"]


def test_a_small_archive_says_nothing() -> None:
    assert counted(["ferry"] * (FEWEST - 1)) is COMMON


SHARES = st.dictionaries(st.sampled_from(["ferry", "strike", "the", "a", "cplus"]), st.floats(0.001, 1))


@given(rules(most=6), st.lists(DOCUMENTS, max_size=3), SHARES)
def test_how_common_words_are_never_changes_what_is_found(
    some: list[Rule], documents: list[Document], shares: dict[str, float]
) -> None:
    shipped, told = Matcher(some), Matcher(some, shares)
    for each in documents:
        assert [hit.rule for hit in shipped.match(each)] == [hit.rule for hit in told.match(each)]
