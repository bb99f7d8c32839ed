"""Dates of entries: read from whatever feeds write, and refused where reading them went wrong."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: Years that a date in a news feed may have.
YEARS = range(1980, 2100)

_LONGEST = 100  # characters
_NUMBERS = re.compile(r"\d+")


def moment(text: str, parsed: Sequence[int] | None = None) -> datetime | None:
    """Return the moment (UTC) that `text` names, None where it names none that can be.

    `parsed` is what feedparser made of it: nine numbers in UTC. It is believed where its year and day do stand in the
    text, as feedparser reads `1700000000` as a day in 1699 and `2026年11月23日` as the first of the month.
    """
    text = text.strip()[:_LONGEST]
    readings = (_of_feedparser(parsed, text), _iso(text), _mail(text))
    return next((found for found in readings if found is not None and found.year in YEARS), None)


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
    """Tell whether year and day of `found`, or of its neighbours in other zones, are written in `text`."""
    written: set[str] = set()
    for number in _NUMBERS.findall(text):
        # 20261123 and 202611231745 are a year, a month and a day in a row.
        written.update((number, number[:4], number[6:8]) if len(number) in (8, 12, 14) else (number,))
    numbers = {int(each) for each in written if each}
    days = (found + timedelta(days=shift) for shift in (0, -1, 1))
    return any(day.day in numbers and (day.year in numbers or day.year % 100 in numbers) for day in days)
