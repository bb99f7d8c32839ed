"""What a digest would have sent is what the daemon's planning says, second by second."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.digest import DigestSpec, DigestState, Empty, PendingMatch, QuietHours, Rate, Schedule, plan
from monitor.core.model import Distinct, Silence, Wave
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.workshop.forecast import Alert, forecast, most_within
from tests.clock import MONDAY

RULE = Rule("ferries", parse("ferry"))
INSTANT = DigestSpec("instant", ("outbox",), wait=timedelta(seconds=30))
MORNING = DigestSpec("morning", ("outbox",), schedule=Schedule.at("07:00"), zone="UTC")
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def alerts(*told: tuple[timedelta, int]) -> list[Alert]:
    return [Alert(story, MONDAY + after) for after, story in told]


def test_an_alert_is_sent_once_a_story_whatever_its_copies() -> None:
    found = forecast(INSTANT, RULE, alerts((MINUTE, 1), (MINUTE, 1), (2 * MINUTE, 1), (HOUR, 2)), MONDAY, MONDAY + DAY)
    assert (found.editions, found.stories, found.waiting) == (2, 1, 0)


def test_stories_that_wait_together_are_one_alert_when_the_first_is_due() -> None:
    found = forecast(INSTANT, RULE, alerts((MINUTE, 1), (MINUTE, 2), (MINUTE + 10 * SECOND, 3)), MONDAY, MONDAY + DAY)
    assert (found.editions, found.stories) == (2, 1.5)


def test_the_last_alert_is_sent_though_the_time_ends_before_its_wait() -> None:
    found = forecast(INSTANT, RULE, alerts((MINUTE, 1)), MONDAY, MONDAY + MINUTE)
    assert (found.editions, found.waiting) == (1, 0)


def test_no_more_go_out_than_the_rate_allows_and_the_rest_with_the_next() -> None:
    spec = DigestSpec("instant", ("outbox",), wait=timedelta(0), max_rate=Rate(2, HOUR))
    found = forecast(spec, RULE, alerts(*((number * MINUTE, number) for number in range(10))), MONDAY, MONDAY + DAY)
    assert (found.editions, found.most_in_an_hour) == (3, 2)
    assert found.waiting == 0


def test_a_scheduled_digest_tells_at_its_times_what_came_since() -> None:
    told = alerts((HOUR, 1), (2 * HOUR, 2), (2 * HOUR, 2), (25 * HOUR, 3), (26 * HOUR, 1), (3 * DAY, 4))
    found = forecast(MORNING, RULE, told, MONDAY, MONDAY + 3 * DAY + HOUR)
    # Tuesday: stories 1 and 2. Wednesday: 3, for 1 was told. Thursday: nothing came. 4 waits for Friday.
    assert (found.editions, found.stories, found.waiting) == (2, 1.5, 1)


def test_a_digest_that_is_sent_empty_counts_only_what_the_rule_brings() -> None:
    spec = DigestSpec("morning", ("outbox",), schedule=Schedule.at("07:00"), empty=Empty.SEND)
    assert forecast(spec, RULE, alerts((HOUR, 1)), MONDAY, MONDAY + 10 * DAY).editions == 1


@pytest.mark.parametrize(
    ("rule", "editions", "stories"),
    [
        pytest.param(replace(RULE, when=Wave(3, HOUR)), 1, 3, id="three matches"),
        pytest.param(replace(RULE, when=Wave(3, HOUR, Distinct.SOURCE)), 0, 0, id="three outlets"),
        pytest.param(replace(RULE, cooldown=2 * HOUR), 4, 1, id="one message in two hours"),
    ],
)
def test_only_waves_are_told_and_a_rule_cools_down(rule: Rule, editions: int, stories: float) -> None:
    minutes = (0, 50, 55, 59, 300, 500)
    told = [Alert(number, MONDAY + each * MINUTE, "ab"[number % 2]) for number, each in enumerate(minutes)]
    found = forecast(INSTANT, rule, told, MONDAY, MONDAY + DAY)
    assert (found.editions, found.stories, found.waiting) == (editions, stories, 0)


NIGHTS = QuietHours("nights", Schedule.at("22:00"), Schedule.at("06:00"), "UTC")


@pytest.mark.parametrize(
    ("spec", "silent", "told", "editions"),
    [
        pytest.param(INSTANT, 12 * HOUR, [HOUR, 2 * HOUR, 20 * HOUR], 2, id="between matches, and after the last"),
        pytest.param(INSTANT, 12 * HOUR, [], 1, id="once, though it lasts"),
        pytest.param(INSTANT, 40 * HOUR, [HOUR], 0, id="it is not over yet"),
        pytest.param(MORNING, 12 * HOUR, [HOUR, 20 * HOUR, 30 * HOUR], 0, id="it ends before the digest's time"),
        pytest.param(replace(INSTANT, quiet=(NIGHTS,)), 15 * HOUR, [20 * HOUR], 0, id="it ends before the night does"),
    ],
)
def test_a_silence_is_told_once_where_it_lasts(
    spec: DigestSpec, silent: timedelta, told: list[timedelta], editions: int
) -> None:
    rule = replace(RULE, when=Silence(silent))
    found = forecast(spec, rule, alerts(*((each, 1) for each in told)), MONDAY, MONDAY + 34 * HOUR)
    assert (found.silences, found.editions) == (True, editions)


def test_what_is_too_old_is_not_told_and_yet_breaks_a_silence() -> None:
    old = [replace(each, too_old=True) for each in alerts((10 * HOUR, 1))]
    assert forecast(INSTANT, RULE, old, MONDAY, MONDAY + 20 * HOUR).editions == 0
    assert forecast(INSTANT, replace(RULE, when=Silence(11 * HOUR)), old, MONDAY, MONDAY + 20 * HOUR).editions == 0


def test_a_noisy_rule_that_is_held_back_is_counted_in_a_moment() -> None:
    many = alerts(*((number * 5 * SECOND, number) for number in range(17_000)))
    for spec, rule in (
        (replace(INSTANT, max_rate=Rate(1, 6 * HOUR)), RULE),
        (replace(INSTANT, quiet=(NIGHTS,)), replace(RULE, cooldown=6 * HOUR)),
    ):
        assert forecast(spec, rule, many, MONDAY, MONDAY + DAY).editions <= 5


@pytest.mark.parametrize("spec", [INSTANT, MORNING])
def test_nothing_found_sends_nothing(spec: DigestSpec) -> None:
    found = forecast(spec, RULE, [], MONDAY, MONDAY)
    assert (found.editions, found.stories, found.most_in_an_hour, found.waiting) == (0, 0, 0, 0)


def test_most_within_looks_at_every_stretch() -> None:
    assert most_within([MONDAY + each * MINUTE for each in (0, 50, 59, 61, 65, 200)], HOUR) == 4
    assert most_within([], HOUR) == 0


def by_the_second(spec: DigestSpec, told: Sequence[Alert], until: datetime) -> list[int]:
    """The sizes of the editions that a daemon makes that plans every second."""
    waiting: dict[int, Alert] = {}
    known: set[int] = set()
    made: list[tuple[datetime, int]] = []
    last_due, now = None, MONDAY
    while now <= until:
        waiting |= {number: each for number, each in enumerate(told) if now - SECOND < each.at <= now}
        pending = [
            PendingMatch(
                number, number, each.story, RULE.id, RULE.title, RULE.priority, each.at, each.story in known, "", "", 1, "", "", "", "", each.at
            )
            for number, each in waiting.items()
        ]  # fmt: skip
        lately = sum(at >= now - spec.max_rate.per for at, _ in made) if spec.max_rate else 0
        verdict = plan(spec, pending, DigestState(last_due, lately), now)
        gone = [each.match_id for each in verdict.settled]
        if verdict.edition:
            stories = {waiting[each].story for each in verdict.edition.match_ids}
            known |= stories
            made.append((now, len(stories)))
            last_due = verdict.edition.slot.due
            gone += verdict.edition.match_ids
        for each in gone:
            del waiting[each]
        now += SECOND
    return [size for _, size in made]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 180), st.integers(1, 5)), max_size=12),
    st.sampled_from(
        [
            INSTANT,
            DigestSpec("instant", ("a",), wait=timedelta(0)),
            DigestSpec("instant", ("a",), wait=3 * SECOND, max_rate=Rate(1, MINUTE)),
            DigestSpec("instant", ("a",), wait=10 * SECOND, max_rate=Rate(2, 45 * SECOND)),
            DigestSpec(
                "instant",
                ("a",),
                wait=3 * SECOND,
                max_rate=Rate(1, 30 * SECOND),
                quiet=(QuietHours("break", Schedule.at("08:01"), Schedule.at("08:03"), "UTC"),),
            ),
            DigestSpec("often", ("a",), schedule=Schedule("1,3 8 * * *")),
        ]
    ),
)
def test_the_forecast_is_what_a_daemon_does_that_plans_every_second(
    told: list[tuple[int, int]], spec: DigestSpec
) -> None:
    given_alerts = sorted(alerts(*((after * SECOND, story) for after, story in told)), key=lambda each: each.at)
    until = MONDAY + timedelta(seconds=300)
    sizes = by_the_second(spec, given_alerts, until)
    found = forecast(spec, RULE, given_alerts, MONDAY, until)
    assert found.editions == len(sizes)
    assert (
        found.stories == (sorted(sizes)[len(sizes) // 2] + sorted(sizes)[(len(sizes) - 1) // 2]) / 2 if sizes else True
    )
