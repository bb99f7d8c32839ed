"""Dates of entries: read from whatever feeds write, and refused where reading them went wrong."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: Years that a date in a news feed may have.
YEARS = range(1980, 2100)

_LONGEST = 100  # characters
_NUMBERS = re.compile(r"\d+")
_NAME = re.compile(r"[^\W\d_]{3}")


def moment(text: str, parsed: Sequence[int] | None = None) -> datetime | None:
    """Return the moment (UTC, whole seconds) that `text` names, None where it names none that can be.

    `parsed` is what feedparser made of it: nine numbers in UTC. It is believed where that day does stand in the text, as
    feedparser reads `1700000000` as a day in 1699 and `2026年11月23日` as the first of the month.
    """
    text = text.strip()[:_LONGEST]
    readings = (_iso(text), _of_feedparser(parsed, text), _mail(text))
    believed = (found for found in readings if found is not None and found.year in YEARS)
    found = next(believed, None)
    return found and found.replace(microsecond=0)


def _of_feedparser(parsed: Sequence[int] | None, text: str) -> datetime | None:
    if parsed is None:
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        found = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if _stands_in(text, found) else None


def _iso(text: str) -> datetime | None:
    try:
        return _in_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _mail(text: str) -> datetime | None:
    """Read the date of a mail header (RFC 5322), which is also RSS's."""
    try:
        return _in_utc(parsedate_to_datetime(text))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _in_utc(found: datetime) -> datetime:
    """Return the moment in UTC; a date that names no zone is taken for UTC."""
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _stands_in(text: str, found: datetime) -> bool:
    """Tell whether the day of `found` is written in `text`; with a time of day it may be a neighbour, in another zone."""
    numbers = {int(each) for each in _NUMBERS.findall(text)}
    named_month = _NAME.search(text) is not None
    shifts = (0, -1, 1) if ":" in text else (0,)
    days = (found + timedelta(days=shift) for shift in shifts)
    return any(
        day.day in numbers and {day.year, day.year % 100} & numbers and (named_month or day.month in numbers)
        for day in days
    )
