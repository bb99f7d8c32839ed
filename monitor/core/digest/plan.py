"""Which pending matches make an edition now, and what becomes of all the others.

Digests pick undigested matches, never a window of time: a clock that jumps, or a daemon that was down, delays a match but
cannot lose it or send it twice. A match from the future (a clock was set back) counts as old.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.core.digest.records import DigestState, EditionPlan, Left, Plan, Reason, Settled, Waits
from monitor.core.digest.spec import DigestSpec, Empty
from monitor.core.digest.times import Schedule, Slot, slots
from monitor.core.model import FateState

CATCH_UP = timedelta(hours=12)
"""How late a slot is still made by itself; an older one is folded into the next."""

PUNCTUAL = timedelta(minutes=5)
"""Up to here an edition is on time."""


def plan(spec: DigestSpec, pending: Sequence[Waits], state: DigestState, now: datetime) -> Plan:
    """Decide on every pending match of one digest at `now` (UTC). Equal arguments in any order give an equal plan."""
    pending = sorted(pending, key=lambda each: each.match_id)
    told = [Settled(each.match_id, FateState.MERGED, Reason.ALREADY_TOLD) for each in pending if each.told]
    fresh = [each for each in pending if not each.told]
    quiet = {each: spec.held(each, now) for each in {match.priority for match in fresh}}
    heard = [each for each in fresh if each.rule_id not in state.muted and not quiet[each.priority]]
    if spec.schedule is None:
        reason, slot, taken = _instant(spec, heard, state, now)
    else:
        reason, slot, taken = _scheduled(spec, spec.schedule, heard, state, now)
    edition = EditionPlan(slot, tuple(each.match_id for each in taken), reason) if slot else None
    muted = [each for each in fresh if each.rule_id in state.muted and _its_time_has_come(spec, each, state, now)]
    silenced = [Settled(each.match_id, FateState.SILENCED, Reason.MUTED, state.muted[each.rule_id]) for each in muted]
    waits = _why_left(spec, reason)
    gone = {each.match_id for each in (*taken, *muted)}
    left = tuple(
        Left(each.match_id, Reason.QUIET, held[1]) if (held := quiet[each.priority]) else Left(each.match_id, waits)
        for each in fresh
        if each.match_id not in gone
    )
    if reason is Reason.NOTHING_PENDING and left:
        reason = left[0].reason
    return Plan(reason, edition, (*told, *silenced), left)


Choice = tuple[Reason, Slot | None, Sequence[Waits]]


def _instant(spec: DigestSpec, fresh: Sequence[Waits], state: DigestState, now: datetime) -> Choice:
    if not fresh:
        return Reason.NOTHING_PENDING, None, []
    due = {each.story_id for each in fresh if not now - spec.wait < each.matched_at <= now}
    if not due:
        return Reason.COLLECTS_COPIES, None, []
    if spec.max_rate and state.made_in_window >= spec.max_rate.count:
        return Reason.OVER_RATE, None, []
    taken = [each for each in fresh if each.story_id in due]
    # Named after a match that no other edition can have: a second process that plans the same makes the same slot.
    return Reason.STORIES_DUE, Slot(f"match {taken[0].match_id}", now), taken


def _scheduled(
    spec: DigestSpec, schedule: Schedule, fresh: Sequence[Waits], state: DigestState, now: datetime
) -> Choice:
    waits = Reason.WAITS_FOR_SLOT if fresh else Reason.NOTHING_PENDING
    passed = _passed(schedule, spec.zone, state, now)
    if not passed:
        return waits, None, []
    slot = passed[-1]
    late = now - slot.due > PUNCTUAL
    # A match made after the slot does not bring the slot back: else every late match would be an edition of its own.
    if any(not slot.due < each.matched_at <= now for each in fresh):
        return (Reason.CAUGHT_UP if late else Reason.SLOT_DUE), slot, fresh
    # The very first edition is not made up for: a digest configured at ten owes nobody the seven o'clock one.
    if spec.empty is Empty.SEND and (state.last_due or not late):
        return (Reason.SLOT_DUE if fresh else Reason.NOTHING_NEW), slot, fresh
    return waits, None, []


def _its_time_has_come(spec: DigestSpec, match: Waits, state: DigestState, now: datetime) -> bool:
    """Whether a match would be told now if its rule were heard: a mute that ends before the morning silences nothing of it."""
    if spec.schedule is None:
        return True
    passed = _passed(spec.schedule, spec.zone, state, now)
    return bool(passed) and not passed[-1].due < match.matched_at <= now


def _passed(schedule: Schedule, zone: str, state: DigestState, now: datetime) -> list[Slot]:
    """Return the slots that have come and were not made, as far back as they are made up for."""
    return slots(schedule, zone, max(now - CATCH_UP, state.last_due or now - CATCH_UP), now)


def _why_left(spec: DigestSpec, reason: Reason) -> Reason:
    if spec.schedule is not None:
        return Reason.WAITS_FOR_SLOT
    return Reason.OVER_RATE if reason is Reason.OVER_RATE else Reason.COLLECTS_COPIES
