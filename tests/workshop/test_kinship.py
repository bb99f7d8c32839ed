"""Which article another is a copy of is told from what is stored, by what made them one story."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.articles import article
from monitor.core.copies import Finding
from monitor.core.model import Article, Entry
from monitor.workshop.kinship import kinship
from tests.clock import MONDAY

LONG = (
    "The two sides met for the third time this week and spoke for more than nine hours about the boats before they left the "
    "town hall by the back door, where nobody had waited for them but a man who sold chestnuts and roses to those who passed by."
)
EDITED = LONG.replace("third", "fourth").replace("chestnuts and roses", "roses")


def came(title: str, text: str = LONG, *, feed: str = "harbour", url: str = "", publisher: str = "") -> Article:
    return article(Entry(title, url=url, summary=text, published=MONDAY, publisher=publisher), feed, MONDAY)


FIRST = came("The boats are talked of again", url="https://harbour.example/boats")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param(
            came(FIRST.title, "Short.", feed="wire", url="https://www.harbour.example/boats/"), "lead to one page", id="page"
        ),
        pytest.param(came(FIRST.title, feed="wire"), "title and opening words are the same", id="opening"),
        pytest.param(
            came(f"{FIRST.title} - Harbour", "", feed="google", publisher="Harbour"), "what an aggregator lists", id="listed"
        ),
        pytest.param(came(FIRST.title, "More follows.", feed="wire"), "both have one title", id="alert"),
        pytest.param(came("Boats: they talk", EDITED, feed="valley"), Finding.COPY.sentence, id="edited"),
        pytest.param(
            came("Boats: they talk", "Quite another text by now.", feed="valley"), "by what they said when they came", id="changed"
        ),
    ],
)  # fmt: skip
def test_a_copy_is_told_with_what_makes_it_one(other: Article, why: str) -> None:
    found = kinship(other, [(7, FIRST)])
    assert found
    assert (found.of, found.outlet, found.title) == (7, "harbour", FIRST.title)
    assert why in found.why


def test_of_several_it_copies_the_one_that_is_most_like_it() -> None:
    nearer = came("They talk of the boats", EDITED, feed="city")
    found = kinship(came("Boats: they talk", EDITED, feed="valley"), [(1, FIRST), (2, nearer)])
    assert found
    assert found.of == 2
    assert found.share
    assert found.share >= 0.9


def test_what_came_first_is_a_copy_of_nothing() -> None:
    assert kinship(FIRST, []) is None


def test_an_article_out_of_the_window_of_its_story_is_told_of_the_first_all_the_same() -> None:
    late = replace(came(FIRST.title, feed="wire"), seen_at=MONDAY + timedelta(days=5))
    found = kinship(late, [(1, FIRST)])
    assert found
    assert found.of == 1
