"""What goes into an edition of a digest, when it goes out, and what the reader sees: pure decisions, each with its reason."""

from monitor.core.digest.plan import plan
from monitor.core.digest.quiet import QuietHours
from monitor.core.digest.records import (
    Before,
    Copy,
    DigestState,
    EditionPlan,
    FeedChange,
    Left,
    PendingMatch,
    Plan,
    ProofOfLife,
    Reason,
    Settled,
    WaitingMatch,
)
from monitor.core.digest.slack import Block, slack_faults, slack_parts
from monitor.core.digest.spec import DigestSpec, Empty, Order, Rate
from monitor.core.digest.times import Schedule, ScheduleError, Slot, next_slot, slots
from monitor.core.digest.view import Context, fold, shown, stories, view
from monitor.core.digest.waves import wanted
from monitor.core.digest.week import Week, bounds

__all__ = [
    "Before",
    "Block",
    "Context",
    "Copy",
    "DigestSpec",
    "DigestState",
    "EditionPlan",
    "Empty",
    "FeedChange",
    "Left",
    "Order",
    "PendingMatch",
    "Plan",
    "ProofOfLife",
    "QuietHours",
    "Rate",
    "Reason",
    "Schedule",
    "ScheduleError",
    "Settled",
    "Slot",
    "WaitingMatch",
    "Week",
    "bounds",
    "fold",
    "next_slot",
    "plan",
    "shown",
    "slack_faults",
    "slack_parts",
    "slots",
    "stories",
    "view",
    "wanted",
]
