"""What goes into an edition of a digest, when it goes out, and what the reader sees: pure decisions, each with its reason."""

from monitor.core.digest.plan import plan
from monitor.core.digest.records import (
    DigestState,
    EditionPlan,
    Left,
    PendingMatch,
    Plan,
    ProofOfLife,
    Reason,
    Settled,
)
from monitor.core.digest.spec import DigestSpec, Empty, Order, Rate
from monitor.core.digest.times import Schedule, ScheduleError, Slot, slots

__all__ = [
    "DigestSpec",
    "DigestState",
    "EditionPlan",
    "Empty",
    "Left",
    "Order",
    "PendingMatch",
    "Plan",
    "ProofOfLife",
    "Rate",
    "Reason",
    "Schedule",
    "ScheduleError",
    "Settled",
    "Slot",
    "plan",
    "slots",
]
