"""What a feed document says of when to ask again."""

import re
from datetime import timedelta

from monitor.core.model import Hints
from monitor.parse.found import Found, stated

#: How much of a document is searched for the hours and days to skip; they stand before the items, or right behind them.
_REACH = 20_000  # bytes
#: A longer wait is no advice that a news feed can mean.
_LONGEST = timedelta(days=7)

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
_SKIPPED = {
    each: re.compile(rb"<skip%ss>(.{,2000}?)</skip%ss>" % (each, each), re.DOTALL | re.IGNORECASE)
    for each in (b"hour", b"day")
}
_WRITTEN = {each: re.compile(rb"<%s>\s*(\w{1,10})\s*</%s>" % (each, each), re.IGNORECASE) for each in (b"hour", b"day")}


def hints(body: bytes, head: Found) -> Hints | None:
    """Return what an XML feed says of its rhythm, None where it says nothing that could be meant."""
    hours = {int(each) % 24 for each in _skipped(body, b"hour") if each.isdigit() and int(each) <= 24}
    days = {_DAYS.index(each.lower()) for each in _skipped(body, b"day") if each.lower() in _DAYS}
    found = Hints(_minutes(stated(head, "ttl")), _period(head), tuple(sorted(hours)), tuple(sorted(days)))
    return found if found != Hints() else None


def _skipped(body: bytes, unit: bytes) -> list[bytes]:
    for part in (body[:_REACH], body[-_REACH:]):
        if block := _SKIPPED[unit].search(part):
            return _WRITTEN[unit].findall(block[1])
    return []


def _minutes(text: str) -> timedelta | None:
    minutes = text.strip()
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) <= 6 and int(minutes)):
        return None
    return _meant(timedelta(minutes=int(minutes)))


def _period(head: Found) -> timedelta | None:
    period = _PERIODS.get(stated(head, "sy_updateperiod").strip().lower())
    times = stated(head, "sy_updatefrequency").strip() or "1"
    if period is None or not (times.isascii() and times.isdigit() and len(times) <= 4 and int(times)):
        return None
    return _meant(period / int(times))


def _meant(wait: timedelta) -> timedelta | None:
    return wait if wait <= _LONGEST else None
