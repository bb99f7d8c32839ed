"""Which pending matches make an edition now, and what becomes of all the others.

Digests pick undigested matches, never a window of time: a clock that jumps, or a daemon that was down, delays a match but
cannot lose it or send it twice. A match from the future (a clock was set back) counts as old.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.core.digest.records import DigestState, EditionPlan, Left, Plan, Reason, Settled, Waits
from monitor.core.digest.spec import DigestSpec, Empty
from monitor.core.digest.times import Schedule, Slot, slots
from monitor.core.digest.waves import Gathered, gathered
from monitor.core.model import FateState, Priority

CATCH_UP = timedelta(hours=12)
"""How late a slot is still made by itself; an older one is folded into the next."""

URGENT_TOO = 2
"""How often a digest's `max_rate` urgent rules may fill: a noisy rule must not keep them waiting, and they are no way around it."""

PUNCTUAL = timedelta(minutes=5)
"""Up to here an edition is on time."""


def plan(spec: DigestSpec, pending: Sequence[Waits], state: DigestState, now: datetime) -> Plan:
    """Decide on every pending match of one digest at `now` (UTC). Equal arguments in any order give an equal plan."""
    pending = sorted(pending, key=lambda each: each.match_id)
    verdicts = _by_themselves(spec, pending, state, now)
    awake = [each for each in pending if each.match_id not in verdicts]
    waves = _waves(awake, state, now)
    verdicts |= {each.match_id: each for wave in waves.values() for each in wave.left}
    verdicts |= {each.match_id: each for wave in waves.values() for each in wave.lapsed}
    plain = [each for each in awake if each.rule_id not in waves]
    if spec.schedule is None:
        reason, slot, taken = _instant(spec, plain, waves, state, now)
    else:
        reason, slot, taken = _scheduled(spec, spec.schedule, plain, waves, state, now)
    edition = EditionPlan(slot, _ids(taken), reason, _told_of(taken, waves)) if slot else None
    known = {*verdicts, *_ids(taken)}
    rest = [each for each in awake if each.match_id not in known]
    verdicts |= {each.match_id: _left(spec, each, reason, now) for each in rest}
    in_order = [verdicts[each.match_id] for each in pending if each.match_id in verdicts]
    left = tuple(each for each in in_order if isinstance(each, Left))
    if reason is Reason.NOTHING_PENDING and left:
        reason = left[0].reason
    return Plan(reason, edition, tuple(each for each in in_order if isinstance(each, Settled)), left)


Verdict = Settled | Left
Choice = tuple[Reason, Slot | None, Sequence[Waits]]


def _by_themselves(spec: DigestSpec, pending: Sequence[Waits], state: DigestState, now: datetime) -> dict[int, Verdict]:
    """Return the verdict on each match of which the others make no difference; all others may be told."""
    quiet = {each: spec.held(each, now) for each in {match.priority for match in pending}}
    found = {each.match_id: _by_itself(spec, each, quiet[each.priority], state, now) for each in pending}
    # What quiet hours let pass takes its whole story along: other rules would tell it once more in the morning.
    passing = {each.story_id for each in pending if found[each.match_id] is None and each.rule_id not in state.waves}
    for each in pending:
        verdict = found[each.match_id]
        if isinstance(verdict, Left) and verdict.reason is Reason.QUIET and each.story_id in passing:
            found[each.match_id] = _by_itself(spec, each, None, state, now)
    return {match_id: verdict for match_id, verdict in found.items() if verdict}


def _by_itself(
    spec: DigestSpec, match: Waits, quiet: tuple[datetime, str] | None, state: DigestState, now: datetime
) -> Verdict | None:
    """Return what becomes of a match whatever else waits, None where it may be told: what it is first found to be, counts."""
    if match.told and match.reopens_at is None:
        return Settled(match.match_id, FateState.MERGED, Reason.ALREADY_TOLD)
    if match.under_way and not match.told:
        return Left(match.match_id, Reason.UNDER_WAY)
    if match.rule_id in state.muted:
        if _its_time_has_come(spec, match, state, now):
            return Settled(match.match_id, FateState.SILENCED, Reason.MUTED, state.muted[match.rule_id])
        return Left(match.match_id, Reason.WAITS_FOR_SLOT)
    if quiet:
        return Left(match.match_id, Reason.QUIET, quiet[1], quiet[0])
    if match.reopens_at is not None and match.reopens_at > now:
        why = f"{Reason.REOPENS.sentence} at {_clock(match.reopens_at, spec.zone, now)}"
        return Left(match.match_id, Reason.REOPENS, why, match.reopens_at)
    if spec.instant and (until := state.cooling.get(match.rule_id, now)) > now:
        why = f"{Reason.COOLING.sentence} until {_clock(until, spec.zone, now)}"
        return Left(match.match_id, Reason.COOLING, why, until)
    if match.rule_id in state.deleted:
        return Settled(match.match_id, FateState.EXPIRED, Reason.DELETED)
    return None


def _clock(at: datetime, zone: str, now: datetime) -> str:
    """Return the reader's clock at a time to come, with the day where that is far."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M}" if at - now >= timedelta(days=1) else f"{local:%H:%M}"


def _waves(awake: Sequence[Waits], state: DigestState, now: datetime) -> dict[str, Gathered]:
    """Return the verdict on the matches of each rule that tells only waves."""
    if not state.waves:
        return {}
    by_rule: dict[str, list[Waits]] = {}
    for each in awake:
        if each.rule_id in state.waves:
            by_rule.setdefault(each.rule_id, []).append(each)
    return {
        rule_id: gathered(state.waves[rule_id], matches, now, state.habits.get(rule_id))
        for rule_id, matches in by_rule.items()
    }


def _told_of(taken: Sequence[Waits], waves: Mapping[str, Gathered]) -> dict[str, str]:
    rules = {each.rule_id for each in taken}
    return {rule_id: wave.told for rule_id, wave in sorted(waves.items()) if rule_id in rules}


def _ids(matches: Iterable[Waits]) -> tuple[int, ...]:
    return tuple(sorted(each.match_id for each in matches))


def _collected(spec: DigestSpec, match: Waits, now: datetime) -> datetime | None:
    """Return when further copies of a match's story have been waited for; None where that is over, or is not done."""
    until = match.matched_at + spec.wait
    return until if spec.instant and until > now else None


def _instant(
    spec: DigestSpec, plain: Sequence[Waits], waves: Mapping[str, Gathered], state: DigestState, now: datetime
) -> Choice:
    whole = {rule_id: wave for rule_id, wave in waves.items() if wave.since is not None}
    if not plain and not whole:
        return Reason.NOTHING_PENDING, None, []

    def is_over(since: datetime | None) -> bool:
        return since is not None and not now - spec.wait < since <= now

    due = {each.story_id for each in plain if is_over(each.matched_at)}
    taken = [each for each in plain if each.story_id in due]
    # A wave is told whole: what it leaves behind would be none by itself.
    taken += [each for wave in whole.values() if is_over(wave.since) for each in wave.ready]
    if not taken:
        return Reason.COLLECTS_COPIES, None, []
    if spec.max_rate and state.made_in_window >= spec.max_rate.count:
        taken = _pressing(taken, waves) if state.made_in_window < URGENT_TOO * spec.max_rate.count else []
        if not taken:
            return Reason.OVER_RATE, None, []
    # Named after a match that no other edition can have: a second process that plans the same makes the same slot.
    return Reason.STORIES_DUE, Slot(f"match {min(_ids(taken))}", now), taken


def _pressing(due: Sequence[Waits], waves: Mapping[str, Gathered]) -> list[Waits]:
    """Return the stories that an urgent rule has matched; waves of other rules are told whole or not at all."""
    urgent = {each.story_id for each in due if each.priority is Priority.URGENT}
    return [
        each
        for each in due
        if each.story_id in urgent and (each.priority is Priority.URGENT or each.rule_id not in waves)
    ]


def _scheduled(
    spec: DigestSpec,
    schedule: Schedule,
    plain: Sequence[Waits],
    waves: Mapping[str, Gathered],
    state: DigestState,
    now: datetime,
) -> Choice:
    fresh = [*plain, *(each for wave in waves.values() for each in wave.ready)]
    waits = Reason.WAITS_FOR_SLOT if fresh else Reason.NOTHING_PENDING
    passed = _passed(schedule, spec.zone, state, now)
    if not passed:
        return waits, None, []
    slot = passed[-1]
    late = now - slot.due > PUNCTUAL
    # A match made after the slot does not bring the slot back, nor does a wave that was whole only then: else each would be an edition of its own.
    since = [*(each.matched_at for each in plain), *(wave.since for wave in waves.values() if wave.since)]
    if any(not slot.due < each <= now for each in since):
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


def _left(spec: DigestSpec, match: Waits, reason: Reason, now: datetime) -> Left:
    """Return why a match waits that might be told, where `reason` says what became of the edition."""
    if spec.schedule is not None:
        return Left(match.match_id, Reason.WAITS_FOR_SLOT)
    until = _collected(spec, match, now)
    # What is due and not in an edition that is made had to give way to what is urgent.
    over = reason is Reason.OVER_RATE or (reason is Reason.STORIES_DUE and until is None)
    return Left(match.match_id, Reason.OVER_RATE if over else Reason.COLLECTS_COPIES, until=until)
