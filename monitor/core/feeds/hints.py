"""What a feed and its server say of when to ask again: a wait of an hour at the most, and hours in which nothing comes."""

import json
from datetime import UTC, datetime, timedelta

from monitor.core.model import Hints

LONGEST = timedelta(hours=1)
"""Advice counts up to here: a server that says "once a day" knows nothing of stories that cannot wait."""
WORDPRESS = timedelta(hours=1)
"""What WordPress writes as the period of every feed, however busy, unless somebody changed it: it says nothing."""


def kept(hints: Hints | None) -> str:
    """Return hints as the text in which they are remembered between polls; "" where there are none."""
    if hints is None:
        return ""
    told = {
        "ttl": _seconds(hints.ttl),
        "period": _seconds(hints.period),
        "hours": hints.skip_hours,
        "days": hints.skip_days,
    }
    return json.dumps({name: value for name, value in told.items() if value}, separators=(",", ":"))


def remembered(text: str) -> Hints:
    """Return what `kept` wrote; no hints for anything else."""
    try:
        told = json.loads(text) if text else {}
        return Hints(
            _span(told.get("ttl")), _span(told.get("period")), tuple(told.get("hours", ())), tuple(told.get("days", ()))
        )
    except (ValueError, TypeError, AttributeError):
        return Hints()


def least_wait(hints: Hints, fresh_for: timedelta | None) -> tuple[timedelta, str]:
    """Return how long the feed wants to be left alone after an answer, and who says so; nothing where nobody does."""
    period = hints.period if hints.period != WORDPRESS else None
    told = ((fresh_for, "its server"), (hints.ttl, "its ttl"), (period, "its updatePeriod"))
    wait, who = max(((span, who) for span, who in told if span), default=(timedelta(0), ""), key=lambda each: each[0])
    return min(wait, LONGEST), who


def not_skipped(hints: Hints, at: datetime) -> datetime:
    """Return `at`, or where the feed says that nothing comes in that hour or on that day, the end of it; an hour later at the most."""
    moment = at.astimezone(UTC)
    if moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days:
        return min(moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1), moment + LONGEST)
    return at


def _seconds(span: timedelta | None) -> int:
    return int(span.total_seconds()) if span else 0


def _span(seconds: object) -> timedelta | None:
    return timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < 10**8 else None
