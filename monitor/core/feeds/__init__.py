"""All that is decided about a feed after a poll: when it is asked next, and how it is doing. Pure functions of what was seen."""

from monitor.core.feeds.after import Verdict, after
from monitor.core.feeds.state import FeedState, PollOutcome

__all__ = ["FeedState", "PollOutcome", "Verdict", "after"]
