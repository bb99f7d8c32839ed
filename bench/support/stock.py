"""An archive of many made-up articles, filled as quickly as SQLite takes them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.core.match.indexing import index_words
from monitor.core.model import Document, Feed
from monitor.store import Store, feeds
from monitor.store.sqlite import driver

FEEDS = 200

_ARTICLE = (
    "INSERT INTO articles(id, feed_id, key, url, title, summary, body, author, language, tags, published, seen_at, content_hash, version,"
    " story_id) VALUES (?, ?, ?, '', ?, ?, ?, '', 'en', '[]', ?, ?, '', 1, ?)"
)
_STORY = "INSERT INTO stories(id, first_seen_at, last_seen_at) VALUES (?, ?, ?)"
_WORDS = "INSERT INTO article_words(rowid, words) VALUES (?, ?)"


def term(documents: Sequence[Document], share: float) -> str:
    """Return the word that about this share of the articles holds."""
    counts = Counter(
        word
        for each in documents
        for word in {*f"{each.title} {each.summary} {each.body}".lower().split()}
        if word.isalpha()
    )
    return min(counts, key=lambda word: (abs(counts[word] - share * len(documents)), word))


def fill(
    path: Path, documents: Sequence[Document], count: int, within: timedelta, named: Callable[[int], str] = lambda _: ""
) -> None:
    """Store `count` articles that came in evenly over the time `within` until now, each a story of its own.

    The archive holds each of `documents` as often as that takes. `named` gives, by its id, a name that is in an article's title beside
    what it has, or nothing.
    """
    with Store(f"sqlite:///{path}") as store:
        store.open()
        with store.transaction() as tx:
            feeds.sync(tx, [Feed(f"feed-{number}", f"https://feed-{number}.example/") for number in range(FEEDS)])
    words = [index_words(each.title, each.summary, each.body) for each in documents]
    first = datetime.now(UTC).replace(tzinfo=None) - within
    with closing(driver().connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for start in range(0, count, len(documents)):
            ids = range(start + 1, min(start + len(documents), count) + 1)
            times = [f"{first + within * (id / count):%Y-%m-%d %H:%M:%S.%f}" for id in ids]
            connection.execute("BEGIN")
            connection.executemany(_STORY, zip(ids, times, times, strict=True))
            connection.executemany(_ARTICLE, _rows(ids, documents, times, named))
            told = ((id, f"{each} {named(id).lower()}") for id, each in zip(ids, words, strict=False))
            connection.executemany(_WORDS, told)
            connection.execute("COMMIT")


def _rows(
    ids: range, documents: Sequence[Document], times: Sequence[str], named: Callable[[int], str]
) -> Iterator[tuple[Any, ...]]:
    for id, each, at in zip(ids, documents, times, strict=False):
        yield id, f"feed-{id % FEEDS}", str(id), f"{each.title} {named(id)}", each.summary, each.body, at, at, id
