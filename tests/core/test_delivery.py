"""What follows from each attempt to deliver."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.delivery import (
    LONGEST_ASKED,
    LONGEST_PROBE_WAIT,
    LONGEST_WAIT,
    OPENS_AFTER,
    Breaker,
    Verdict,
    after,
    backoff,
    breaker,
    delivery_key,
    probe_wait,
)
from monitor.core.model import DeliveryState, Outcome, Receipt

FIRST = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
KEY = delivery_key("desk", "desk@example.org", "morning/2026-03-02/07:00", 1)
DAY = timedelta(hours=24)

outcomes = st.sampled_from(list(Outcome))
waits = st.none() | st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=400))
ages = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=5))


def verdict(
    outcome: Outcome, *, attempts: int = 0, age: timedelta = timedelta(0), wait: timedelta | None = None
) -> Verdict:
    return after(Receipt(outcome, retry_after=wait), attempts, FIRST, FIRST + age, KEY, DAY)


def test_a_key_is_made_for_a_message_id_and_never_changes() -> None:
    assert delivery_key("desk", "desk@example.org", "morning/2026-03-02/07:00", 1) == KEY
    assert KEY == "zoj52cxusumqr2v4kll6rkkcb6"


@given(st.lists(st.tuples(st.text(), st.text(), st.text(), st.integers(1, 99)), min_size=2, max_size=2, unique=True))
def test_two_deliveries_never_share_a_key(pair: list[tuple[str, str, str, int]]) -> None:
    assert delivery_key(*pair[0]) != delivery_key(*pair[1])


def test_text_cannot_move_from_one_part_of_a_key_to_the_next() -> None:
    assert delivery_key("ab", "c", "e", 1) != delivery_key("a", "bc", "e", 1)
    assert delivery_key("a", "1:b", "e", 1) != delivery_key("a1:", "b", "e", 1)


def test_what_arrived_is_sent_and_never_due_again() -> None:
    assert verdict(Outcome.SENT) == Verdict(DeliveryState.SENT, None, "sent", 1)


def test_what_arrived_in_a_poorer_form_says_so() -> None:
    assert after(Receipt(Outcome.SENT, degraded=True), 0, FIRST, FIRST, KEY, DAY).reason == "sent-degraded"


def test_what_was_refused_for_good_is_dead_at_once() -> None:
    assert verdict(Outcome.REFUSED) == Verdict(DeliveryState.DEAD, None, "refused", 1)


def test_a_broken_channel_keeps_its_rows_and_takes_no_more() -> None:
    told = verdict(Outcome.PAUSED, attempts=3)
    assert told == Verdict(DeliveryState.PENDING, FIRST, "channel-paused", 3, channel_paused=True)


def test_rows_of_a_paused_channel_outlive_every_age() -> None:
    assert verdict(Outcome.PAUSED, age=timedelta(days=30)).state is DeliveryState.PENDING


def test_a_refusal_for_now_is_tried_again_within_the_first_quarter_minute() -> None:
    told = verdict(Outcome.RETRY)
    assert told.state is DeliveryState.PENDING
    assert told.reason == "backoff"
    assert told.attempts == 1
    assert told.next_at is not None
    assert timedelta(seconds=1) <= told.next_at - FIRST <= timedelta(seconds=15)


def test_a_lost_answer_leaves_the_row_uncertain_and_is_sent_again() -> None:
    told = verdict(Outcome.UNCERTAIN)
    assert (told.state, told.reason) == (DeliveryState.UNCERTAIN, "uncertain")
    assert told.next_at is not None


@pytest.mark.parametrize("attempts", range(15))
def test_the_wait_may_double_each_time_up_to_half_an_hour(attempts: int) -> None:
    drawn = [backoff(delivery_key("desk", "someone", "edition", part), attempts) for part in range(200)]
    ceiling = min(timedelta(seconds=15) * 2**attempts, LONGEST_WAIT)
    assert max(drawn) <= ceiling
    assert max(drawn) > ceiling * 0.9  # full jitter: the whole range is used …
    assert min(drawn) < max(ceiling * 0.1, timedelta(seconds=1.1))  # … from the bottom


def test_a_hundred_failures_do_not_overflow_the_wait() -> None:
    assert backoff(KEY, 10_000) <= LONGEST_WAIT


def test_the_wait_is_the_same_after_a_restart() -> None:
    assert verdict(Outcome.RETRY, attempts=4) == verdict(Outcome.RETRY, attempts=4)


def test_a_wait_that_the_other_side_asks_for_is_kept_and_costs_no_attempt() -> None:
    told = verdict(Outcome.RETRY, attempts=2, wait=timedelta(minutes=7))
    asked = FIRST + timedelta(minutes=7)
    assert told == Verdict(DeliveryState.PENDING, asked, "asked-to-wait", 2, channel_until=asked)


def test_nobody_can_ask_us_to_wait_longer_than_a_day() -> None:
    told = verdict(Outcome.RETRY, wait=timedelta(days=300))
    assert told.channel_until == FIRST + LONGEST_ASKED


@pytest.mark.parametrize(("outcome", "reason"), [(Outcome.RETRY, "expired"), (Outcome.UNCERTAIN, "expired-uncertain")])
@pytest.mark.parametrize("wait", [None, timedelta(minutes=1)])
def test_an_alert_is_given_up_after_a_day(outcome: Outcome, reason: str, wait: timedelta | None) -> None:
    told = verdict(outcome, attempts=60, age=DAY, wait=wait)
    assert (told.state, told.next_at, told.reason) == (DeliveryState.DEAD, None, reason)


def test_the_last_try_is_made_just_before_giving_up() -> None:
    told = verdict(Outcome.RETRY, attempts=60, age=DAY - timedelta(seconds=1))
    assert told.next_at == FIRST + DAY


@pytest.mark.parametrize("outcome", [Outcome.RETRY, Outcome.UNCERTAIN])
def test_what_was_hardly_tried_is_not_given_up_however_old_it_is(outcome: Outcome) -> None:
    told = verdict(outcome, attempts=0, age=DAY * 9)
    assert told.next_at is not None
    assert told.attempts == 1


def test_a_wait_that_was_asked_for_ends_no_message() -> None:
    told = verdict(Outcome.RETRY, attempts=3, age=DAY - timedelta(minutes=1), wait=timedelta(hours=5))
    assert told.next_at == told.channel_until == FIRST + DAY + timedelta(hours=5, minutes=-1)
    assert verdict(Outcome.RETRY, attempts=3, age=DAY + timedelta(hours=5)).next_at is not None


def test_who_asks_to_wait_for_ever_is_not_waited_for_for_ever() -> None:
    now, attempts, asked = FIRST, 0, 0
    while (told := after(Receipt(Outcome.RETRY, retry_after=DAY), attempts, FIRST, now, KEY, DAY)).next_at:
        now, attempts, asked = told.next_at, told.attempts, asked + 1
    assert told.reason == "expired"
    assert asked < 10


@given(outcomes, st.integers(0, 500), ages, waits)
def test_every_verdict_is_either_final_or_due_again(
    outcome: Outcome, attempts: int, age: timedelta, wait: timedelta | None
) -> None:
    told = verdict(outcome, attempts=attempts, age=age, wait=wait)
    final = told.state in (DeliveryState.SENT, DeliveryState.DEAD)
    assert final == (told.next_at is None)
    assert told.reason
    assert told.attempts in (attempts, attempts + 1)
    if told.next_at is not None:
        assert FIRST + age <= told.next_at <= FIRST + age + LONGEST_ASKED


def test_a_delivery_that_always_fails_ends_after_a_bounded_number_of_attempts() -> None:
    now, attempts, tries = FIRST, 0, 0
    while True:
        told = after(Receipt(Outcome.RETRY), attempts, FIRST, now, KEY, DAY)
        tries += 1
        if told.next_at is None:
            break
        now, attempts = told.next_at, told.attempts
    assert told.reason == "expired"
    assert 50 < tries < 300


DOWN = Receipt(Outcome.RETRY, "connect", "", "connection refused")


def failing(times: int, receipt: Receipt = DOWN) -> Breaker:
    """The breaker of a channel after so many messages, each of which failed so."""
    found = Breaker()
    for number in range(times):
        found = breaker(found, receipt, number + 1)
    return found


def test_a_breaker_opens_when_five_messages_fail_one_after_the_other() -> None:
    assert [failing(times).is_open for times in (OPENS_AFTER - 1, OPENS_AFTER)] == [False, True]


@pytest.mark.parametrize("answer", [Outcome.SENT, Outcome.REFUSED, Outcome.PAUSED])
def test_a_breaker_closes_with_the_first_answer(answer: Outcome) -> None:
    assert breaker(failing(20), Receipt(answer), 21) == Breaker()


@pytest.mark.parametrize(
    "receipt",
    [Receipt(Outcome.RETRY, "rcpt", "451"), Receipt(Outcome.RETRY, "post", "429", retry_after=timedelta(minutes=1))],
    ids=["greylisting", "asked to wait"],
)
def test_an_answer_that_asks_for_patience_opens_no_breaker(receipt: Receipt) -> None:
    assert failing(20, receipt) == Breaker()


def test_one_message_alone_opens_no_breaker_but_keeps_one_open() -> None:
    alone = breaker(breaker(Breaker(), DOWN, 7), DOWN, 7)
    assert alone.failures == 1
    assert breaker(failing(5), DOWN, 5).failures == 6


@given(st.integers(min_value=OPENS_AFTER, max_value=10_000))
def test_a_channel_that_is_down_is_looked_at_again_within_five_minutes(failures: int) -> None:
    assert timedelta(0) < probe_wait("desk", Breaker(failures, 1)) <= LONGEST_PROBE_WAIT
