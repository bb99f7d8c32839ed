"""Beside the second stage: rules that tell when nothing comes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
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


def due(tx: Tx, spec: DigestSpec, rules: Sequence[Rule], muted: Collection[str]) -> list[Silent]:
    """Return the silences that a digest is to tell now: where news that could have matched came all the time, and none of it did."""
    found = []
    for each in untold(tx, spec, rules):
        if each.due_at > tx.now or each.rule.id in muted:
            continue
        half = each.since + (tx.now - each.since) / 2
        # Where in one half of the time nothing was read that could have matched, the silence was ours.
        first, second = _heard(tx, each.rule, each.since, half), _heard(tx, each.rule, half, tx.now)
        if first and second:
            found.append(Silent(each.rule, each.since, each.due_at, first + second))
    return found


def _heard(tx: Tx, rule: Rule, after: datetime, until: datetime) -> int:
    """Return how many articles came in a time that could have matched, by where they are from."""
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
