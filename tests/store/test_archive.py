"""What is stored is found again by its words, on both databases."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.match import Matcher
from monitor.core.match.indexing import LONGEST
from monitor.core.match.narrowing import EVERYTHING, MOST_WORDS, AllOf, AnyOf, Formula, Holds, narrow
from monitor.core.model import Article, Document
from monitor.core.query import And, Node, Or, parse
from monitor.core.rules import Rule
from monitor.store import Store, archive, articles, stories
from monitor.store.archive import ALWAYS, Archived, Window
from tests.clock import MONDAY
from tests.core.match.formulas import nested
from tests.core.match.strategies import DOCUMENTS, QUERIES
from tests.store.newsroom import WINDOW, article, open_house, publish

HOUR = timedelta(hours=1)


@pytest.fixture
def house(store: Store) -> Store:
    with store.transaction() as tx:
        open_house(tx)
    return store


def saved(store: Store, *found: Article) -> dict[str, int]:
    with store.transaction() as tx:
        return articles.save(tx, found)


def titled(*titles: str) -> list[Article]:
    """Articles that are nothing but a title, an hour apart."""
    return [
        article(f"k{number}", title=title, body="", seen_at=MONDAY + number * HOUR)
        for number, title in enumerate(titles)
    ]


def found(store: Store, query: str | Formula, window: Window = ALWAYS, *, newest_first: bool = False) -> list[str]:
    formula = narrow(parse(query)) if isinstance(query, str) else query
    return [each.title for each in archive.candidates(store.reading, formula, window, newest_first=newest_first)]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("ferry", "The FERRY leaves"),
        ("lodz", "Łódź"),
        ("Ukraine", "l’Ukraine"),
        ("l'Ukraine", "L’UKRAINE"),
        ("O'Brien", "O’Brien’s boat"),
        ("guarantee*", "Guaranteed"),
        ("l'ukr*", "l'Ukrainienne"),
        ("guaran?ee", "guarantee"),
        ("cease-fire", "ceasefire"),
        ("cease-fire", "cease fire"),
        ("об'єднання", "об’єднання"),
        ("елка", "ёлка"),
        ("strasse", "Straße"),
        ("ABC", "ＡＢＣ"),
        ("維特夫", "特使維特夫訪問"),
        ("夫", "維特夫"),
        ("กรุงเทพ", "ในกรุงเทพมหานคร"),
        ("カフェ", "新ｶﾌｪ店"),
        ("سلام", "قال: سلام!"),
        ("⑴", "⑴"),
        ("x_1", "x_1"),
        ('raw:"C++"', "C++"),
        ("été", "e\u0301te\u0301"),
        ("x" * 3000, "x" * 3000),
        ("NOT (NOT ferry)", "ferry"),
    ],
)
def test_an_article_is_found_by_a_word_however_either_is_written(house: Store, query: str, title: str) -> None:
    saved(house, *titled("something else", title))
    assert title in found(house, query)
    assert Matcher([Rule("rule", parse(query))]).match(Document(title))


@pytest.mark.parametrize("query", ["ferry", "harb*", "維特", "ferry OR walkout", "harbour strike"])
def test_what_does_not_hold_the_words_is_not_read(house: Store, query: str) -> None:
    saved(house, *titled("A strike", "特使維", "Fer ry", "l'harfe"))
    assert found(house, query) == []


def test_the_words_of_title_summary_and_body_are_found(house: Store) -> None:
    saved(house, replace(article(title="alpha", body="gamma"), summary="beta"))
    for word in ("alpha", "beta", "gamma", "alpha AND beta AND gamma"):
        assert found(house, word) == ["alpha"]


def test_a_formula_is_met_as_it_says(house: Store) -> None:
    saved(house, *titled("a b c", "a x", "b y", "c b"))
    a, b, c = map(Holds, "abc")
    assert found(house, AllOf((a, AnyOf((b, c))))) == ["a b c"]
    assert found(house, AnyOf((AllOf((b, c)), Holds("x")))) == ["a b c", "a x", "c b"]
    assert found(house, EVERYTHING) == ["a b c", "a x", "b y", "c b"]


@pytest.mark.parametrize(
    "query",
    [
        Or(tuple(parse(f"y{number}") for number in range(MOST_WORDS))),
        And((parse("y99"), Or((parse("y99"), And(tuple(parse(f"y{number}") for number in range(MOST_WORDS // 2))))))),
        And(tuple(parse("y99") if number == 7 else Or((parse("y99"), parse(f"x{number}"))) for number in range(400))),
        nested(100),
    ],
    ids=["wide", "wide inside", "many", "deep"],
)
def test_the_largest_formulas_can_be_asked_for(house: Store, query: Node) -> None:
    saved(house, *titled("y99", "z"))
    assert narrow(query) != EVERYTHING
    assert found(house, narrow(query)) == ["y99"]


def test_an_edited_article_is_found_by_its_new_words_alone(house: Store) -> None:
    saved(house, article(title="Ferry sails"))
    saved(house, article(title="Walkout ends"))
    assert found(house, "ferry") == []
    assert found(house, "walkout") == ["Walkout ends"]


def test_a_pruned_article_is_gone_from_the_index(house: Store) -> None:
    saved(house, *titled("ferry", "ferry again"))
    with house.transaction() as tx:
        assert articles.prune(tx, MONDAY + HOUR) == 1
    with house.reading() as tx:
        assert archive.count_candidates(tx, Holds("ferry")) == 1


def test_an_article_without_words_is_stored_and_found_by_nobody(house: Store) -> None:
    saved(house, *titled("", "…"))
    assert found(house, "ferry") == []
    assert found(house, EVERYTHING) == ["", "…"]


@pytest.mark.parametrize("body", ["word " * 200_000, "".join(f"w{n} " for n in range(150_000)), "維特夫" * 300_000])
def test_an_article_of_a_megabyte_is_found(house: Store, body: str) -> None:
    assert len(body) > LONGEST
    saved(house, article(title="long", body=body), *titled("short"))
    assert found(house, body[:5]) == ["long"]


def test_an_article_with_too_many_words_is_read_whatever_is_looked_for(house: Store) -> None:
    body = "".join(f"w{n} " for n in range(LONGEST // 4))
    saved(house, article(title="long", body=body), *titled("short"))
    assert found(house, "w7") == found(house, "anything") == ["long"]


def test_it_reads_from_the_oldest_or_from_the_newest(house: Store) -> None:
    saved(house, *titled("ferry 1", "ferry 2", "ferry 3"))
    assert found(house, "ferry") == ["ferry 1", "ferry 2", "ferry 3"]
    assert found(house, "ferry", newest_first=True) == ["ferry 3", "ferry 2", "ferry 1"]


@pytest.mark.parametrize("query", ["ferry", "the"])
def test_it_reads_what_was_first_seen_in_a_window(house: Store, query: str) -> None:
    saved(house, *titled("the ferry 0", "the ferry 1", "the ferry 2", "the ferry 3"))
    window = Window(MONDAY + HOUR, MONDAY + 3 * HOUR)
    assert found(house, query, window) == ["the ferry 1", "the ferry 2"]
    assert found(house, query, Window(since=MONDAY + 2 * HOUR)) == ["the ferry 2", "the ferry 3"]
    assert found(house, query, Window(until=MONDAY + HOUR)) == ["the ferry 0"]
    assert found(house, query, Window(since=MONDAY + 9 * HOUR)) == []
    with house.reading() as tx:
        assert archive.count(tx, window) == 2
        assert archive.count(tx) == 4


def test_days_outside_of_the_window_are_not_even_counted(house: Store) -> None:
    days = [
        replace(each, seen_at=MONDAY + 48 * number * HOUR) for number, each in enumerate(titled("x", "x", "x", "x"))
    ]
    saved(house, *days)
    window = Window(MONDAY + 48 * HOUR, MONDAY + 72 * HOUR)
    with house.reading() as tx:
        assert archive.count_candidates(tx, Holds("x"), window) == archive.count(tx, window) == 1
        assert archive.count_candidates(tx, Holds("x"), Window(since=MONDAY + 480 * HOUR)) == 0


def test_the_window_is_told_by_time_even_where_articles_came_in_late(house: Store) -> None:
    saved(house, *(replace(each, seen_at=MONDAY - number * HOUR) for number, each in enumerate(titled("x 0", "x 1"))))
    assert found(house, "x", Window(since=MONDAY)) == ["x 0"]
    assert found(house, EVERYTHING, Window(since=MONDAY)) == ["x 0"]


def test_thousands_of_articles_are_read_in_order_and_each_once(house: Store) -> None:
    saved(house, *(article(f"k{n}", title=f"ferry {n}", body="") for n in range(3200)))
    expected = [f"ferry {n}" for n in range(3200)]
    assert found(house, "ferry") == found(house, EVERYTHING) == expected
    assert found(house, "ferry", newest_first=True) == expected[::-1]


def test_no_transaction_is_open_while_an_article_is_looked_at(house: Store) -> None:
    saved(house, *titled("ferry 1", "ferry 2"))
    stream = archive.candidates(house.reading, Holds("ferry"))
    assert next(stream).title == "ferry 1"
    saved(house, article("later", title="ferry 3"))
    assert [each.title for each in stream] == ["ferry 2"]


def test_an_article_is_given_with_what_its_feed_is_called_and_tagged(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article(title="Ferry"))
        (id,) = articles.save(tx, [article("later", title="ferry")]).values()
        story = stories.assign(tx, {id: article("later")}, WINDOW)[id]
    (first, second) = archive.candidates(house.reading, Holds("ferry"))
    assert first == Archived(
        id=1, feed_id="harbour", feed="Harbour News", feed_tags=(), story_id=1, url="https://harbour.example/ferry-1",
        title="Ferry", summary="", body="The first boat leaves at dawn.", author="A. Reporter", language="en", tags=("local",),
        published=MONDAY, seen_at=MONDAY,
    )  # fmt: skip
    assert (second.id, second.story_id) == (id, story)
    assert first.document == Document(
        "Ferry", "", "The first boat leaves at dawn.", "A. Reporter", "harbour", (), first.url, "en", ("local",)
    )


def stored_as(documents: Iterable[Document], keys: Iterable[int]) -> list[Article]:
    return [
        replace(article(f"d{key}", title=each.title, body=each.body), summary=each.summary, content_hash=f"{key}")
        for key, each in zip(keys, documents, strict=False)
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=st.lists(DOCUMENTS, min_size=1, max_size=8), queries=st.lists(QUERIES, min_size=1, max_size=8))
def test_what_the_matcher_finds_in_an_article_finds_the_article_in_the_archive(
    house: Store, documents: list[Document], queries: list[Node]
) -> None:
    with house.reading() as tx:
        keys = count(archive.count(tx))
    saved(house, *stored_as(documents, keys))
    everything = list(archive.candidates(house.reading, EVERYTHING))
    for query in queries:
        matcher = Matcher([Rule("rule", query)])
        hits = [each.id for each in everything if matcher.match(each.document)]
        read = [each.id for each in archive.candidates(house.reading, narrow(query))]
        assert set(hits) <= set(read)
        assert read == sorted(read)
