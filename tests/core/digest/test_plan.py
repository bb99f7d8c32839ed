"""Which matches make an edition, and what the others are told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.digest import (
    DigestSpec,
    DigestState,
    Empty,
    Left,
    PendingMatch,
    Plan,
    QuietHours,
    Rate,
    Reason,
    Schedule,
    Settled,
    plan,
)
from monitor.core.model import FateState, Priority
from tests.core.digest.matches import NOON, ago, pending

INSTANT = DigestSpec(id="instant", to=("desk",), wait=timedelta(seconds=30))
MORNING = DigestSpec(id="morning", to=("desk",), schedule=Schedule.at("07:00"), zone="Europe/Vienna")
SEVEN = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FRESH = DigestState()


def taken(made: Plan) -> tuple[int, ...]:
    return made.edition.match_ids if made.edition else ()


def test_an_instant_digest_waits_for_copies_of_a_story_before_it_tells_it() -> None:
    made = plan(INSTANT, [pending(matched_at=ago(29))], FRESH, NOON)
    assert made == Plan(Reason.COLLECTS_COPIES, left=(Left(1, Reason.COLLECTS_COPIES),))


def test_the_wait_counts_from_a_storys_first_match_and_takes_its_copies_along() -> None:
    made = plan(INSTANT, [pending(1, matched_at=ago(30)), pending(2, story_id=1, matched_at=ago(1))], FRESH, NOON)
    assert taken(made) == (1, 2)
    assert made.reason is Reason.STORIES_DUE


def test_all_stories_due_go_in_one_edition_and_the_others_go_on_waiting() -> None:
    made = plan(
        INSTANT,
        [pending(3, matched_at=ago(5)), pending(2, matched_at=ago(40)), pending(1, matched_at=ago(60))],
        FRESH,
        NOON,
    )
    assert taken(made) == (1, 2)
    assert made.left == (Left(3, Reason.COLLECTS_COPIES),)


def test_without_a_wait_a_match_is_told_at_once() -> None:
    at_once = DigestSpec(id="instant", to=("desk",), wait=timedelta(0))
    assert taken(plan(at_once, [pending(matched_at=NOON)], FRESH, NOON)) == (1,)


def test_a_rule_tells_a_story_once() -> None:
    made = plan(INSTANT, [pending(1, told=True), pending(2, matched_at=ago(31))], FRESH, NOON)
    assert made.settled == (Settled(1, FateState.MERGED, Reason.ALREADY_TOLD),)
    assert taken(made) == (2,)


def test_what_quiet_hours_let_pass_takes_its_whole_story_along() -> None:
    nights = QuietHours(
        "nights", Schedule.at("22:00"), Schedule.at("06:30"), "UTC", passes=frozenset({Priority.URGENT})
    )
    night = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)
    waiting = [
        pending(1, priority=Priority.URGENT, rule_id="storms", matched_at=ago(60, night)),
        pending(2, story_id=1, matched_at=ago(60, night)),
        pending(3, matched_at=ago(60, night)),
    ]
    made = plan(replace(INSTANT, quiet=(nights,)), waiting, FRESH, night)
    assert taken(made) == (1, 2)
    assert [(each.match_id, each.reason) for each in made.left] == [(3, Reason.QUIET)]


def test_a_story_in_a_message_under_way_waits_for_what_becomes_of_it() -> None:
    made = plan(INSTANT, [pending(1, under_way=True, matched_at=ago(90))], FRESH, NOON)
    assert made == Plan(Reason.UNDER_WAY, left=(Left(1, Reason.UNDER_WAY),))
    made = plan(MORNING, [pending(1, under_way=True, matched_at=ago(90_000))], FRESH, NOON)
    assert made.left == (Left(1, Reason.UNDER_WAY),)


RATED = DigestSpec(id="instant", to=("desk",), wait=timedelta(0), max_rate=Rate(3, timedelta(hours=1)))


@pytest.mark.parametrize(("made", "told"), [(2, (1, 2, 3)), (3, (2, 3)), (5, (2, 3)), (6, ())])
def test_what_is_urgent_waits_for_no_noisy_rule_but_is_no_flood_either(made: int, told: tuple[int, ...]) -> None:
    waiting = [
        pending(1),
        pending(2, rule_id="storms", priority=Priority.URGENT),
        pending(3, story_id=2, rule_id="ferries"),
    ]
    verdict = plan(RATED, waiting, DigestState(made_in_window=made), NOON)
    assert taken(verdict) == told
    assert {each.reason for each in verdict.left} <= {Reason.OVER_RATE}


def test_a_story_that_a_heavier_outlet_has_waits_and_says_until_when_where_its_reader_is() -> None:
    def told_again(at: datetime) -> tuple[Left, ...]:
        spec = replace(INSTANT, zone="Europe/Vienna")
        return plan(spec, [pending(told=True, reopens_at=at)], FRESH, NOON).left

    sentence = Reason.REOPENS.sentence
    soon, late = NOON + timedelta(minutes=35), NOON + timedelta(days=2)
    assert told_again(soon) == (Left(1, Reason.REOPENS, f"{sentence} at 13:35"),)
    assert told_again(late) == (Left(1, Reason.REOPENS, f"{sentence} at {late:%Y-%m-%d} 13:00"),)


def test_told_copies_are_settled_even_when_nothing_is_sent() -> None:
    made = plan(MORNING, [pending(1, told=True)], FRESH, NOON)
    assert made == Plan(Reason.NOTHING_PENDING, settled=(Settled(1, FateState.MERGED, Reason.ALREADY_TOLD),))


MUTED = "its rule is muted by ana until noon: enough"


def test_what_a_muted_rule_matches_is_silenced_when_it_would_be_told_with_the_reason() -> None:
    state = DigestState(muted={"boats": MUTED})
    made = plan(INSTANT, [pending(1, rule_id="boats", matched_at=ago(5)), pending(2, matched_at=ago(60))], state, NOON)
    assert made.settled == (Settled(1, FateState.SILENCED, Reason.MUTED, MUTED),)
    assert taken(made) == (2,)


def test_a_mute_that_ends_before_the_morning_silences_nothing_of_it() -> None:
    match = pending(rule_id="boats", matched_at=SEVEN - timedelta(hours=3))
    night = plan(MORNING, [match], DigestState(muted={"boats": MUTED}), SEVEN - timedelta(minutes=1))
    assert (night.settled, night.left) == ((), (Left(1, Reason.WAITS_FOR_SLOT),))
    assert taken(plan(MORNING, [match], FRESH, SEVEN)) == (1,)


def test_a_rule_that_is_muted_in_the_morning_is_left_out_of_it() -> None:
    matches = [
        pending(number, rule_id=rule, matched_at=SEVEN - timedelta(hours=3))
        for number, rule in enumerate(("boats", "ferries"), 1)
    ]
    made = plan(MORNING, matches, DigestState(muted={"boats": MUTED}), SEVEN)
    assert made.settled == (Settled(1, FateState.SILENCED, Reason.MUTED, MUTED),)
    assert taken(made) == (2,)
    alone = plan(MORNING, matches[:1], DigestState(muted={"boats": MUTED}), SEVEN)
    assert (len(alone.settled), alone.edition) == (1, None)


def test_what_a_muted_rule_matches_after_the_mornings_time_waits_for_the_next() -> None:
    late = pending(rule_id="boats", matched_at=SEVEN + timedelta(minutes=2))
    made = plan(MORNING, [late], DigestState(muted={"boats": MUTED}), SEVEN + timedelta(minutes=3))
    assert made.left == (Left(1, Reason.WAITS_FOR_SLOT),)


def test_over_its_rate_a_digest_holds_everything_for_the_next_edition() -> None:
    spec = DigestSpec(id="instant", to=("desk",), max_rate=Rate(20, timedelta(hours=1)))
    waiting = [pending(1, matched_at=ago(600)), pending(2, matched_at=ago(1))]
    held = plan(spec, waiting, DigestState(made_in_window=20), NOON)
    assert held.edition is None
    assert held.left == (Left(1, Reason.OVER_RATE), Left(2, Reason.OVER_RATE))
    assert taken(plan(spec, waiting, DigestState(made_in_window=19), NOON)) == (1,)


def test_two_processes_that_plan_the_same_matches_make_the_same_slot() -> None:
    waiting = [pending(8, matched_at=ago(50)), pending(7, matched_at=ago(40))]
    later = plan(INSTANT, waiting, FRESH, NOON + timedelta(seconds=1))
    now = plan(INSTANT, list(reversed(waiting)), FRESH, NOON)
    assert now.edition is not None
    assert later.edition is not None
    assert now.edition.slot.label == later.edition.slot.label == "match 7"


def test_a_scheduled_digest_takes_everything_pending_when_its_time_comes() -> None:
    waiting = [pending(1, matched_at=SEVEN - timedelta(hours=20)), pending(2, matched_at=SEVEN)]
    before = plan(MORNING, waiting, FRESH, SEVEN - timedelta(seconds=1))
    assert before.left == (Left(1, Reason.WAITS_FOR_SLOT), Left(2, Reason.WAITS_FOR_SLOT))
    made = plan(MORNING, waiting, FRESH, SEVEN)
    assert taken(made) == (1, 2)
    assert made.edition is not None
    assert (made.edition.slot.label, made.edition.slot.due) == ("2026-11-23 07:00", SEVEN)
    assert made.reason is Reason.SLOT_DUE


def test_a_slot_is_made_once() -> None:
    made = plan(
        MORNING,
        [pending(matched_at=SEVEN - timedelta(hours=1))],
        DigestState(last_due=SEVEN),
        SEVEN + timedelta(minutes=1),
    )
    assert made == Plan(Reason.WAITS_FOR_SLOT, left=(Left(1, Reason.WAITS_FOR_SLOT),))


def test_a_match_made_after_a_slot_that_had_nothing_waits_for_the_next_one() -> None:
    made = plan(MORNING, [pending(matched_at=SEVEN + timedelta(minutes=1))], FRESH, SEVEN + timedelta(minutes=2))
    assert made == Plan(Reason.WAITS_FOR_SLOT, left=(Left(1, Reason.WAITS_FOR_SLOT),))


@pytest.mark.parametrize(("hours", "reason"), [(11.9, Reason.CAUGHT_UP), (12.1, Reason.WAITS_FOR_SLOT)])
def test_a_slot_that_passed_during_downtime_is_made_up_for_within_twelve_hours(hours: float, reason: Reason) -> None:
    made = plan(MORNING, [pending(matched_at=SEVEN - timedelta(hours=3))], FRESH, SEVEN + timedelta(hours=hours))
    assert made.reason is reason
    assert (made.edition is not None) is (reason is Reason.CAUGHT_UP)


def test_of_several_slots_that_passed_only_the_latest_is_made() -> None:
    often = DigestSpec(id="hourly", to=("desk",), schedule=Schedule("0 * * * *"))
    made = plan(
        often, [pending(matched_at=ago(6 * 3600))], DigestState(last_due=ago(5 * 3600)), NOON + timedelta(minutes=20)
    )
    assert made.edition is not None
    assert made.edition.slot.label == "2026-11-23 12:00"
    assert made.reason is Reason.CAUGHT_UP


def test_an_empty_edition_is_sent_only_where_it_is_asked_for() -> None:
    insists = DigestSpec(id="morning", to=("desk",), schedule=Schedule.at("06:00"), empty=Empty.SEND)
    skips = DigestSpec(id="morning", to=("desk",), schedule=Schedule.at("06:00"))
    assert plan(skips, [], FRESH, SEVEN) == Plan(Reason.NOTHING_PENDING)
    made = plan(insists, [], FRESH, SEVEN)
    assert made.reason is Reason.NOTHING_NEW
    assert made.edition is not None
    assert made.edition.match_ids == ()
    assert plan(insists, [], DigestState(last_due=SEVEN), SEVEN + timedelta(minutes=1)).edition is None


def test_a_digest_configured_in_the_afternoon_does_not_owe_its_first_morning() -> None:
    insists = DigestSpec(id="morning", to=("desk",), schedule=Schedule.at("06:00"), empty=Empty.SEND)
    assert plan(insists, [], FRESH, SEVEN + timedelta(hours=6)).edition is None
    made = plan(insists, [], DigestState(last_due=SEVEN - timedelta(days=1)), SEVEN + timedelta(hours=6))
    assert made.edition is not None


def test_an_edition_sent_in_any_case_takes_what_came_since_its_time() -> None:
    insists = DigestSpec(id="morning", to=("desk",), schedule=Schedule.at("06:00"), empty=Empty.SEND)
    made = plan(insists, [pending(matched_at=SEVEN + timedelta(seconds=2))], FRESH, SEVEN + timedelta(seconds=3))
    assert (taken(made), made.reason) == ((1,), Reason.SLOT_DUE)


@pytest.mark.parametrize("spec", [INSTANT, MORNING])
def test_a_match_from_a_future_that_was_a_wrong_clock_is_not_held_until_then(spec: DigestSpec) -> None:
    assert taken(plan(spec, [pending(matched_at=SEVEN + timedelta(days=365))], FRESH, SEVEN)) == (1,)


def test_a_digest_names_itself_and_its_template_where_nobody_else_does() -> None:
    assert (INSTANT.title, INSTANT.template) == ("Instant", "alert")
    assert (MORNING.title, MORNING.template) == ("Morning", "digest")
    named = DigestSpec(id="morning", to=(), title="The seven o’clock", template="brief")
    assert (named.title, named.template) == ("The seven o’clock", "brief")


def test_every_reason_has_a_sentence() -> None:
    assert all(each.sentence for each in Reason)


specs = st.builds(
    DigestSpec,
    id=st.just("any"),
    to=st.just(("desk",)),
    schedule=st.sampled_from([None, Schedule.at("07:00"), Schedule("*/7 * * * *")]),
    wait=st.integers(0, 300).map(lambda each: timedelta(seconds=each)),
    empty=st.sampled_from(Empty),
    max_rate=st.sampled_from([None, Rate(1, timedelta(hours=1))]),
)
crowds = st.lists(
    st.tuples(st.integers(1, 8), st.integers(-60, 90_000), st.booleans()), max_size=12
).map(
    lambda rows: [
        pending(number, story_id=story, matched_at=ago(seconds), told=told)
        for number, (story, seconds, told) in enumerate(rows, 1)
    ]
)  # fmt: skip
states = st.builds(
    DigestState,
    last_due=st.none() | st.integers(0, 90_000).map(ago),
    made_in_window=st.integers(0, 2),
    muted=st.sampled_from([{}, {"ferries": "its rule is muted by ana until noon: enough"}]),
)


@given(spec=specs, crowd=crowds, state=states, seed=st.randoms(use_true_random=False))
def test_every_match_gets_exactly_one_verdict_and_the_order_of_asking_changes_none(
    spec: DigestSpec, crowd: list[PendingMatch], state: DigestState, seed: Random
) -> None:
    made = plan(spec, crowd, state, NOON)
    verdicts = [*taken(made), *(each.match_id for each in made.settled), *(each.match_id for each in made.left)]
    assert sorted(verdicts) == [each.match_id for each in crowd]
    assert made.reason is not Reason.NOTHING_PENDING or not (taken(made) or made.left)
    shuffled = list(crowd)
    seed.shuffle(shuffled)
    assert plan(spec, shuffled, state, NOON) == made


@given(spec=specs, crowd=crowds, minutes=st.lists(st.integers(1, 700), min_size=1, max_size=12))
def test_whatever_pauses_come_between_no_match_is_lost_or_sent_twice(
    spec: DigestSpec, crowd: list[PendingMatch], minutes: list[int]
) -> None:
    waiting, sent, now = crowd, list[int](), NOON
    last = None
    for pause in [*minutes, 1500, 1500]:
        now += timedelta(minutes=pause)
        made = plan(spec, waiting, DigestState(last_due=last), now)
        sent += taken(made)
        last = made.edition.slot.due if made.edition else last
        waiting = [each for each in waiting if each.match_id in {left.match_id for left in made.left}]
    assert len(set(sent)) == len(sent)
    assert spec.schedule is not None or not waiting
