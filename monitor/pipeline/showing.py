"""What an edition shows beside its matches, read in one transaction, and all of it put together for its template."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.digest import Before, Context, DigestSpec, PendingMatch, ProofOfLife, Reason, Week, bounds, view
from monitor.core.links import Links, Mute
from monitor.store import Tx, editions, fates, proof, told

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Beside:
    """What was read, how many matches its rules had day by day, and what was told of its stories before."""

    proof: ProofOfLife
    week: Week = field(default_factory=dict)
    before: Mapping[int, Before] = field(default_factory=dict)


def read(tx: Tx, spec: DigestSpec, taken: Sequence[PendingMatch], since: datetime | None = None) -> Beside:
    """Read what an edition of `spec` made now with the matches `taken` shows beside them. `since`: from when on it counts, if not as usual.

    A scheduled edition counts from the one before. Alerts come at any time, and from one to the next there may be minutes: they count a
    day. What has become of feeds is told once all the same.
    """
    last = editions.last_slot(tx, spec.id)
    before = last.due_at if last else tx.now - DAY
    counted = proof.since(tx, since or (tx.now - DAY if spec.instant else before), spec.id, changed=since or before)
    held = fates.held(tx, spec.id) - {each.match_id for each in taken}
    week = {} if spec.instant else _week(tx, spec, taken)
    return Beside(replace(counted, held=len(held)), week, told.before(tx, spec.id, {each.story_id for each in taken}))


def context(
    spec: DigestSpec,
    taken: Sequence[PendingMatch],
    beside: Beside,
    made_at: datetime,
    links: Links | None,
    *,
    reason: Reason = Reason.SLOT_DUE,
    waves: Mapping[str, str] | None = None,
) -> Context:
    """Return all that the template of an edition is given."""
    return view(
        spec, taken, made_at=made_at, reason=reason, proof=beside.proof, waves=waves or {}, week=beside.week,
        mute=_muting(links, spec, made_at), before=beside.before,
    )  # fmt: skip


def _week(tx: Tx, spec: DigestSpec, taken: Iterable[PendingMatch]) -> Week:
    rules = {each.rule_id for each in taken}
    return fates.volume(tx, spec.id, rules, bounds(tx.now, spec.zone)) if rules else {}


def _muting(links: Links | None, spec: DigestSpec, now: datetime) -> Callable[[str], str] | None:
    """Return what makes the link that mutes a rule, by its id."""
    if links is None:
        return None
    return lambda rule_id: links.to(Mute(rule_id, spec.id, now.date()))
