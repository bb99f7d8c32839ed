"""What planning a digest starts from: what waits for it, and what it has told so far, read in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.digest import DigestSpec, DigestState, Left, Plan, WaitingMatch, plan
from monitor.core.digest.habits import Habit, looked_at
from monitor.core.digest.reopening import reopens_at
from monitor.core.model import FateState, Spike
from monitor.pipeline.setup import Conditions
from monitor.store import Tx, editions, fates, matches, mutes, rule_versions


@dataclass(frozen=True, slots=True)
class Waiting:
    """What planning one digest starts from, read in one transaction: time, matches, history."""

    now: datetime
    pending: tuple[WaitingMatch, ...]
    state: DigestState

    def verdict(self, spec: DigestSpec) -> Plan:
        """Decide on every match."""
        return plan(spec, self.pending, self.state, self.now)

    def newly_held(self, verdict: Plan) -> list[Left]:
        """Return the matches that are held, by quiet hours say, but for those of which that is known."""
        known = {each.match_id for each in self.pending if each.held}
        return [each for each in verdict.left if each.held and each.match_id not in known]


def read(tx: Tx, spec: DigestSpec, conditions: Conditions) -> Waiting:
    """Read what waits for a digest, and what it has made so far; `conditions` are those of the rules in force."""
    last = editions.last_slot(tx, spec.id)
    made = editions.sent_since(tx, spec.id, tx.now - spec.max_rate.per) if spec.max_rate else 0
    muted = {each.rule_id: each.sentence for each in mutes.active(tx)}
    pending = fates.waiting_for(tx, spec.id, gathering=conditions.waves)
    cooldowns = {each.rule_id: cooldown for each in pending if (cooldown := conditions.cooldowns.get(each.rule_id))}
    since = tx.now - max(cooldowns.values(), default=timedelta(0))
    told_at = editions.last_told(tx, spec.id, cooldowns, since) if spec.instant else {}
    state = DigestState(
        last.due_at if last else None,
        made,
        muted,
        conditions.waves,
        _habits(tx, spec, pending, conditions.spikes),
        {rule_id: at + cooldowns[rule_id] for rule_id, at in told_at.items()},
        frozenset(each.rule_id for each in pending if each.gathers) - conditions.rules,
    )
    return Waiting(tx.now, tuple(reopened(tx, spec, _with_outlets(tx, pending, conditions))), state)


def _habits(tx: Tx, spec: DigestSpec, pending: Sequence[WaitingMatch], spikes: Mapping[str, Spike]) -> dict[str, Habit]:
    """Return what is usual for those of some rules that have matches waiting."""
    times: dict[str, list[datetime]] = {}
    for each in pending:
        if each.rule_id in spikes:
            times.setdefault(each.rule_id, []).append(each.matched_at)
    since = rule_versions.first_seen(tx, times) if times else {}
    found = {}
    for rule_id, waiting in times.items():
        ranges = looked_at(spikes[rule_id], min(waiting), max(waiting), since[rule_id])
        found[rule_id] = Habit(matches.times(tx, rule_id, spec.id, ranges), since[rule_id])
    return found


def reopened(tx: Tx, spec: DigestSpec, pending: Iterable[WaitingMatch]) -> Iterator[WaitingMatch]:
    """Say of stories that were told which are told once more, and when."""
    found = list(pending)
    told = fates.tellings(tx, spec.id, [each.match_id for each in found if each.told])
    return (
        replace(each, reopens_at=reopens_at(spec, *told[each.match_id])) if each.match_id in told else each
        for each in found
    )


def _with_outlets(tx: Tx, pending: Sequence[WaitingMatch], conditions: Conditions) -> Iterator[WaitingMatch]:
    asking = {each.match_id for each in pending if each.rule_id in conditions.by_outlet}
    outlets = fates.outlets(tx, asking) if asking else {}
    return (replace(each, outlet=outlets.get(each.match_id, "")) if outlets else each for each in pending)


def settle(tx: Tx, digest_id: str, verdict: Plan, waiting: Waiting) -> None:
    """Store what became of the matches that need no edition, and which are held from now on."""
    told = [fates.Settled(each.match_id, each.state, each.why or each.reason.sentence) for each in verdict.settled]
    told += [fates.Settled(each.match_id, FateState.HELD, each.why) for each in waiting.newly_held(verdict)]
    fates.settle(tx, digest_id, told)
