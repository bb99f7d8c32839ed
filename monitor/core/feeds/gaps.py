"""Gap proof: when two successive documents of a feed share no item, its window overran, and items may have gone by unseen."""

from datetime import datetime, timedelta

from monitor.core.feeds.state import FeedState, PollOutcome

REMEMBERED = timedelta(hours=24)
"""So long after a gap the feed is asked twice as often."""
FEWEST = 3
"""Items that a document must hold: one or two may be all that a feed ever shows, and say nothing of its window."""


def opened(state: FeedState, outcome: PollOutcome) -> bool:
    """Tell whether items may have gone by between the last good poll and this one. `state` is that before it."""
    return not state.first and outcome.changed and outcome.shared is False and outcome.items >= FEWEST


def overran(state: FeedState, now: datetime) -> bool:
    """Tell whether the feed's window overran lately, so that it should be asked more often."""
    return state.gap_at is not None and now - state.gap_at < REMEMBERED
