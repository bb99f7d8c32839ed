"""Parsing of feeds that changed: documents a second on one core against plain feedparser, each of two new items among forty.

Feedparser's side parses the document and does nothing with it. Ours cuts the known items out, parses what is left into entries, and
marks all items for the next time; a second figure adds what a worker does besides, making articles of the entries. Processor
time is measured.
"""

import io
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import feedparser

from bench.support.figures import Figure, Goal
from bench.support.world import ITEMS, Feeds
from monitor.core.model import ParsedFeed
from monitor.parse.articles import Reading, read, trusted
from monitor.parse.cutting import cut

FEEDS, NEW, ROUNDS = 60, 2, 5
AT_LEAST = 10
"""Times plain feedparser."""
SEEN = datetime(2026, 3, 2, 8, tzinfo=UTC)
TYPE, URL = "application/rss+xml", "https://news.example/feed"


def measure() -> Iterator[Figure]:
    """Yield the speed with two new items, with none, and of a first reading."""
    news = Feeds(FEEDS, NEW)
    before = [news.answer(feed) for feed in range(FEEDS)]
    marks = [_read(body, "").marks for body in before]
    now = [news.answer(feed) for feed in range(FEEDS)]
    for body, seen in zip(now, marks, strict=True):
        assert len(_read(body, seen).articles) == NEW
    plain = _rate(lambda at: feedparser.parse(io.BytesIO(now[at])))
    works: dict[str, Callable[[int], object]] = {
        f"{NEW} new items of {ITEMS}": lambda at: _parsed(now[at], marks[at]),
        "the same, and made articles": lambda at: _read(now[at], marks[at]),
        "body changed, no new item": lambda at: _read(before[at], marks[at]),
        "first reading, made articles": lambda at: _read(now[at], ""),
    }
    goal: Goal | None = ("at least", AT_LEAST * plain)
    for what, work in works.items():
        yield Figure(what, _rate(work), "feeds/s", goal, "feedparser", plain)
        goal = None


def _parsed(body: bytes, seen: str) -> ParsedFeed:
    cutting = cut(body, seen)
    assert cutting is not None
    parsed = trusted(cutting, TYPE, URL)
    assert parsed is not None
    return parsed


def _read(body: bytes, seen: str) -> Reading:
    return read(body, TYPE, URL, "feed", SEEN, seen)


def _rate(work: Callable[[int], object]) -> float:
    """Return how many documents a second of processor time are worked off, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for at in range(FEEDS):
            work(at)
        best = min(best, time.process_time() - began)
    return FEEDS / best
