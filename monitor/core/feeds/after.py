"""What follows from a poll: when the next one is due, how the feed is doing, and what is remembered."""

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.feeds import gaps, moves, rhythm
from monitor.core.feeds.cadence import next_poll
from monitor.core.feeds.health import health
from monitor.core.feeds.hints import kept
from monitor.core.feeds.state import FeedState, PollOutcome
from monitor.core.model import Feed, Health


@dataclass(frozen=True, slots=True)
class Verdict:
    """When the next poll is due (UTC), None for never again; the reason in words for people; and the feed's state from now on.

    `host_until`: until when every feed of the host is to be left alone, None where there is no need.
    """

    at: datetime | None
    reason: str
    state: FeedState
    host_until: datetime | None = None


def after(feed: Feed, state: FeedState, outcome: PollOutcome, now: datetime) -> Verdict:
    """Decide what follows from a poll of `feed` that ended at `now` (UTC) and saw `outcome`. `state` is that before it."""
    if outcome.outage:
        state = replace(state, last_polled_at=now)
    else:
        state = _failed(state, outcome, now) if outcome.error_kind else _succeeded(state, outcome, now)
        state = _judged(state, outcome, now)
        if state.health is Health.GONE:
            return Verdict(None, state.health_why, state)
    choice = next_poll(feed, state, outcome, now)
    return Verdict(choice.at, choice.reason, state, choice.host_until)


def _succeeded(state: FeedState, outcome: PollOutcome, now: datetime) -> FeedState:
    before = moves.gone(moves.moved(state, outcome, now), outcome, now)
    return replace(
        before,
        failures=0,
        error_kind="",
        error="",
        last_polled_at=now,
        last_good_at=now,
        last_new_at=now if outcome.new else state.last_new_at,
        baseline_at=state.baseline_at or now,
        # What is faded is faded when it is read: a poll that brings nothing need not write.
        rhythm=rhythm.learn(state.rhythm, outcome.published, now, first=state.first)
        if outcome.new or state.first
        else state.rhythm,
        hints=kept(outcome.hints) if outcome.changed else state.hints,
        gap_at=now if gaps.opened(state, outcome) else state.gap_at,
    )


def _failed(state: FeedState, outcome: PollOutcome, now: datetime) -> FeedState:
    before = moves.gone(moves.lost(state, now), outcome, now)
    return replace(
        before,
        failures=state.failures + 1,
        error_kind=outcome.error_kind,
        error=outcome.error,
        last_polled_at=now,
    )


def _judged(state: FeedState, outcome: PollOutcome, now: datetime) -> FeedState:
    found, why = health(state, outcome, now)
    if (found, why) == (state.health, state.health_why):
        return state
    since = state.health_since if found is state.health else now
    return replace(state, health=found, health_why=why, health_since=since)
