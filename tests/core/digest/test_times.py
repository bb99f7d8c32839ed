"""When digests are due, across clock changes in four zones."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.digest import Schedule, ScheduleError, next_slot, slots

ZONES = ("Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(schedule: Schedule, zone: str, day: str) -> list[str]:
    """Return the UTC times of the slots on one local date, and the day around it."""
    found = slots(schedule, zone, at(day) - timedelta(days=1), at(day) + timedelta(days=2))
    return [each.due.strftime("%H:%M") for each in found if each.label.startswith(day)]


@pytest.mark.parametrize(
    ("zone", "clock", "day", "utc"),
    [
        # An ordinary day.
        ("Europe/Vienna", "07:00", "2026-11-23", ["06:00"]),
        ("America/New_York", "07:00", "2026-11-23", ["12:00"]),
        ("Australia/Lord_Howe", "07:00", "2026-11-23", ["20:00"]),
        ("Asia/Tokyo", "07:00", "2026-11-23", ["22:00"]),
        # Clocks go back: the hour comes twice, the slot once, the first time.
        ("Europe/Vienna", "02:30", "2026-10-25", ["00:30"]),
        ("America/New_York", "01:30", "2026-11-01", ["05:30"]),
        ("Australia/Lord_Howe", "01:45", "2026-04-05", ["14:45"]),
        ("Asia/Tokyo", "02:30", "2026-10-25", ["17:30"]),
        # Clocks go forward: the time that is left out is made up for at the next minute there is.
        ("Europe/Vienna", "02:30", "2026-03-29", ["01:00"]),
        ("America/New_York", "02:30", "2026-03-08", ["07:00"]),
        ("Australia/Lord_Howe", "02:15", "2026-10-04", ["15:30"]),
        ("Asia/Tokyo", "02:30", "2026-03-29", ["17:30"]),
        # The day of the change, but not the hour.
        ("Europe/Vienna", "07:00", "2026-10-25", ["06:00"]),
        ("Europe/Vienna", "07:00", "2026-03-29", ["05:00"]),
    ],
)
def test_a_daily_digest_is_due_once_a_day_by_the_readers_clock(zone: str, clock: str, day: str, utc: list[str]) -> None:
    assert due(Schedule.at(clock), zone, day) == utc


def test_an_hourly_digest_names_the_doubled_hour_once() -> None:
    found = slots(Schedule("30 * * * *"), "Europe/Vienna", at("2026-10-24T23:00"), at("2026-10-25T03:00"))
    assert [each.label for each in found] == ["2026-10-25 01:30", "2026-10-25 02:30", "2026-10-25 03:30"]


def test_a_time_that_spring_leaves_out_and_the_one_it_falls_on_are_one_slot() -> None:
    found = slots(Schedule("0 2,3 * * *"), "Europe/Vienna", at("2026-03-28T12:00"), at("2026-03-29T12:00"))
    assert [each.label for each in found] == ["2026-03-29 03:00"]


@pytest.mark.parametrize(
    ("days", "weekdays"),
    [
        ("", "0123456"),
        ("mon-fri", "12345"),
        ("mon,thu", "14"),
        ("sat-sun", "06"),
        ("fri-mon", "0156"),
        (" Mon , wed-thu ", "134"),
        ("sun-sat", "0123456"),
        ("sun", "0"),
    ],
)
def test_days_are_written_as_people_write_them(days: str, weekdays: str) -> None:
    found = slots(Schedule.at("07:00", days), "UTC", at("2026-11-22"), at("2026-11-29"))
    assert "".join(sorted(each.due.strftime("%w") for each in found)) == weekdays


def test_monday_is_one_in_a_cron_line_and_sunday_nought_or_seven() -> None:
    assert next_slot(Schedule("0 7 * * 1"), "UTC", at("2026-11-20")).label == "2026-11-23 07:00"
    assert next_slot(Schedule("0 7 * * 0"), "UTC", at("2026-11-20")) == next_slot(
        Schedule("0 7 * * 7"), "UTC", at("2026-11-20")
    )


def test_a_slot_is_due_after_the_first_moment_and_up_to_the_last() -> None:
    seven = at("2026-11-23T07:00")
    assert slots(Schedule.at("07:00"), "UTC", seven, seven + timedelta(hours=1)) == []
    assert [each.due for each in slots(Schedule.at("07:00"), "UTC", seven - timedelta(seconds=1), seven)] == [seven]


def test_the_next_slot_may_be_years_away() -> None:
    assert next_slot(Schedule("0 7 29 2 *"), "UTC", at("2026-11-23")).label == "2028-02-29 07:00"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("7", "'7' is not a time of day"),
        ("24:00", "there is no 24:00 on the clock"),
        ("07:60", "there is no 07:60"),
        ("7:0", "'7:0' is not a time of day"),
        ("seven", "write it as 07:00"),
    ],
)
def test_a_time_that_is_none_is_refused(text: str, told: str) -> None:
    with pytest.raises(ScheduleError, match=told):
        Schedule.at(text)


@pytest.mark.parametrize("days", ["mo-fr", "monday", "mon-", "1-5", "mon,,tue"])
def test_days_that_are_none_are_refused_with_those_there_are(days: str) -> None:
    with pytest.raises(ScheduleError, match="no day of the week; write days as mon-fri or mon,thu"):
        Schedule.at("07:00", days)


@pytest.mark.parametrize(
    ("cron", "told"),
    [
        ("0 7 * *", "this one has 4"),
        ("0 0 7 * * *", "this one has 6"),
        ("0 25 * * *", "bad hour"),
        ("0 7 30 2 *", "bad day-of-month"),
        ("@daily", "five fields"),
    ],
)
def test_a_cron_line_that_cannot_be_read_or_never_comes_is_refused(cron: str, told: str) -> None:
    with pytest.raises(ScheduleError, match=told):
        Schedule(cron)


@given(
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001  made aware below
    length=st.integers(1, 400),
)
def test_every_local_date_has_its_daily_slot_exactly_once(
    hour: int, minute: int, zone: str, start: datetime, length: int
) -> None:
    after = start.replace(tzinfo=UTC)
    found = slots(Schedule.at(f"{hour:02}:{minute:02}"), zone, after, after + timedelta(hours=length))
    dates = [each.label[:10] for each in found]
    assert len(set(dates)) == len(dates)
    assert [each.due for each in found] == sorted(each.due for each in found)
    assert all(each.due.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") == each.label for each in found)


@given(zone=st.sampled_from(ZONES), hours=st.lists(st.integers(1, 60), min_size=1, max_size=20))
def test_looking_often_or_seldom_finds_the_same_slots(zone: str, hours: list[int]) -> None:
    schedule, start = Schedule("30 1,2 * * *"), at("2026-03-27")
    stops = [start + timedelta(hours=sum(hours[:count])) for count in range(len(hours) + 1)]
    apart = [each for after, until in itertools.pairwise(stops) for each in slots(schedule, zone, after, until)]
    assert apart == slots(schedule, zone, start, stops[-1])
