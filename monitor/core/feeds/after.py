"""What follows from a poll: when the next one is due, and what is remembered."""

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.feeds.cadence import PollHistory, next_poll
from monitor.core.feeds.state import FeedState, Health, PollOutcome
from monitor.core.model import Feed


@dataclass(frozen=True, slots=True)
class Verdict:
    """When the next poll is due (UTC), None for never again; the reason in words for people; and the feed's state from now on."""

    at: datetime | None
    reason: str
    state: FeedState


def after(feed: Feed, state: FeedState, outcome: PollOutcome, now: datetime) -> Verdict:
    """Decide what follows from a poll of `feed` that ended at `now` (UTC) and saw `outcome`. `state` is that before it."""
    state = _failed(state, outcome, now) if outcome.error_kind else _succeeded(state, outcome, now)
    choice = next_poll(feed, PollHistory(state.failures, outcome.error_kind, outcome.retry, outcome.retry_after), now)
    return Verdict(choice.at, choice.reason, state)


def _succeeded(state: FeedState, outcome: PollOutcome, now: datetime) -> FeedState:
    return replace(
        state,
        failures=0,
        error_kind="",
        error="",
        last_polled_at=now,
        last_good_at=now,
        last_new_at=now if outcome.new else state.last_new_at,
        baseline_at=state.baseline_at or now,
        health=Health.OK,
        health_why="",
        health_since=_since(state, Health.OK, now),
    )


def _failed(state: FeedState, outcome: PollOutcome, now: datetime) -> FeedState:
    return replace(
        state,
        failures=state.failures + 1,
        error_kind=outcome.error_kind,
        error=outcome.error,
        last_polled_at=now,
        health=Health.FAILING,
        health_why=outcome.error,
        health_since=_since(state, Health.FAILING, now),
    )


def _since(state: FeedState, health: Health, now: datetime) -> datetime | None:
    return state.health_since if health == state.health else now
