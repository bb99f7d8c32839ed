"""What an edition shows beside its matches, read in one transaction, and all of it put together for its template."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.digest import Before, Context, DigestSpec, PendingMatch, ProofOfLife, Reason, Week, bounds, view
from monitor.core.feeds import cadence
from monitor.core.links import Edition, Links, Mute
from monitor.pipeline.editions import digest_of
from monitor.store import Tx, editions, fates, proof, told
from monitor.store.editions import EditionRow

DAY = timedelta(days=1)
#: What is told so much later than it could be has waited.
PUNCTUAL = timedelta(minutes=1)
MOST, MOST_IN_FULL = 4000, 1000
"""Matches of an edition that are shown once more when somebody asks, and stories."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What was read, how many matches its rules had day by day, what was told of its stories before, and what there is to say of the edition itself."""

    proof: ProofOfLife
    week: Week = field(default_factory=dict)
    before: Mapping[int, Before] = field(default_factory=dict)
    note: str = ""


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
    of_stories = told.before(tx, spec.id, {each.story_id for each in taken})
    return Beside(replace(counted, held=len(held)), week, of_stories, _note(tx, spec, taken))


def context(
    spec: DigestSpec,
    taken: Sequence[PendingMatch],
    beside: Beside,
    made_at: datetime,
    links: Links | None,
    *,
    edition_id: str = "",
    reason: Reason = Reason.SLOT_DUE,
    waves: Mapping[str, str] | None = None,
) -> Context:
    """Return all that the template of an edition is given."""
    return view(
        spec, taken, note=beside.note, made_at=made_at, reason=reason, proof=beside.proof, waves=waves or {}, week=beside.week,
        mute=_muting(links, spec, made_at), before=beside.before,
        edition=named(edition_id, links),
    )  # fmt: skip


def told_in(tx: Tx, edition_id: str) -> tuple[EditionRow | None, list[PendingMatch]]:
    """Return an edition that was made, None where there is none, and the matches that it tells: the newest of more than are ever shown."""
    row = editions.find(tx, edition_id)
    return row, fates.of_editions(tx, row.digest_id, editions.told_by(tx, edition_id), MOST) if row else []


def spec_of(digests: Mapping[str, DigestSpec], edition_id: str, zone: str) -> DigestSpec:
    """Return the digest of an edition, or what stands for one that is not configured any more."""
    digest_id = digest_of(edition_id)
    return digests.get(digest_id) or DigestSpec(digest_id, (), zone=zone)


def listing(spec: DigestSpec, row: EditionRow, taken: Sequence[PendingMatch]) -> Context:
    """Return what an edition tells, as `context` does, with more of its stories in full."""
    return view(replace(spec, max_items=MOST_IN_FULL), taken, made_at=row.made_at, edition=(row.id, ""))


def named(edition_id: str, links: Links | None) -> tuple[str, str]:
    """Return what an edition is called, and the address of the page with all its stories, "" where there is none."""
    return edition_id, links.to(Edition(edition_id)) if links else ""


def _note(tx: Tx, spec: DigestSpec, taken: Sequence[PendingMatch]) -> str:
    """Say what waited, and what goes on waiting, because there is so much."""
    notes = []
    if spec.max_rate and editions.sent_since(tx, spec.id, tx.now - spec.max_rate.per) >= spec.max_rate.count - 1:
        late = tx.now - spec.wait - PUNCTUAL
        if waited := len({each.story_id for each in taken if each.matched_at < late}):
            stories = f"{waited} stories" if waited > 1 else "A story"
            often = f"at most {spec.max_rate.count} times in {cadence.told(spec.max_rate.per)}"
            notes.append(f"{stories} waited, as this digest is sent {often}.")
    beyond = fates.waiting_count(tx, spec.id) - len(taken) if len(taken) >= fates.MOST else 0
    if beyond > 0:
        notes.append(f"{beyond:,} more matches wait for the next message: none tells more.")
    return " ".join(notes)


def _week(tx: Tx, spec: DigestSpec, taken: Iterable[PendingMatch]) -> Week:
    rules = {each.rule_id for each in taken}
    return fates.volume(tx, spec.id, rules, bounds(tx.now, spec.zone)) if rules else {}


def _muting(links: Links | None, spec: DigestSpec, now: datetime) -> Callable[[str], str] | None:
    """Return what makes the link that mutes a rule, by its id."""
    if links is None:
        return None
    return lambda rule_id: links.to(Mute(rule_id, spec.id, now.date()))
