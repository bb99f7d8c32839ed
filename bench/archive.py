"""The archive: searching a million articles, trying a rule on those of months, and what the index costs.

The articles are as most feeds state them, a title and about sixty words. The baseline asks SQLite without an index, or has the
matcher read everything.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from bench.support.figures import Figure
from bench.support.press import articles as press_articles
from bench.support.press import broad_query, notices, rules, terms
from monitor.core.match import Matcher
from monitor.core.match.indexing import index_words
from monitor.core.match.narrowing import EVERYTHING, narrow
from monitor.core.model import Article, Document, Feed
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.store import Store, archive, articles, feeds
from monitor.store.archive import ALWAYS
from monitor.store.sqlite import driver
from monitor.workshop.search import Search

ARTICLES = 1_000_000
DIFFERENT = 20_000
"""Made-up articles; the archive holds each of them many times over."""
NEEDLE, EVERY = "Zimzemina", 50_000
"""A name that is in every so many articles, and in no other."""
BACKTESTED = 600_000
RULES = 20
SAMPLED = 10_000
"""Articles that the matcher reads without an index, to tell how long it would take for all."""
FEEDS = 200
INDEXED = 2_000
PER_COMMIT = 40

_ARTICLE = (
    "INSERT INTO articles(id, feed_id, key, url, title, summary, body, author, language, tags, published, seen_at, content_hash,"
    " version) VALUES (?, ?, ?, '', ?, ?, ?, '', 'en', '[]', ?, ?, '', 1)"
)
_WORDS = "INSERT INTO article_words(rowid, words) VALUES (?, ?)"


def measure() -> Iterator[Figure]:
    """Fill an archive, search it, try rules on it, and store articles with their words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "presswatch.db"
        size = _fill(path)
        with Store(f"sqlite:///{path}") as store:
            store.open(exclusive=False)
            yield from _searches(store, path)
            yield from _backtests(store)
        yield Figure("the index in the database", size, "bytes an article")
    yield from _indexing()


def _fill(path: Path) -> float:
    """Store the articles as quickly as it can be done; return the size of the index an article."""
    documents = notices(DIFFERENT)
    words = [index_words(each.title, each.summary, each.body) for each in documents]
    _make(path)
    now = datetime.now(UTC).replace(tzinfo=None)
    with closing(driver().connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for start in range(0, ARTICLES, DIFFERENT):
            ids = range(start + 1, start + DIFFERENT + 1)
            connection.execute("BEGIN")
            connection.executemany(_ARTICLE, _rows(ids, documents, now))
            connection.executemany(
                _WORDS, ((id, f"{each} {_needle(id).lower()}") for id, each in zip(ids, words, strict=True))
            )
            connection.execute("COMMIT")
        (size,) = connection.execute("SELECT sum(length(block)) FROM article_words_data").fetchone()
    return float(size) / ARTICLES


def _make(path: Path) -> None:
    with Store(f"sqlite:///{path}") as store:
        store.open()
        with store.transaction() as tx:
            feeds.sync(tx, [Feed(f"feed-{number}", f"https://feed-{number}.example/") for number in range(FEEDS)])


def _rows(ids: range, documents: Sequence[Document], now: datetime) -> Iterator[tuple[Any, ...]]:
    for id, each in zip(ids, documents, strict=True):
        at = f"{now - timedelta(seconds=15 * (ARTICLES - id)):%Y-%m-%d %H:%M:%S.%f}"
        yield id, f"feed-{id % FEEDS}", str(id), f"{each.title} {_needle(id)}", each.summary, each.body, at, at


def _needle(id: int) -> str:
    return NEEDLE if id % EVERY == 0 else ""


def _searches(store: Store, path: Path) -> Iterator[Figure]:
    baseline = 1000 * _like(path)
    for what, query in {f"a name in {ARTICLES // EVERY} of {ARTICLES:,}": NEEDLE, **terms()}.items():
        _search(store, query)
        took = 1000 * min(_search(store, query) for _ in range(3))
        against: dict[str, Any] = {"against": "LIKE '%…%'", "baseline": baseline} if query == NEEDLE else {}
        yield Figure(f"search for {what}", took, "ms", ("at most", 200), **against)


def _search(store: Store, query: str) -> float:
    """Return the seconds that it takes to find the newest twenty."""
    started = time.perf_counter()
    search = Search(parse(query), ALWAYS, 20)
    for _ in search.steps(store.reading):
        pass
    took = time.perf_counter() - started
    if not search.found:
        raise AssertionError(f"{query} is not found")
    return took


def _like(path: Path) -> float:
    """Return the seconds that SQLite takes to find the articles with the seldom name by reading all."""
    holds = "title || ' ' || summary || ' ' || body LIKE ?"
    started = time.perf_counter()
    with closing(driver().connect(path)) as connection:
        statement = f"SELECT id FROM articles WHERE {holds} ORDER BY id DESC LIMIT 20"
        connection.execute(statement, [f"%{NEEDLE}%"]).fetchall()
    return time.perf_counter() - started


def _backtests(store: Store) -> Iterator[Figure]:
    """Try rules, one after the other, on the articles of some months."""
    with store.reading() as tx:
        window = archive.Window(since=tx.now - timedelta(seconds=15 * BACKTESTED))
    some, broad = rules(RULES), Rule("broad", parse(broad_query()))
    for what, tried in (("a rule", some), ("a rule of common words", [broad])):
        started = time.perf_counter()
        for rule in tried:
            matcher = Matcher([rule])
            for each in archive.candidates(store.reading, narrow(rule.query), window):
                matcher.match(each.document)
        took = (time.perf_counter() - started) / len(tried)
        everything = _read(store, tried[0]) * BACKTESTED / SAMPLED
        named = f"{what} tried on {BACKTESTED:,} articles"
        yield Figure(named, took, "s", ("at most", 10), "reading all of them", everything)


def _read(store: Store, rule: Rule) -> float:
    matcher = Matcher([rule])
    started = time.perf_counter()
    for each in islice(archive.candidates(store.reading, EVERYTHING), SAMPLED):
        matcher.match(each.document)
    return time.perf_counter() - started


def _indexing() -> Iterator[Figure]:
    """Store whole articles, and count what their words add to that."""
    now = datetime.now(UTC)
    found = [
        Article("feed-0", str(number), "", each.title, "", each.body, "", "en", (), now, now, str(number))
        for number, each in enumerate(press_articles(INDEXED))
    ]
    for each in found:
        index_words(each.title, each.summary, each.body)
    started = time.process_time()
    for each in found:
        index_words(each.title, each.summary, each.body)
    words = (time.process_time() - started) / INDEXED
    yield Figure("words of a 550-word article", 1e6 * words, "µs")
    yield Figure("a 550-word article stored with its words", 1e6 * _stored(found), "µs of CPU", ("at most", 1000))


def _stored(found: Sequence[Article]) -> float:
    with tempfile.TemporaryDirectory() as folder, Store(f"sqlite:///{folder}/presswatch.db") as store:
        store.open()
        with store.transaction() as tx:
            feeds.sync(tx, [Feed("feed-0", "https://feed-0.example/")])
        started = time.process_time()
        for start in range(0, len(found), PER_COMMIT):
            with store.transaction() as tx:
                articles.save(tx, found[start : start + PER_COMMIT])
        return (time.process_time() - started) / len(found)
