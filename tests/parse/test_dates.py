"""Dates as feeds write them, and those that are better not believed."""

import io
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.parse.dates import moment


def as_feedparser_reads(text: str) -> tuple[int, ...] | None:
    body = f"<rss version='2.0'><channel><item><title>t</title><pubDate>{text}</pubDate></item></channel></rss>"
    found: tuple[int, ...] | None = feedparser.parse(io.BytesIO(body.encode())).entries[0].get("published_parsed")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 23 Nov 2026 04:45:10 GMT", datetime(2026, 11, 23, 4, 45, 10, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 04:45:10 EST", datetime(2026, 11, 23, 9, 45, 10, tzinfo=UTC)),
        ("Mon, 23 Nov 26 04:45:10 +0530", datetime(2026, 11, 22, 23, 15, 10, tzinfo=UTC)),
        ("23 Nov 2026 04:45 UT", datetime(2026, 11, 23, 4, 45, tzinfo=UTC)),
        ("2026-11-23T04:45:10Z", datetime(2026, 11, 23, 4, 45, 10, tzinfo=UTC)),
        ("2026-11-23T04:45:10.5+02:00", datetime(2026, 11, 23, 2, 45, 10, tzinfo=UTC)),
        ("2026-11-23 04:45:10", datetime(2026, 11, 23, 4, 45, 10, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("20261123T044510Z", datetime(2026, 11, 23, 4, 45, 10, tzinfo=UTC)),
        ("Fri, 01 Jan 2027 00:30:00 +0100", datetime(2026, 12, 31, 23, 30, tzinfo=UTC)),
        ("1700000000", None),
        ("2026年11月23日", None),
        ("2026", None),
        ("2026-11", None),
        ("2026-13-01T00:00:00Z", None),
        ("2026-02-31T00:00:00Z", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("last Tuesday", None),
        ("", None),
        ("9" * 10_000, None),
    ],
)
def test_a_date_is_read_right_or_not_at_all(text: str, expected: datetime | None) -> None:
    assert moment(text, as_feedparser_reads(text)) == expected


MOMENTS = st.integers(350_000_000, 4_070_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(MOMENTS, ZONES)
def test_the_two_written_standards_are_read_in_any_zone(at: datetime, offset: timedelta) -> None:
    there = at.astimezone(timezone(offset))
    for text in (there.isoformat(), format_datetime(there)):
        assert moment(text, as_feedparser_reads(text)) == at


@given(st.text(max_size=40), st.none() | st.tuples(*[st.integers(-10, 10_000)] * 9))
def test_any_text_gives_a_sensible_moment_or_none(text: str, parsed: tuple[int, ...] | None) -> None:
    found = moment(text, parsed)
    assert found is None or (found.tzinfo is UTC and 1980 <= found.year < 2100)
