"""How long an answer says that it is fresh (RFC 9111, 4.2.1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.fetch.dates import http_date

_LONGEST = timedelta(days=365)


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long from now the document need not be asked for again, None where its server does not say."""
    told = _directives(headers.get("cache-control", ""))
    if told.keys() & {"no-cache", "no-store"}:
        return None
    span = _seconds(told.get("max-age"))
    if span is None:
        expires = http_date(headers.get("expires", ""))
        span = expires - (http_date(headers.get("date", "")) or now) if expires else None
    if span is None:
        return None
    left = min(span, _LONGEST) - (_seconds(headers.get("age")) or timedelta(0))
    return left if left > timedelta(0) else None


def _directives(text: str) -> dict[str, str]:
    parts = (each.strip().partition("=") for each in text.lower().split(","))
    return {name.strip(): value.strip().strip('"') for name, _, value in parts}


def _seconds(text: str | None) -> timedelta | None:
    digits = (text or "").strip()
    return timedelta(seconds=min(int(digits[:9]), 10**8)) if digits.isascii() and digits.isdigit() else None
