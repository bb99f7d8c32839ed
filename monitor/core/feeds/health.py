"""How a feed is doing after a poll, with the reason in words; a hiccup is no illness, and silence only one where it is unusual."""

from datetime import datetime, timedelta

from monitor.core.feeds.gaps import overran
from monitor.core.feeds.moves import is_gone
from monitor.core.feeds.rhythm import expected
from monitor.core.feeds.state import FeedState, PollOutcome
from monitor.core.model import Health

FAILURES = 3
"""So many in a row make a feed ill; of those that only a person can mend `MENDED_BY_HAND`."""
MENDED_BY_HAND = 2
BY_HAND = frozenset(
    {"bad-url", "blocked", "file-missing", "file-unreadable", "http-401", "http-403", "http-404", "not-a-feed", "refused-address", "secret"}
)  # fmt: skip
UNUSUAL = 10.0
"""Articles that should have come by a feed's habit, and did not: by chance it happens once in twenty thousand such times."""
QUIET = timedelta(hours=6)
"""Silence shorter than this is not looked at."""

Finding = tuple[Health, str]


def health(state: FeedState, outcome: PollOutcome, now: datetime) -> Finding:
    """Judge a feed by its `state` after a poll that saw `outcome` at `now`."""
    if outcome.error_kind:
        return _of_failure(state, outcome, now)
    if overran(state, now):
        return Health.GAP, "items went by between two polls and nobody saw them; it is asked twice as often for a day"
    if state.followed:
        return Health.MOVED, f"it has moved for good to {state.moved_to}"
    return _of_silence(state, now) or (Health.OK, "")


def _of_failure(state: FeedState, outcome: PollOutcome, now: datetime) -> Finding:
    if is_gone(state, now):
        return Health.GONE, "it has said for hours that it is gone for good (HTTP 410), and is asked no more"
    enough = MENDED_BY_HAND if outcome.error_kind in BY_HAND or not outcome.retry else FAILURES
    if state.first or state.failures >= enough:
        return Health.FAILING, outcome.error
    return (state.health, state.health_why)


def _of_silence(state: FeedState, now: datetime) -> Finding | None:
    since = state.last_new_at or state.baseline_at
    if since is None or now - since < QUIET:
        return None
    missing = expected(state.rhythm, since, now)
    if missing is None or missing < UNUSUAL:
        return None
    return Health.LATE, f"it answers and brings nothing new; by its habit about {missing:.0f} articles should have come"
