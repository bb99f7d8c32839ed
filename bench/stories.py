"""Stories: finding the edited copies of a text among half a million articles of three days, as they arrive.

Made-up articles of 550 words come in by the hundred; three in ten are copies of an earlier one in which one word of ten was edited. The
window holds the bands of half a million articles more. The baseline gives stories by keys alone, in the same store.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.support.figures import Figure
from bench.support.press import articles as press_articles
from monitor.core.copies import FOUND_BY, bands
from monitor.core.model import Article, Document, Feed
from monitor.core.stories import STORY_WINDOW
from monitor.store import Store, articles, feeds, stories
from monitor.store.copies import period_of
from monitor.store.sqlite import driver

WINDOW = 500_000
MEASURED = 4_000
AT_ONCE = 100
COPIED, EDITED = 0.3, 0.1
OUTLETS = 200


def measure() -> Iterator[Figure]:
    """Fill the window, then place articles that come in."""
    came = _press()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "presswatch.db"
        with Store(f"sqlite:///{path}") as store:
            store.open()
            with store.transaction() as tx:
                feeds.sync(tx, [Feed(f"feed-{n}", f"https://feed-{n}.example/") for n in range(2 * OUTLETS)])
        size = _fill(path)
        with Store(f"sqlite:///{path}") as store:
            store.open()
            plain, _ = _placed(store, [replace(each, bands=()) for each in came], "plain")
            started = time.process_time()
            told = [replace(each, bands=bands(each.title, each.summary, each.body)) for each in came]
            reading = time.process_time() - started
            near, stories_of = _placed(store, told, "near")
    yield Figure(
        f"articles given their stories, window of {WINDOW:,}",
        MEASURED / (near + reading),
        "articles/s a core",
        ("at least", 2_000),
        "by keys alone",
        MEASURED / plain,
    )
    yield Figure("of that, reading their words", 1e6 * reading / MEASURED, "µs an article")
    copies = round(MEASURED * COPIED)
    yield Figure(
        f"copies with {EDITED:.0%} of their words edited, found",
        (MEASURED - stories_of) / copies,
        "",
        ("at least", 0.98),
    )
    yield Figure("what the window takes in the database", size / WINDOW, "bytes an article")


def _press() -> list[Article]:
    """Return articles in the order in which they come: some of them copy an earlier one."""
    chance = random.Random(4)
    copies = round(MEASURED * COPIED)
    originals = press_articles(MEASURED - copies, seed=8)
    words = [word for each in originals[:50] for word in each.body.split()]
    now = datetime.now(UTC)
    found = [_article(each, f"o{n}", f"feed-{n % OUTLETS}", now) for n, each in enumerate(originals)]
    for number, each in enumerate(chance.sample(originals, copies)):
        edited = replace(each, body=" ".join(_edited(chance, each.body.split(), words)))
        found.append(_article(edited, f"c{number}", f"feed-{OUTLETS + number % OUTLETS}", now))
    return found


def _article(told: Document, key: str, feed_id: str, now: datetime) -> Article:
    return Article(
        feed_id, key, f"https://{feed_id}.example/{key}", told.title, "", told.body, "", "en", (), now, now, key,
        story_keys=(f"page:{feed_id}/{key}",),
    )  # fmt: skip


def _edited(chance: random.Random, text: Sequence[str], words: Sequence[str]) -> Iterator[str]:
    for word in text:
        if chance.random() >= EDITED:
            yield word
        else:
            yield from chance.choice(((chance.choice(words),), (), (word, chance.choice(words))))


def _fill(path: Path) -> int:
    """Put bands of so many articles into the window, half of them into each period that it reaches into; return how many bytes they take."""
    before = path.stat().st_size
    chance = random.Random(2)
    now, first = datetime.now(UTC), 1 << 30
    with closing(driver().connect(path, isolation_level=None)) as connection:
        for period in (period_of(now - STORY_WINDOW), period_of(now)):
            each = range(first + period % 2, first + WINDOW, 2)
            rows = sorted((period, chance.getrandbits(31), article) for article in each for _ in range(FOUND_BY))
            connection.execute("BEGIN")
            connection.executemany("INSERT OR IGNORE INTO story_bands(period, band, article_id) VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
    return path.stat().st_size - before


def _placed(store: Store, came: Sequence[Article], run: str) -> tuple[float, int]:
    """Store the articles, and give them their stories; return the processor seconds of the latter, and how many stories there are."""
    took, found = 0.0, set()
    named = [replace(each, key=f"{run}-{each.key}", story_keys=(f"{run}-{each.story_keys[0]}",)) for each in came]
    for first in range(0, len(named), AT_ONCE):
        some = named[first : first + AT_ONCE]
        with store.transaction() as tx:
            saved = articles.save_all(tx, [[each] for each in some])
        of = {ids[each.key]: each for ids, each in zip(saved, some, strict=True)}
        # A transaction of its own: what stands still to be written of the articles' words would else be counted here.
        with store.transaction() as tx:
            started = time.process_time()
            found |= set(stories.assign(tx, of, STORY_WINDOW).values())
            took += time.process_time() - started
    return took, len(found)
