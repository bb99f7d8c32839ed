"""What a rule finds in an article, and what it does not."""

import time

import pytest

from monitor.core.match import Matcher
from monitor.core.model import Document, Span
from monitor.core.query import parse
from monitor.core.rules import Rule


def marks(query: str, document: Document | str) -> list[str] | None:
    """Return the texts that `query` marks in a document (a text is a body), or None where it does not match."""
    read = Document("", body=document) if isinstance(document, str) else document
    hits = Matcher([Rule("rule", parse(query))]).match(read)
    return [getattr(read, span.field)[span.start : span.end] for span in hits[0].spans] if hits else None


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("Harbour", "The harbour. HARBOUR!", ["harbour", "HARBOUR"]),
        ("security guarantees", "Security\nguarantees and guarantees", ["Security\nguarantees"]),
        ('"security guarantee*"', "security guaranteed", ["security guaranteed"]),
        ('"ferr* strike"', "ferry strike, ferries strike", ["ferry strike", "ferries strike"]),
        ("guarantee*", "Guarantees, guarantee", ["Guarantees", "guarantee"]),
        ("Zelensky", "Zelenský’s visit", ["Zelenský"]),
        ("Łódź", "in Lodz", ["Lodz"]),
        ("Ukraine", "l’Ukraine, d'Ukraine's", ["l’Ukraine", "d'Ukraine"]),
        ("l'Ukraine", "L’Ukraine et Ukraine", ["L’Ukraine"]),
        ("Ukrain*", "QU'UKRAINIENNE", ["QU'UKRAINIENNE"]),
        ("aide Ukraine", "aide l'Ukraine", ["aide l'Ukraine"]),
        ("raw:Ukraine", "l'Ukraine l'ukraine", ["l'Ukraine"]),
        ('raw:"Ukraine libre"', "l'Ukraine libre", ["Ukraine libre"]),
        ("елка", "ёлка", ["ёлка"]),
        ("об'єднання", "об’єднання", ["об’єднання"]),
        ("cease-fire", "cease-fire, ceasefire, Cease fire", ["cease-fire", "ceasefire", "Cease fire"]),
        ("ceasefire", "ceasefire", ["ceasefire"]),
        ("covid-19", "Covid 19", ["Covid 19"]),
        ("state-of-the-art*", "state of the arts", ["state of the arts"]),
        ("維特科夫", "特使維特科夫訪問", ["維特科夫"]),
        ("カフェ", "新カフェ店", ["カフェ"]),
        ("กรุงเทพ", "ในกรุงเทพมหานคร", ["กรุงเทพ"]),
        ("سلام", "قال: سلام!", ["سلام"]),
        ("U.S.", "the U.S. says", ["U.S"]),
        ("raw:US", "us and US", ["US"]),
        ('raw:"C++"', "C and C++ too", ["C++"]),
        ('raw:"AT&T"', "AT T, at&t, AT&T", ["AT&T"]),
        ('raw:"US Army"', "US, Army; US\n Army", ["US\n Army"]),
        ('raw:"#Ferry"', "Ferry #Ferry", ["#Ferry"]),
        ("raw:O'Brien", "O’Brien", ["O’Brien"]),
        ("a OR b c", "b c a", ["b c", "a"]),
        ("ferry OR ferry strike", "ferry strike", ["ferry strike"]),
        ("a b OR b c", "a b c", ["a b c"]),
        ("a AND NOT b", "a", ["a"]),
        ("(a AND missing) OR b", "a b", ["b"]),
        ("NOT (NOT a)", "a", ["a"]),
        ("NOT (b OR NOT a)", "a", ["a"]),
        ("a NEAR/2 b", "a x x b; b, x. a", ["a x x b", "b, x. a"]),
        ("a NEAR/2 b", "b a x x x a", ["b a"]),
        ("a ONEAR/1 b", "b a x b", ["a x b"]),
        ("a NEAR/1 b", "a\n\nx\n\nb", ["a\n\nx\n\nb"]),
        ("a NEAR/0 a", "a x a a", ["a a"]),
        ('"a b" NEAR/1 c', "c x a b", ["c x a b"]),
        ("(a OR x y) NEAR/0 b", "x y b", ["x y b"]),
        ("a NEAR/1 b NEAR/1 c", "a x b x c", ["a x b x c"]),
        ("a NEAR/5 b NEAR/5 c", "a offers c to b", ["a offers c to b"]),
        ("a ONEAR/1 b ONEAR/1 c", "a c b x c", ["a c b x c"]),
        ("(a NEAR/1 b) ONEAR/0 c", "b x a c", ["b x a c"]),
        ("a NEAR/s b", "x a. And b has a.", ["b has a"]),
        ("a NEAR/s b", "Mr. a and Gen. b", ["a and Gen. b"]),
        ("維 NEAR/s 夫", "維。夫維", ["夫維"]),
        ("raw:US NEAR/1 bank*", "us bank of the US Banks", ["US Banks"]),
        ("ATLEAST/2 a", "a b a", ["a", "a"]),
        ("ATLEAST/2 (a OR b c)", "b c a", ["b c", "a"]),
        ("2 OF (a, b, c NOT x)", "c a", ["c", "a"]),
        ("NOT (2 OF (NOT a, NOT b, c))", "a b", ["a", "b"]),
        ("stem:en guarantee", "guarantees guaranteed guaranteeing", ["guarantees", "guaranteed", "guaranteeing"]),
        ('stem:en "security guarantee"', "Security guarantees", ["Security guarantees"]),
        ("stem:ru гарантия", "гарантии и гарантий", ["гарантии", "гарантий"]),
        ("colo?r", "Color, colour", ["colour"]),
        ("wom?n*", "women, womanly, womn", ["women", "womanly"]),
        ("cease-f?re", "cease-fire ceasefyre", ["cease-fire", "ceasefyre"]),
        (r"/GPT-\d/", "the gpt-5 model", ["gpt-5"]),
        ("/(?-i:US)/ AND a", "us a US", ["a", "US"]),
    ],
)
def test_a_query_marks_what_it_found(query: str, text: str, marked: list[str]) -> None:
    assert marks(query, text) == marked


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Harbour", "harbours harboured"),
        ("security guarantees", "guarantees security; security and guarantees"),
        ("security guarantees", "on security\n\nguarantees"),
        ("security guarantees", "on security\n \t\nguarantees"),
        ("Zelensky", "Zelenskyy"),
        ("Київ", "Киів"),
        ("Brien", "O'Brien"),
        ("clock", "o'clock"),
        ("l'Ukraine", "Ukraine"),
        ("raw:Ukraine", "l'ukraine"),
        ("ceasefire", "cease-fire"),
        ("guarantee*", "guarante"),
        ("raw:US", "us"),
        ("raw:Łódź", "Lodz"),
        ('raw:"C++"', "C and C+"),
        ("維科", "維特科夫"),
        ("a AND b", "a c"),
        ("a AND NOT b", "a b"),
        ("a AND NOT (b OR c)", "a c"),
        ("a NEAR/2 b", "a x x x b"),
        ("a ONEAR/2 b", "b a"),
        ("a NEAR/5 a", "a"),
        ('"a b" NEAR/5 b', "a b"),
        ("a ONEAR/3 b ONEAR/3 c", "a c b"),
        ("a NEAR/s b", "x a. And b."),
        ("a NEAR/s b", "a\n\nb"),
        ("c NOT a NEAR/2 b", "c a b"),
        ("ATLEAST/2 a", "a"),
        ('ATLEAST/2 "a a"', "a a a"),
        ("2 OF (a, b, c)", "b"),
        ("stem:en guarantee", "guarantor"),
        ("colo?r", "color colouur"),
        (r"/\bGPT-\d\b/", "GPT"),
    ],
)
def test_a_query_does_not_find(query: str, text: str) -> None:
    assert marks(query, text) is None


ARTICLE = Document(
    title="Strike at the harbour",
    summary="Ferries wait",
    body=f"{'word ' * 49}boundary beyond the fiftieth",
    author="Ann Bo",
    source="harbour-post",
    source_tags=("wire",),
    url="https://www.harbour.example/news/7",
    language="en-gb",
    tags=("Sea & Shore",),
)


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("title:harbour", ["harbour"]),
        ("title:(harbour OR wait)", ["harbour"]),
        ("summary:ferries", ["Ferries"]),
        ("body:boundary", ["boundary"]),
        ("lead:boundary", ["boundary"]),
        ("lead:(harbour AND ferries)", ["Ferries", "harbour"]),
        ("author:ann*", []),
        ('author:"ANN BO"', []),
        ("source:harbour-*", []),
        ("source:*.example", []),
        ("url:https://www.harbour.example/*", []),
        ("lang:en", []),
        ("lang:EN-gb", []),
        ("tag:wire", []),
        ('tag:"sea & shore"', []),
        ("lang:en AND harbour", ["harbour"]),
        ("harbour AND title:strike NOT author:bob", ["Strike", "harbour"]),
    ],
)
def test_fields_narrow_where_a_query_looks(query: str, marked: list[str]) -> None:
    assert marks(query, ARTICLE) == marked


@pytest.mark.parametrize(
    "query",
    [
        "title:ferries",
        "body:harbour",
        "summary:strike",
        "lead:beyond",
        'lead:"boundary beyond"',
        '"harbour ferries"',
        "author:ann",
        "author:*ann",
        "source:harbour",
        "lang:e",
        "lang:en-us",
        "tag:sea",
        "url:harbour.example",
        "harbour NOT lang:en",
        "title:(strike AND wait)",
    ],
)
def test_fields_that_are_not_so(query: str) -> None:
    assert marks(query, ARTICLE) is None


def test_hits_come_in_the_order_of_the_rules() -> None:
    rules = [
        Rule(f"r{number}", parse(query)) for number, query in enumerate(["c", "a AND b", "missing", "b", "a OR NOT b"])
    ]
    assert [hit.rule.id for hit in Matcher(rules).match(Document("a b c"))] == ["r0", "r1", "r3", "r4"]


def test_spans_are_sorted_and_say_their_field() -> None:
    (hit,) = Matcher([Rule("rule", parse("a"))]).match(Document("a", "a", "b a"))
    assert hit.spans == (Span("body", 2, 3), Span("summary", 0, 1), Span("title", 0, 1))


def test_an_article_that_repeats_itself_has_a_bounded_number_of_spans() -> None:
    (hit,) = Matcher([Rule("rule", parse("a"))]).match(Document("a", body="a " * 5000))
    assert len(hit.spans) == 200
    assert hit.spans[-1] == Span("title", 0, 1)


def test_nearness_never_reaches_from_one_field_into_another() -> None:
    document = Document("a", "b", "a x b")
    (hit,) = Matcher([Rule("rule", parse("a NEAR/1 b"))]).match(document)
    assert hit.spans == (Span("body", 0, 5),)
    assert marks("a NEAR/50 b", Document("a", "b")) is None
    assert marks("a NEAR/s b", Document("a", "b")) is None


@pytest.mark.parametrize(
    "query", ["a NEAR/0 b", "a ONEAR/9 b NEAR/s a", "ATLEAST/9999 (a OR b)", "(a NEAR/3 c) NEAR/9 b"]
)
def test_words_that_stand_everywhere_are_near_each_other_in_no_time(query: str) -> None:
    text = "a x " * 20_000 + "b y " * 20_000
    started = time.process_time()
    Matcher([Rule("rule", parse(query))]).match(Document("", body=text))
    assert time.process_time() - started < 2


def test_a_regular_expression_that_never_ends_is_stopped_and_told() -> None:
    rules = [Rule("bad", parse("/(a+)+b/")), Rule("worse", parse("x OR NOT /(a+)+b/")), Rule("good", parse("/a+/"))]
    hits = Matcher(rules).match(Document("", body="a" * 5000))
    assert [hit.rule.id for hit in hits] == ["worse", "good"]
    assert [rule.id for rule in hits.overrun] == ["bad", "worse"]
    assert Matcher(rules).match(Document("aab")).overrun == ()


def test_no_rules_find_nothing() -> None:
    assert list(Matcher([]).match(ARTICLE)) == []


def test_an_empty_article_matches_only_what_asks_for_nothing() -> None:
    rules = [Rule("a", parse("a")), Rule("b", parse("a OR NOT b"))]
    assert [hit.rule.id for hit in Matcher(rules).match(Document(""))] == ["b"]


def test_forms_are_learnt_anew_when_too_many_were_seen() -> None:
    matcher = Matcher([Rule("rule", parse("ferr* AND 維特"))])
    for start in range(0, 210_000, 30_000):
        matcher.match(Document("", body=" ".join(map(str, range(start, start + 30_000)))))
    assert [hit.rule.id for hit in matcher.match(Document("Ferries 維特", body="x\n\ny"))] == ["rule"]


def test_words_without_end_are_read() -> None:
    text = "é" * 300_000
    assert marks("ééé*", text) == [text]
