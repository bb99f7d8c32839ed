"""Beside the second stage: rules that tell when nothing comes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from monitor.core.digest import DigestSpec
from monitor.core.digest.silences import due_at, slot_of
from monitor.core.digest.waves import wanted
from monitor.core.match import could_match
from monitor.core.model import Message, Silence
from monitor.core.rules import Rule
from monitor.pipeline.editions import edition_id
from monitor.pipeline.notes import note
from monitor.store import Tx, silences
from monitor.store.editions import SILENT, NewEdition

SHORTEST_PAUSE = timedelta(minutes=1)
LOOKS = 60
"""A silence that nobody could have broken is looked at again when it is longer by this part of itself, and `SHORTEST_PAUSE` later at the earliest."""


@dataclass(frozen=True, slots=True)
class Silent:
    """A rule of which a digest has not told that it is silent since `since`, when (UTC) it does, and how many articles came meanwhile that could have matched."""

    rule: Rule
    since: datetime
    due_at: datetime
    articles: int = 0


def untold(tx: Tx, spec: DigestSpec, rules: Sequence[Rule]) -> Iterator[Silent]:
    """Yield the silences of rules that a digest has not told."""
    for rule in rules:
        if not isinstance(rule.when, Silence) or spec.id not in rule.deliver:
            continue
        since = silences.since(tx, rule.id, spec.id)
        if since and not silences.is_told(tx, spec.id, slot_of(rule.id, since)):
            yield Silent(rule, since, due_at(spec, rule.when, since, rule.priority))


class Silences:
    """The silences that digests are to tell, and of those that nobody could have broken when they were looked at last."""

    def __init__(self) -> None:
        self._unheard: dict[tuple[str, str], datetime] = {}

    def due(self, tx: Tx, spec: DigestSpec, rules: Sequence[Rule], muted: Collection[str]) -> list[Silent]:
        """Return the silences that a digest is to tell now: where news that could have matched came all the time, and none of it did."""
        found = []
        for each in untold(tx, spec, rules):
            if each.due_at > tx.now or each.rule.id in muted or self._is_early(tx.now, spec, each):
                continue
            if articles := _heard(tx, each):
                found.append(replace(each, articles=articles))
            else:
                self._unheard[spec.id, each.rule.id] = tx.now
        return found

    def _is_early(self, now: datetime, spec: DigestSpec, silent: Silent) -> bool:
        """Whether it was looked at only just: a look costs the more the longer the silence, and says no as long again before it can say yes."""
        last = self._unheard.get((spec.id, silent.rule.id), silent.since)
        pause = max(SHORTEST_PAUSE, (last - silent.since) / LOOKS)
        # One before this silence was at another, one after now by a clock that was ahead.
        return silent.since < last <= now < last + pause


def _heard(tx: Tx, silent: Silent) -> int:
    """Return how many articles came that could have matched, by where they are from; 0 where none did in one half of the time: then the silence was ours."""
    half = silent.since + (tx.now - silent.since) / 2
    halves = ((half, tx.now), (silent.since, half))
    # Counting reads every article of the time.
    if not all(silences.brought(tx, partial(could_match, silent.rule), *each) for each in halves):
        return 0
    counts = [_number(tx, silent.rule, *each) for each in halves]
    return sum(counts) if all(counts) else 0


def _number(tx: Tx, rule: Rule, after: datetime, until: datetime) -> int:
    return sum(number for origin, number in silences.read_between(tx, after, until) if could_match(rule, origin))


def edition_of(spec: DigestSpec, silent: Silent, now: datetime) -> NewEdition:
    """Return the edition that tells of a silence."""
    slot = slot_of(silent.rule.id, silent.since)
    return NewEdition(edition_id(spec.id, slot), spec.id, slot, silent.due_at, now, SILENT)


def message_of(spec: DigestSpec, silent: Silent) -> Message:
    """Return what a digest says of a silence."""
    assert isinstance(silent.rule.when, Silence)
    since = f"{silent.since.astimezone(ZoneInfo(spec.zone)):%a %d %b, %H:%M}"
    lines = (
        f"{silent.rule.title}: {wanted(silent.rule.when)}.",
        f"No article has matched since {since}, though {silent.articles:,} were read.",
        f'Sent by Presswatch, digest "{spec.title}".',
    )
    return note(f"Silent: {silent.rule.title}, {wanted(silent.rule.when)}", lines)
