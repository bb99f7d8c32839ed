"""Rules that tell when nothing comes: when that is to be told."""

from datetime import datetime

from monitor.core.digest.spec import DigestSpec
from monitor.core.digest.times import next_slot
from monitor.core.model import Priority, Silence


def due_at(spec: DigestSpec, silence: Silence, since: datetime, priority: Priority) -> datetime:
    """Return when (UTC) a digest tells that a rule of this priority has been silent since `since`: at once, by its times, or after quiet hours."""
    at = since + silence.after
    if spec.schedule is not None:
        return next_slot(spec.schedule, spec.zone, at).due
    held = spec.held(priority, at)
    return held[0] if held else at


def slot_of(rule_id: str, since: datetime) -> str:
    """Return the name of the edition that tells of it: one silence is told once."""
    return f"silent {rule_id} {since:%Y-%m-%dT%H:%M:%S.%f}"
