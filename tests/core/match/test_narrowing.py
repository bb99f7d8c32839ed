"""What the index of the archive is asked for, for a query: never less than what the matcher would find."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.match import Matcher
from monitor.core.match.indexing import LONGEST, LONGEST_WORD, UNREAD, index_words
from monitor.core.match.narrowing import DEEPEST, EVERYTHING, AllOf, AnyOf, Formula, Holds, narrow
from monitor.core.model import Document
from monitor.core.query import And, Node, Or, Raw, Stem, Term, TermWord, parse
from monitor.core.rules import Rule
from monitor.core.text import bare_words
from tests.core.match.formulas import admits, nested, words_of
from tests.core.match.strategies import DOCUMENTS, QUERIES

ODD = "aAéßẞſıİøÆŉﬁﷺ㊀㊁⑴½一二維ｶﾞカﾞทีがｇＧ²ΣςΐͺЁёй'’ʼ＇-_. \n\u0301\u200d\ufe0f\x00\ud800𠀀𝔸ﱞ"
"""Letters that fold into others, into several, or into signs; letters of scripts without spaces; and what parts words."""


FORMS = {
    "en": (
        "abcdefghiklmnoprstuvwyzéæ",
        (
            " s es ies ed edly ing eed ying y ly er ator ational tional izer ization alism ality fulness ousness iveness bility bly logy "
            "logist fully lessly icate ical ful ness ative alize ance ence able ment tion ate ous ive sses at bl iz ency ably ently"
        ),
    ),
    "ru": (
        "абвгдеёжзийклмнопрстухцчшыюя",
        (
            " в вши ив ившись ее ие ого ыми ой нн вш ющ ся сь ла на ете йте ло но ешь ила ена уйте или ить ишь ев ов иями ами ией иях "
            "ь ию ья ость ейш ейше"
        ),
    ),
}
"""Letters of a language, and endings that its words take."""


def words(text: str) -> set[str]:
    return set(index_words(text).split(" "))


def hits(query: Node, document: Document) -> bool:
    return bool(Matcher([Rule("rule", query)]).match(document))


@settings(max_examples=300)
@given(QUERIES, DOCUMENTS)
def test_whatever_the_matcher_finds_is_admitted(query: Node, document: Document) -> None:
    if hits(query, document):
        assert admits(narrow(query), words_of(document))


@settings(max_examples=300)
@given(st.text(st.sampled_from(ODD), max_size=30), st.data())
def test_a_piece_of_any_text_finds_that_text(text: str, data: st.DataObject) -> None:
    found = bare_words(text) or ["a"]
    first = data.draw(st.integers(0, len(found) - 1))
    piece = found[first : data.draw(st.integers(first + 1, len(found)))]
    document = Document("", body=text)
    for query in (
        Term(tuple(map(TermWord, piece))),
        Term((*map(TermWord, piece[:-1]), TermWord(piece[-1][:4], prefix=True))),
        Raw(" ".join(piece)),
    ):
        if hits(query, document):
            assert admits(narrow(query), words_of(document))


@settings(max_examples=300)
@given(st.sampled_from(["en", "ru"]), st.data())
def test_every_form_of_a_word_begins_as_the_index_is_asked_for(language: str, data: st.DataObject) -> None:
    letters, endings = FORMS[language]
    root = data.draw(st.text(st.sampled_from(letters), min_size=2, max_size=8))
    ends = data.draw(st.lists(st.sampled_from(endings.split(" ")), min_size=2, max_size=3))
    word = TermWord(root + "".join(ends[1:]))
    document = Document("", body=root + "".join(ends[:-1]))
    query = Stem(language, Term((word,)))
    if hits(query, document):
        assert admits(narrow(query), words_of(document))


@given(st.text(st.sampled_from(ODD)))
def test_index_words_are_parted_by_single_spaces_and_hold_no_other_signs_than_apostrophes(text: str) -> None:
    joined = index_words(text)
    assert joined.encode().decode() == joined
    for each in joined.split(" ") if joined else ():
        assert each
        assert all(letter in "'_" or letter.isalnum() for letter in each if letter.isascii())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ferry. THE FERRY!", {"the", "ferry"}),
        ("L’Ukraine, l'Ukraine's ports", {"l'ukraine", "ukraine", "ports"}),
        ("Zelenský, Łódź, STRASSE, Straße", {"zelensky", "lodz", "strasse"}),
        ("ёлка і об’єднання", {"елка", "і", "об'єднання"}),
        ("cease-fire_now", {"cease", "fire", "now"}),
        ("維特，科", {"維", "特", "科", "維特", "特科"}),
        ("Mr 維 x 特", {"mr", "維", "x", "特"}),
        ("ＡＢＣ １２", {"abc", "12"}),
        ("ที่", {"ท", "ี", "่", "ที", "ี่"}),
        ("⑴", {"_1_"}),
        ("half \ud800 pair, nul \x00 here", {"half", "pair", "nul", "here"}),
        ("", {""}),
        (" … ", {""}),
    ],
)
def test_an_article_is_indexed_by_its_words_as_the_matcher_compares_them(text: str, expected: set[str]) -> None:
    assert words(text) == expected


def test_an_endless_word_is_indexed_by_its_beginning() -> None:
    assert words("x" * 5000 + " " + "é" * 5000) == {"x" * LONGEST_WORD, "e" * LONGEST_WORD}
    assert narrow(parse("x" * 5000)) == Holds("x" * LONGEST_WORD)


def test_an_article_with_too_many_words_is_looked_at_for_every_query() -> None:
    text = " ".join(f"word{number}" for number in range(LONGEST // 8))
    assert words(text) == {UNREAD}
    assert admits(narrow(parse("word7")), words(text))


@pytest.mark.parametrize(
    ("query", "formula"),
    [
        ("Witkoff", Holds("witkoff")),
        ("Zelenský", Holds("zelensky")),
        ("guarantee*", Holds("guarantee", beginning=True)),
        ("guaran?ee", Holds("guaran", beginning=True)),
        ("gu?rantee", EVERYTHING),
        ("cease-fire", AnyOf((Holds("ceasefire"), AllOf((Holds("cease"), Holds("fire")))))),
        ("raw:US AND ferry", AllOf((Holds("us"), Holds("ferry")))),
        ("ferry NEAR/5 (strike OR walkout)", AllOf((Holds("ferry"), AnyOf((Holds("strike"), Holds("walkout")))))),
        ("title:ferry AND NOT golf", Holds("ferry")),
        ("ATLEAST/3 ferry", Holds("ferry")),
        ("2 OF (ferry, strike, port)", AnyOf((Holds("ferry"), Holds("strike"), Holds("port")))),
        ("2 OF (ferry, strike, /x/)", AnyOf((Holds("ferry"), Holds("strike")))),
        ("2 OF (ferry, strike)", AllOf((Holds("ferry"), Holds("strike")))),
        ("2 OF (ferry, /x/, /y/)", EVERYTHING),
        ("ferry AND lang:en", Holds("ferry")),
        ("ferry OR /strik.+/", EVERYTHING),
        ("stem:en (guarantees AND ferries)", AllOf((Holds("guaran", beginning=True), Holds("fer", beginning=True)))),
        ("stem:en (sky AND guarantee*)", Holds("guarantee", beginning=True)),
        ("stem:ru гарантии", Holds("гарант", beginning=True)),
        ("stem:de Garantien", EVERYTHING),
        ("維特夫", AllOf((Holds("維特"), Holds("特夫")))),
        ("夫", Holds("夫")),
        ("維 AND 特", AllOf((Holds("維"), Holds("特")))),
        ("harbour 維特 x", AllOf((Holds("維特"), Holds("harbour"), Holds("x")))),
        ("the ferry of the harbour", AllOf((Holds("ferry"), Holds("harbour")))),
        ("the", EVERYTHING),
        ("the OR ferry", EVERYTHING),
    ],
)  # fmt: skip
def test_a_query_asks_the_index_for_the_words_it_cannot_do_without(query: str, formula: Formula) -> None:
    made = narrow(parse(query))
    assert _unordered(made) == _unordered(formula)


def test_thousands_of_alternatives_ask_for_everything() -> None:
    assert narrow(Or(tuple(parse(f"w{number}") for number in range(2000)))) == EVERYTHING


def test_of_thousands_of_words_that_all_must_be_there_some_are_asked_for() -> None:
    asked = narrow(And(tuple(parse(f"w{number}") for number in range(2000))))
    assert isinstance(asked, AllOf)
    assert 100 < len(asked.parts) <= 1000


def test_what_is_nested_too_deep_is_left_out() -> None:
    made = narrow(nested(100))
    assert 1 < depth(made) <= DEEPEST
    assert admits(made, {"y99"})
    assert not admits(made, {"y0"})


def depth(formula: Formula) -> int:
    return 0 if isinstance(formula, Holds) else 1 + max(map(depth, formula.parts), default=0)


def _unordered(formula: Formula) -> object:
    """Return a formula without the order of its parts."""
    return (type(formula), frozenset(map(_unordered, formula.parts))) if not isinstance(formula, Holds) else formula
