"""The archive: searching a million articles, and what the index costs.

The articles are as most feeds state them, a title and about sixty words. The baseline asks SQLite without an index.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.support.figures import Figure
from bench.support.press import articles as press_articles
from bench.support.press import notices, terms
from bench.support.stock import fill
from monitor.core.match.indexing import index_words
from monitor.core.model import Article, Feed
from monitor.core.query import parse
from monitor.store import Store, articles, feeds
from monitor.store.archive import ALWAYS
from monitor.store.sqlite import driver
from monitor.workshop.search import Search

ARTICLES = 1_000_000
DIFFERENT = 20_000
"""Made-up articles; the archive holds each of them many times over."""
NEEDLE, EVERY = "Zimzemina", 50_000
"""A name that is in every so many articles, and in no other."""
WITHIN = timedelta(days=180)
INDEXED = 2_000
PER_COMMIT = 40


def measure() -> Iterator[Figure]:
    """Fill an archive, search it, and store articles with their words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "presswatch.db"
        fill(path, notices(DIFFERENT), ARTICLES, WITHIN, _needle)
        with Store(f"sqlite:///{path}") as store:
            store.open(exclusive=False)
            yield from _searches(store, path)
        yield Figure("the index in the database", _index_size(path), "bytes an article")
    yield from _indexing()


def _index_size(path: Path) -> float:
    """Return the bytes that the index of words takes for an article."""
    with closing(driver().connect(path)) as connection:
        (size,) = connection.execute("SELECT sum(length(block)) FROM article_words_data").fetchone()
    return float(size) / ARTICLES


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
