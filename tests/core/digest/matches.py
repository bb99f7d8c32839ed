"""Pending matches for tests, everything said that a test does not care about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.digest import PendingMatch
from monitor.core.model import Priority, Span

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

PLAIN = PendingMatch(
    match_id=1,
    article_id=1,
    story_id=1,
    rule_id="ferries",
    rule_title="Ferries",
    priority=Priority.NORMAL,
    matched_at=NOON,
    told=False,
    feed_id="harbour-times",
    feed_title="The Harbour Times",
    weight=1,
    title="Ferry crews walk out",
    summary="",
    body="",
    url="https://harbour-times.example/1",
    published=NOON,
)


def pending(match_id: int = 1, **changes: Any) -> PendingMatch:
    """Return a match of an article and a story of its own, but for what `changes` says."""
    own = {"match_id": match_id, "article_id": match_id, "story_id": match_id}
    return replace(PLAIN, **{**own, **changes})


def ago(seconds: float, now: datetime = NOON) -> datetime:
    """Return the moment `seconds` before `now`."""
    return now - timedelta(seconds=seconds)


def spans(text: str, *words: str, field: str = "title") -> tuple[Span, ...]:
    """Return the span of the first place of each word in `text`."""
    return tuple(sorted(Span(field, text.index(word), text.index(word) + len(word)) for word in words))
