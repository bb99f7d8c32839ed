"""Quiet hours: what can wait is held by the wall clock, and told when they end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.digest import DigestSpec, DigestState, Left, QuietHours, Reason, Schedule, plan
from monitor.core.model import Priority
from tests.core.digest.matches import pending

NIGHTS = QuietHours("nights", Schedule.at("22:00"), Schedule.at("06:30"), "Europe/Vienna")
SPEC = DigestSpec(id="instant", to=("desk",), wait=timedelta(seconds=30), quiet=(NIGHTS,))


def vienna(text: str) -> datetime:
    """A moment of November 2026 by Vienna's clock, an hour ahead of UTC."""
    return datetime.fromisoformat(f"2026-11-{text}+01:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("23T21:59", None),
        ("23T22:00", "24T06:30"),
        ("24T03:00", "24T06:30"),
        ("24T06:29:59", "24T06:30"),
        ("24T06:30", None),
        ("24T12:00", None),
    ],
)
def test_a_night_lasts_from_one_time_to_the_next_other(now: str, until: str | None) -> None:
    assert NIGHTS.until(vienna(now)) == (vienna(until) if until else None)


@pytest.mark.parametrize(
    ("zone", "start", "ends", "hours"),
    [
        ("Europe/Vienna", "2026-10-24T20:00+00:00", "2026-10-25T05:30+00:00", 9.5),  # the clocks go back
        ("Europe/Vienna", "2026-03-28T21:00+00:00", "2026-03-29T04:30+00:00", 7.5),  # and forward
        ("America/New_York", "2026-11-01T02:00+00:00", "2026-11-01T11:30+00:00", 9.5),
        ("Asia/Kathmandu", "2026-11-01T16:15+00:00", "2026-11-02T00:45+00:00", 8.5),
        ("Australia/Lord_Howe", "2026-04-04T11:00+00:00", "2026-04-04T20:00+00:00", 9.0),  # half an hour back
    ],
)
def test_it_ends_by_the_clock_on_the_wall_in_nights_of_any_length(
    zone: str, start: str, ends: str, hours: float
) -> None:
    nights = replace(NIGHTS, zone=zone)
    begun, over = datetime.fromisoformat(start), datetime.fromisoformat(ends)
    assert nights.until(begun) == over
    assert nights.until(begun - timedelta(seconds=1)) is None
    assert nights.until(over) is None
    assert over - begun == timedelta(hours=hours)


def test_a_quiet_time_begins_on_its_days_only() -> None:
    weekend = QuietHours("weekend", Schedule.at("18:00", "fri"), Schedule.at("08:00"), "Europe/Vienna")
    assert weekend.until(vienna("26T20:00")) is None
    assert weekend.until(vienna("27T20:00")) == vienna("28T08:00")


def test_what_can_wait_is_held_with_the_reason_and_what_is_urgent_rings() -> None:
    now = vienna("24T02:00")
    quiet = pending(1, matched_at=now - timedelta(minutes=5))
    urgent = pending(2, matched_at=now - timedelta(minutes=5), priority=Priority.URGENT)
    made = plan(SPEC, [quiet, urgent], DigestState(), now)
    assert made.edition is not None
    assert made.edition.match_ids == (2,)
    assert made.left == (Left(1, Reason.QUIET, "quiet hours 'nights' until 06:30"),)


def test_all_that_was_held_goes_out_together_when_the_night_is_over() -> None:
    held = [pending(number, matched_at=vienna(f"24T0{number}:00")) for number in (1, 2, 3)]
    assert plan(SPEC, held, DigestState(), vienna("24T06:29")).edition is None
    made = plan(SPEC, held, DigestState(), vienna("24T06:30")).edition
    assert made is not None
    assert made.match_ids == (1, 2, 3)


def test_scheduled_digests_come_at_their_times() -> None:
    late = DigestSpec(id="late", to=("desk",), schedule=Schedule.at("23:00"), zone="Europe/Vienna", quiet=(NIGHTS,))
    made = plan(late, [pending(matched_at=vienna("24T22:00"))], DigestState(), vienna("24T23:00"))
    assert made.reason is Reason.SLOT_DUE
