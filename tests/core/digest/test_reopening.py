"""A story that was told is told once more where a heavier outlet has it, and once only."""

from datetime import timedelta

import pytest

from monitor.core.digest import DigestSpec, Schedule
from monitor.core.digest.reopening import Telling, reopens_at
from tests.core.digest.matches import NOON

HOUR = timedelta(hours=1)
INSTANT = DigestSpec(id="instant", to=("desk",), again=HOUR)
MORNING = DigestSpec(id="morning", to=("desk",), schedule=Schedule.at("07:00"), again=HOUR)
ONCE = [Telling(NOON, 3)]


@pytest.mark.parametrize("weight", [1, 3])
def test_what_is_no_heavier_than_all_that_told_it_reopens_nothing(weight: int) -> None:
    assert reopens_at(INSTANT, weight, ONCE) is None


def test_a_heavier_outlet_reopens_it_after_a_while_and_in_a_scheduled_digest_for_its_next_time() -> None:
    assert reopens_at(INSTANT, 4, ONCE) == NOON + HOUR
    assert reopens_at(MORNING, 4, ONCE) == NOON


def test_a_story_that_was_not_told_or_was_told_twice_is_not_told_once_more() -> None:
    assert reopens_at(INSTANT, 9, []) is None
    assert reopens_at(INSTANT, 9, [*ONCE, Telling(NOON + HOUR, 4)]) is None
