"""Feeds that have moved for good, and feeds that are gone: believed only after repeated sight."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.feeds.state import FeedState, PollOutcome

SIGHTINGS = 3
"""So many polls in a row must say the same; servers under maintenance say much."""
MOVED_FOR = timedelta(hours=24)
"""A move must have been seen for so long."""
GONE_WITHIN, GONE_FOR = timedelta(days=3), timedelta(hours=6)
"""A feed is gone that has said so three times in three days, and not all of them in one evening."""
PATIENCE = timedelta(days=1)
"""A new address that has not answered for so long was none: the feed is asked at its own again."""


def moved(state: FeedState, outcome: PollOutcome, now: datetime) -> FeedState:
    """Return `state` with what a poll that was answered says of the feed's address."""
    if state.followed:
        return state
    if not outcome.moved_to:
        return state if not state.moved_to else replace(state, moved_to="", moved_since=None, moved_sightings=0)
    if outcome.moved_to != state.moved_to or state.moved_since is None:
        return replace(state, moved_to=outcome.moved_to, moved_since=now, moved_sightings=1)
    sightings = state.moved_sightings + 1
    lasting = sightings >= SIGHTINGS and now - state.moved_since >= MOVED_FOR
    return replace(state, moved_sightings=sightings, followed=lasting)


def lost(state: FeedState, now: datetime) -> FeedState:
    """Return `state` after a failed poll: an address that was followed in vain for a day is given up."""
    answered = state.last_good_at or state.moved_since
    if not state.followed or answered is None or now - answered < PATIENCE:
        return state
    return replace(state, followed=False, moved_to="", moved_since=None, moved_sightings=0)


def gone(state: FeedState, outcome: PollOutcome, now: datetime) -> FeedState:
    """Return `state` with what a poll says of whether the feed still exists (HTTP 410)."""
    if outcome.error_kind != "http-410":
        return (
            state
            if outcome.error_kind or state.gone_since is None
            else replace(state, gone_since=None, gone_sightings=0)
        )
    if state.gone_since is None or now - state.gone_since > GONE_WITHIN:
        return replace(state, gone_since=now, gone_sightings=1)
    return replace(state, gone_sightings=state.gone_sightings + 1)


def is_gone(state: FeedState, now: datetime) -> bool:
    """Tell whether the feed has said often enough that it is no more."""
    since = state.gone_since
    return since is not None and state.gone_sightings >= SIGHTINGS and now - since >= GONE_FOR
