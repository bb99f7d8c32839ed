"""How a query is read."""

import pytest

from monitor.core.query import (
    And,
    AtLeast,
    Distance,
    Field,
    KOf,
    Near,
    Node,
    Not,
    Or,
    Raw,
    Regex,
    Stem,
    Term,
    TermWord,
    Value,
    combine,
    parse,
)


def term(*words: str) -> Term:
    return Term(tuple(TermWord(word.rstrip("*"), word.endswith("*")) for word in words))


A, B, C, D = map(term, "abcd")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Witkoff", term("Witkoff")),
        ("security guarantees", term("security", "guarantees")),
        ('"security guarantees"', term("security", "guarantees")),
        ('"security, guarantees!"', term("security", "guarantees")),
        ("guarantee*", term("guarantee*")),
        ('"security guarantee*"', term("security", "guarantee*")),
        ("secur* guarantee", term("secur*", "guarantee")),
        ("cease-fire", term("cease-fire")),
        ("cease‑fire*", term("cease-fire*")),
        ("driver’s-seat", term("driver-seat")),
        ("Blair's", term("Blair")),
        ("O’Brien", term("O’Brien")),
        ("U.S.", term("U", "S")),
        ("22:00", term("22", "00")),
        ("維特", term("維", "特")),
        ("“smart quotes”", term("smart", "quotes")),
        ("and", term("and")),
        ('"AND"', term("AND")),
        ("ANDES", term("ANDES")),
        ("what?", term("what")),
        ("2 OF", term("2", "OF")),
        ("a AND b AND c", And((A, B, C))),
        ("a OR b OR c", Or((A, B, C))),
        ("a OR b AND c", Or((A, And((B, C))))),
        ("a AND b OR c AND d", Or((And((A, B)), And((C, D))))),
        ("(a OR b) AND c", And((Or((A, B)), C))),
        ("a AND (b AND c)", And((A, And((B, C))))),
        ("a NOT b", And((A, Not(B)))),
        ("a AND NOT b NOT c", And((A, Not(B), Not(C)))),
        ("a NOT b AND c", And((A, Not(B), C))),
        ("NOT a AND b", And((Not(A), B))),
        ("NOT (NOT a)", Not(Not(A))),
        ("a NOT (b OR c)", And((A, Not(Or((B, C)))))),
        ("((a))", A),
        (" \n a\tAND\nb ", And((A, B))),
        ('"a b"AND(c)', And((term("a", "b"), C))),
        ("title:a", Field("title", A)),
        ("title: a b", Field("title", term("a", "b"))),
        ("title:(a OR b)", Field("title", Or((A, B)))),
        ("title:(a NOT b) AND c", And((Field("title", And((A, Not(B)))), C))),
        (
            'lead:"a b" OR summary:c OR body:d',
            Or((Field("lead", term("a", "b")), Field("summary", C), Field("body", D))),
        ),
        ("title:raw:US", Field("title", Raw("US"))),
        ("raw:US", Raw("US")),
        ("raw:C++", Raw("C++")),
        ("raw:$TSLA", Raw("$TSLA")),
        ('raw:" AND  x "', Raw("AND x")),
        ("raw:10:30", Raw("10:30")),
        ("author:Jane", Value("author", "Jane")),
        ("author:Jane Doe", Value("author", "Jane Doe")),
        ('author:"Jane  Doe"', Value("author", "Jane Doe")),
        ("author:(Jane Doe OR Bo)", Or((Value("author", "Jane Doe"), Value("author", "Bo")))),
        ("source:bbc-* NOT source:bbc-sport", And((Value("source", "bbc-*"), Not(Value("source", "bbc-sport"))))),
        ("url:https://example.org/news/*?x=1 AND a", And((Value("url", "https://example.org/news/*?x=1"), A))),
        ("url:(http://a OR b:c)", Or((Value("url", "http://a"), Value("url", "b:c")))),
        ("lang:en", Value("lang", "en")),
        ("tag:NEAR/5", Value("tag", "NEAR/5")),
        ("a NEAR/5 b", Near((A, B), (Distance(5),))),
        (
            "a NEAR/0 b ONEAR/12 c NEAR/s d",
            Near((A, B, C, D), (Distance(0), Distance(12, ordered=True), Distance(None))),
        ),
        ("(a NEAR/5 b) NEAR/2 (c OR d)", Near((Near((A, B), (Distance(5),)), Or((C, D))), (Distance(2),))),
        ("NOT a NEAR/5 b AND c", And((Not(Near((A, B), (Distance(5),))), C))),
        ("title:a NEAR/5 b", Near((Field("title", A), B), (Distance(5),))),
        ("ATLEAST/3 a", AtLeast(3, A)),
        ("ATLEAST/3 (a NEAR/1 b) OR c", Or((AtLeast(3, Near((A, B), (Distance(1),))), C))),
        ("2 OF (a, b c, c NOT d)", KOf(2, (A, term("b", "c"), And((C, Not(D)))))),
        ("2  OF(a,b)", KOf(2, (A, B))),
        ("stem:en a b", Stem("en", term("a", "b"))),
        ("stem:en (a OR b) AND c", And((Stem("en", Or((A, B))), C))),
        ("title:stem:en a", Field("title", Stem("en", A))),
        ("/colou?r/ AND a", And((Regex("colou?r"), A))),
        (r"/a\/b (c|d)/", Regex(r"a\/b (c|d)")),
        ("colo?r", term("colo?r")),
        ("wom??n-f?re*", term("wom??n-f?re*")),
        ('"the colo?r"', term("the", "colo?r")),
    ],
)
def test_a_query_is_read_as_a_tree(text: str, query: Node) -> None:
    assert parse(text) == query


def test_a_list_stands_for_its_tree() -> None:
    lists: dict[str, Node] = {"envoys": Or((A, B)), "two-parts": C}
    assert parse("$envoys AND d", lists) == And((Or((A, B)), D))
    assert parse("title:$envoys OR $two-parts", lists) == Or((Field("title", Or((A, B))), C))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a OR b AND c", "a OR (b AND c)"),
        ("a NOT (b OR c)", "a AND NOT (b OR c)"),
        ("NOT (NOT a)", "NOT (NOT a)"),
        ('"AND"', '"AND"'),
        ("cease-fire* OR x", "cease-fire* OR x"),
        ("維特科夫", '"維特科夫"'),
        ("5月 3日", '"5 月 3 日"'),
        ("title:(a)", "title:a"),
        ("title:(a OR b c)", 'title:(a OR "b c")'),
        ("author:(a OR b)", 'author:"a" OR author:"b"'),
        ("raw:US", 'raw:"US"'),
        ("(a NEAR/5 b) NEAR/s c", "(a NEAR/5 b) NEAR/s c"),
        ("a b NEAR/5 c", '"a b" NEAR/5 c'),
        ("ATLEAST/2 ((a))", "ATLEAST/2 a"),
        ("2 OF(a,(b OR c),d AND e)", "2 OF (a, b OR c, d AND e)"),
        ("stem:en (a b)", 'stem:en "a b"'),
        ("NOT (a NEAR/5 b) AND c", "NOT a NEAR/5 b AND c"),
    ],
)
def test_a_tree_is_written_as_a_query(text: str, written: str) -> None:
    assert str(parse(text)) == written
    assert parse(written) == parse(text)


def test_the_mapping_forms_make_the_same_trees() -> None:
    assert combine(any=[A, B]) == parse("a OR b")
    assert combine(all=[A, B]) == parse("a AND b")
    assert combine(any=[A, B], all=[C], none=[D]) == parse("(a OR b) AND c NOT d")
    assert combine(any=[A], none=[B, C]) == parse("a NOT b NOT c")
    assert combine(all=[Or((A, B))]) == parse("a OR b")
