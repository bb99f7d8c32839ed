"""What holds of every query."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.query import CODES, QueryError, parse, warnings
from monitor.core.query.lexer import tokens
from monitor.core.query.nodes import Node
from tests.core.match.strategies import QUERIES

PIECES = st.sampled_from([
    "a", "Witkoff", "guarantee*", "ab*", "cease-fire", "維特", "O'Brien's", "it's's", "AND", "OR", "NOT", "NEAR/5", "ONEAR/0", "NEAR/s", "ATLEAST/2", "2 OF", "stem:en", "stem:", "x?y", "and", "(",
    ")", '"', '"a b"', '"AND"', "title:", "author:", "url:http://x", "raw:", "raw:C++", "$list", "$", "/re/", "/(a+)+[[x]/", "/(/", "/", ",", "*", "?", "-", "&&", " ", "\n",
    "…", "“", "ガ", "한국", "葛\U000e0100", "5月",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda joint: joint.join(pieces))
)
LISTS: dict[str, Node] = {"list": parse('x OR "y z"')}


@settings(max_examples=400)
@given(TEXTS | st.text(max_size=60))
def test_tokens_rebuild_the_text(text: str) -> None:
    found = list(tokens(text))
    assert "".join(text[token.start : token.end] for token in found) == text
    assert [token.text for token in found] == [text[token.start : token.end] for token in found]


def read(text: str) -> Node | QueryError:
    try:
        return parse(text, LISTS)
    except QueryError as error:
        return error


@settings(max_examples=600)
@given(TEXTS | st.text(max_size=60))
def test_any_text_is_a_query_or_a_fault_with_a_place(text: str) -> None:
    found = read(text)
    if isinstance(found, QueryError):
        assert 0 <= found.start <= found.end <= len(text)
        assert found.message
        assert found.code in CODES
    else:
        assert parse(str(found)) == found
        assert all(0 <= each.start < each.end <= len(text) for each in warnings(text, LISTS))


@settings(max_examples=300)
@given(QUERIES)
def test_a_query_reads_as_it_is_written(query: Node) -> None:
    assert parse(str(query)) == query
    assert str(parse(str(query))) == str(query)
