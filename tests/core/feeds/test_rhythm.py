"""A feed's rhythm, learned from what it has brought."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.feeds.rhythm import expected, learn, rate

NOW = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOMENTS = st.integers(0, 90 * 365 * 24 * 60).map(lambda minutes: datetime(1990, 1, 1, tzinfo=UTC) + minutes * MINUTE)


def lived(days: int, hours: tuple[int, ...], *, weekdays: range = range(7)) -> str:
    """What is known after `days` in which an article came at each of these hours of these weekdays."""
    begun = NOW - days * DAY
    text = learn("", [], begun, first=True)
    for hour in range(days * 24):
        moment = begun + hour * HOUR
        if moment.hour in hours and moment.weekday() in weekdays:
            text = learn(text, [moment], moment)
    return text


def test_nothing_is_known_of_a_feed_that_was_never_read() -> None:
    assert rate("", NOW) is None
    assert expected("", NOW - DAY, NOW) is None
    assert rate("nonsense", NOW) is None


@pytest.mark.parametrize("per_day", [1, 6, 24])
def test_the_rate_is_what_came_of_late(per_day: int) -> None:
    text = lived(40, tuple(range(0, 24, 24 // per_day)))
    assert rate(text, NOW) == pytest.approx(per_day / 24, rel=0.15)


def test_the_dates_of_the_first_document_tell_the_rate_at_once() -> None:
    text = learn("", [NOW - number * 3 * HOUR for number in range(40)], NOW, first=True)
    assert rate(text, NOW) == pytest.approx(8 / 24, rel=0.15)


def test_dates_that_cannot_be_tell_nothing() -> None:
    impossible = [NOW + 400 * DAY, NOW - 4000 * DAY, NOW + HOUR]
    assert learn("", impossible, NOW, first=True) == learn("", [], NOW, first=True)


def test_a_feed_that_falls_silent_is_expected_to_bring_less_and_less() -> None:
    text = lived(40, tuple(range(24)))
    rates = [rate(text, NOW + weeks * 7 * DAY) or 0 for weeks in range(6)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < rates[0] / 10


def test_what_should_have_come_depends_on_the_hour_of_the_week() -> None:
    text = lived(56, (8, 9, 10, 11), weekdays=range(5))
    saturday, monday = NOW - 2 * DAY, NOW
    weekend = expected(text, saturday, monday)
    morning = expected(text, monday, monday + 12 * HOUR)
    assert weekend is not None
    assert morning is not None
    assert weekend < 0.5
    assert morning == pytest.approx(4, rel=0.25)
    assert expected(text, monday - 14 * DAY, monday) == pytest.approx(40, rel=0.25)


def test_a_habit_takes_two_weeks_and_ten_articles_to_be_known() -> None:
    assert expected(lived(10, (8, 9)), NOW - DAY, NOW) is None
    assert expected(lived(30, (8,), weekdays=range(1)), NOW - DAY, NOW) is None
    assert expected(lived(20, (8, 9)), NOW - DAY, NOW) is not None


@given(st.lists(st.tuples(MOMENTS, st.lists(MOMENTS, max_size=3)), max_size=30), MOMENTS)
def test_whatever_the_clocks_say_it_is_learned_and_stays_short(
    polls: list[tuple[datetime, list[datetime]]], now: datetime
) -> None:
    text = ""
    for moment, dates in polls:
        text = learn(text, dates, moment, first=not text)
        assert len(text) <= 300
        assert text.isprintable()
    found = rate(text, now)
    assert found is None or found > 0
    missing = expected(text, now - 40 * DAY, now)
    assert missing is None or missing >= 0
