"""Rules that tell only waves, and rules that cool down."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.digest import DigestSpec, DigestState, PendingMatch, Plan, Reason, Schedule, plan
from monitor.core.digest.waves import gathered, within
from monitor.core.model import Distinct, FateState, Wave
from tests.core.digest.matches import NOON, ago, pending

INSTANT = DigestSpec(id="instant", to=("desk",), wait=timedelta(seconds=30))
MORNING = DigestSpec(id="morning", to=("desk",), schedule=Schedule.at("07:00"))
HOUR = timedelta(hours=1)
THREE = Wave(3, HOUR)
OUTLETS = Wave(3, HOUR, Distinct.SOURCE)


def state(wave: Wave = THREE, **more: object) -> DigestState:
    return DigestState(waves={"ferries": wave}, **more)  # type: ignore[arg-type]


def came(*minutes_ago: float, **changes: object) -> list[PendingMatch]:
    """Matches of the rule, so many minutes before noon, each of an outlet and a story of its own."""
    return [
        pending(number, matched_at=ago(60 * minutes), feed_id=f"feed-{number}", **changes)
        for number, minutes in enumerate(minutes_ago, 1)
    ]


def taken(made: Plan) -> tuple[int, ...]:
    return made.edition.match_ids if made.edition else ()


def test_what_is_no_wave_so_far_waits_and_says_how_much_is_missing() -> None:
    made = plan(INSTANT, came(50, 1), state(), NOON)
    assert made.edition is None
    assert made.reason is Reason.GATHERS
    assert [each.why for each in made.left] == ["so far 2 of the 3 matches within 1 h that its rule waits for"] * 2
    assert made.left[0].until == ago(50 * 60) + HOUR


def test_a_wave_is_told_whole_and_says_how_large_it_is() -> None:
    made = plan(INSTANT, came(50, 20, 1), state(), NOON)
    assert taken(made) == (1, 2, 3)
    assert made.edition
    assert made.edition.waves == {"ferries": "3 matches within 1 h"}


def test_the_wait_counts_from_the_match_that_made_it_a_wave_and_takes_what_came_since_along() -> None:
    assert taken(plan(INSTANT, came(50, 20, 0.4), state(), NOON)) == ()
    assert taken(plan(INSTANT, came(50, 20, 0.6, 0.1), state(), NOON)) == (1, 2, 3, 4)


def test_a_wave_that_is_whole_only_after_the_time_of_a_digest_waits_for_the_next() -> None:
    noon = DigestSpec(id="noon", to=("desk",), schedule=Schedule.at("11:55"))
    late = plan(noon, came(50, 20, 1), state(), NOON)
    assert (late.edition, late.reason) == (None, Reason.WAITS_FOR_SLOT)
    assert taken(plan(noon, came(50, 20, 6), state(), NOON)) == (1, 2, 3)


def test_what_no_wave_can_take_in_any_more_expires_with_the_reason() -> None:
    made = plan(INSTANT, came(61, 30), state(), NOON)
    assert [(each.match_id, each.state, each.why) for each in made.settled] == [
        (1, FateState.EXPIRED, "no wave: 2 of the 3 matches within 1 h that its rule waits for")
    ]
    assert [each.match_id for each in made.left] == [2]


def test_a_match_ahead_of_a_clock_that_was_set_back_still_becomes_part_of_its_wave() -> None:
    ahead = came(-2, 10)
    made = plan(INSTANT, ahead, state(), NOON)
    assert made.settled == ()
    assert [each.match_id for each in made.left] == [1, 2]
    later = NOON + timedelta(minutes=5)
    third = pending(3, matched_at=NOON + timedelta(minutes=4), feed_id="feed-3")
    assert taken(plan(INSTANT, [*ahead, third], state(), later)) == (1, 2, 3)


def test_a_match_farther_ahead_than_its_rule_looks_waits_for_nothing() -> None:
    made = plan(INSTANT, came(-61), state(), NOON)
    assert [(each.match_id, each.state) for each in made.settled] == [(1, FateState.EXPIRED)]


def test_what_is_said_to_be_there_stood_in_one_stretch() -> None:
    made = plan(INSTANT, came(110, 55, 1), state(Wave(4, HOUR)), NOON)
    assert [each.why for each in made.settled] == ["no wave: 2 of the 4 matches within 1 h that its rule waits for"]
    assert {each.why for each in made.left} == {"so far 2 of the 4 matches within 1 h that its rule waits for"}


@pytest.mark.parametrize(
    ("wave", "matches", "expected"),
    [
        pytest.param(OUTLETS, [("a", 1), ("a", 2), ("b", 3)], (), id="two outlets"),
        pytest.param(OUTLETS, [("a", 1), ("a", 1), ("b", 1), ("c", 1)], (1, 2, 3, 4), id="one story in three outlets"),
        pytest.param(Wave(2, HOUR, Distinct.STORY), [("a", 1), ("b", 1)], (), id="copies of one story"),
        pytest.param(Wave(2, HOUR, Distinct.STORY), [("a", 1), ("a", 2)], (1, 2), id="two stories of one outlet"),
    ],
)
def test_what_is_counted(wave: Wave, matches: Sequence[tuple[str, int]], expected: tuple[int, ...]) -> None:
    found = [
        pending(number, feed_id=outlet, story_id=story, matched_at=ago(600 - number))
        for number, (outlet, story) in enumerate(matches, 1)
    ]
    assert taken(plan(INSTANT, found, state(wave), NOON)) == expected


def test_a_wave_leaves_the_rules_beside_it_alone() -> None:
    other = pending(9, rule_id="boats", story_id=1, matched_at=ago(60))
    made = plan(INSTANT, [*came(50, 20), other], state(), NOON)
    assert taken(made) == (9,)
    assert [each.match_id for each in made.left] == [1, 2]


def test_a_scheduled_digest_tells_the_waves_of_the_night_and_nothing_else() -> None:
    seven = datetime(2026, 11, 23, 7, tzinfo=UTC)
    night = [
        pending(number, matched_at=seven - timedelta(minutes=minutes))
        for number, minutes in enumerate((500, 300, 290, 280, 30), 1)
    ]
    made = plan(MORNING, night, state(), seven)
    assert taken(made) == (2, 3, 4)
    assert [each.match_id for each in made.settled] == [1]
    assert [each.match_id for each in made.left] == [5]


def test_a_story_that_was_told_takes_no_part_in_a_wave() -> None:
    made = plan(INSTANT, came(50, 20, 1, told=True), state(), NOON)
    assert [each.state for each in made.settled] == [FateState.MERGED] * 3


def test_while_a_rule_cools_down_its_matches_wait_for_the_end() -> None:
    until = NOON + timedelta(minutes=20)
    found = [pending(1, matched_at=ago(600)), pending(2, rule_id="boats", matched_at=ago(600))]
    made = plan(INSTANT, found, DigestState(cooling={"ferries": until}), NOON)
    assert taken(made) == (2,)
    assert [(each.reason, each.until) for each in made.left] == [(Reason.COOLING, until)]
    assert made.left[0].why.endswith("cools down until 12:20")
    assert taken(plan(INSTANT, found, DigestState(cooling={"ferries": until}), until)) == (1, 2)


def test_the_end_of_a_long_rest_is_told_with_its_day() -> None:
    state = DigestState(cooling={"ferries": NOON + timedelta(days=2)})
    made = plan(INSTANT, [pending(1, matched_at=ago(600))], state, NOON)
    assert made.left[0].why.endswith("cools down until 2026-11-25 12:00")


def test_a_scheduled_digest_does_not_cool_down() -> None:
    seven = datetime(2026, 11, 23, 7, tzinfo=UTC)
    found = [pending(1, matched_at=seven - HOUR)]
    assert taken(plan(MORNING, found, DigestState(cooling={"ferries": seven + HOUR}), seven)) == (1,)


@pytest.mark.parametrize(
    ("seconds", "told"), [(90, "90 s"), (120, "2 min"), (5400, "90 min"), (7200, "2 h"), (172800, "2 d")]
)
def test_a_stretch_is_told_in_its_largest_whole_unit(seconds: int, told: str) -> None:
    assert within(Wave(2, timedelta(seconds=seconds))) == f"within {told}"


@given(
    st.lists(st.tuples(st.integers(-7200, 7200), st.sampled_from("abcd"), st.integers(1, 6)), max_size=40),
    st.integers(2, 6),
    st.sampled_from(Distinct),
    st.randoms(use_true_random=False),
)
def test_every_match_has_one_verdict_and_ready_is_what_a_full_stretch_holds(
    drawn: Sequence[tuple[int, str, int]], count: int, distinct: Distinct, random: Random
) -> None:
    found = [
        pending(number, matched_at=ago(seconds), feed_id=outlet, story_id=story)
        for number, (seconds, outlet, story) in enumerate(drawn, 1)
    ]
    wave = Wave(count, HOUR, distinct)
    verdict = gathered(wave, random.sample(found, len(found)), NOON)
    waits = [each.match_id for each in verdict.left] + [each.match_id for each in verdict.lapsed]
    assert sorted(waits + [each.match_id for each in verdict.ready]) == [each.match_id for each in found]
    counted = {Distinct.MATCH: "match_id", Distinct.SOURCE: "outlet", Distinct.STORY: "story_id"}[distinct]
    whole = set()
    most = Counter[int]()
    for first in found:
        stretch = [each for each in found if first.matched_at <= each.matched_at <= first.matched_at + HOUR]
        held = len({getattr(each, counted) for each in stretch})
        most |= Counter({each.match_id: held for each in stretch})
        if held >= count:
            whole |= {each.match_id for each in stretch}
    assert {each.match_id for each in verdict.ready} == whole
    assert (verdict.since is not None) == bool(whole)
    assert all(each.until and each.until >= NOON for each in verdict.left)
    told = {each.match_id: each.why for each in verdict.left} | {each.match_id: each.why for each in verdict.lapsed}
    assert all(f" {most[match_id]} of the {count} " in f" {why}" for match_id, why in told.items())
