"""How the daemon is doing, read from its database: what `status` shows and prints as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.app.leftovers import Leftovers, left_over
from monitor.config import Config
from monitor.core.digest import DigestSpec
from monitor.core.digest.times import next_slot
from monitor.core.model import DeliveryState, FateState
from monitor.store import (
    Tx,
    deliveries,
    editions,
    fates,
    feed_health,
    feeds,
    gates,
    instances,
    mutes,
    notices,
    orphans,
    proof,
    unsubscribed,
)
from monitor.store.unsubscribed import Unsubscribed

#: A daemon not heard of for this long is not at work.
FRESH = timedelta(seconds=60)
_DAY = timedelta(days=1)
#: Gates that hold nothing up.
NO_PAUSE = (notices.NOTICE, notices.NETWORK, notices.LEDGER, notices.TEMPLATES, notices.DELIVER)
#: Feeds that need a person which `status` names.
NAMED = 20


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How many feeds are in each state (their health, "paused" or "gone"), and the first that need a person."""

    states: dict[str, int]
    needing: tuple[feed_health.FeedLine, ...]
    last_new_at: datetime | None


@dataclass(frozen=True, slots=True)
class DigestHealth:
    """One digest: matches that wait, its last edition, and when the next is due (None: as stories come)."""

    id: str
    waiting: int
    last: editions.EditionRow | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class RulesHealth:
    """What the daemon says of its rules. `refused`: what is wrong with changed files, so that older ones are in force.

    `switched_off`: rules whose regular expressions ran away; `always`: rules that every article is tried on. "" is none. `muted`: those silent for a while.
    """

    refused: str
    switched_off: tuple[str, ...]
    always: str
    muted: tuple[mutes.Mute, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it, at `now` (UTC). `articles` are those of the last 24 hours; `oldest_waiting` is a delivery's age.

    `ledger`: what does not add up among the fates of matches, "" where all of them do. `templates`: what is wrong with those, "" is nothing. `leftovers`: what the configuration knows no more.
    `orphaned`: what waits for digests that are not configured. `bouncing`: addresses that nothing more is sent to, as it was refused there.
    """

    now: datetime
    daemons: tuple[instances.InstanceRow, ...]
    rules: RulesHealth
    feeds: FeedHealth
    articles: int
    digests: tuple[DigestHealth, ...]
    deliveries: dict[DeliveryState, int]
    oldest_waiting: timedelta | None
    paused: tuple[gates.Gate, ...]
    network: tuple[str, ...]
    ledger: str = ""
    templates: str = ""
    leftovers: Leftovers = field(default_factory=Leftovers)
    orphaned: tuple[orphans.Orphans, ...] = ()
    bouncing: tuple[Unsubscribed, ...] = ()


def overview(tx: Tx, config: Config) -> Overview:
    """Return how things stand."""
    oldest = deliveries.oldest_waiting(tx)
    shut = gates.active(tx)
    return Overview(
        now=tx.now,
        daemons=tuple(instances.alive(tx, FRESH)),
        rules=_rules(notices.standing(tx), mutes.active(tx)),
        feeds=FeedHealth(feed_health.counts(tx), tuple(feed_health.needing(tx, NAMED)), feeds.last_new_at(tx)),
        articles=proof.since(tx, tx.now - _DAY).articles,
        digests=tuple(digest_health(tx, each) for each in config.digests()),
        deliveries=deliveries.count_by_state(tx),
        oldest_waiting=tx.now - oldest if oldest else None,
        paused=tuple(each for each in shut if _pauses(each)),
        network=tuple(each.why for each in shut if each.name.startswith(notices.NETWORK)),
        ledger=next((each.why for each in shut if each.name == notices.FATES), ""),
        orphaned=tuple(orphans.listing(tx, [each.id for each in config.digests()])),
        templates=next((each.why for each in shut if each.name == notices.TEMPLATES), ""),
        leftovers=left_over(tx, config),
        bouncing=tuple(unsubscribed.bouncing(tx)),
    )


def _pauses(gate: gates.Gate) -> bool:
    """Whether a gate holds up what is configured."""
    return not gate.name.startswith(NO_PAUSE) and gate.why != gates.NOT_CONFIGURED


def _rules(standing: Sequence[gates.Gate], muted: Sequence[mutes.Mute]) -> RulesHealth:
    told = {each.name: each.why for each in standing}
    off = notices.switched_off(standing)
    return RulesHealth(told.get(notices.REFUSED, ""), off, told.get(notices.ALWAYS, ""), tuple(muted))


def digest_health(tx: Tx, spec: DigestSpec) -> DigestHealth:
    """Return how one digest stands."""
    counted = fates.count_by_state(tx, spec.id)
    waiting = counted.get(FateState.PENDING, 0) + counted.get(FateState.HELD, 0)
    next_at = next_slot(spec.schedule, spec.zone, tx.now).due if spec.schedule else None
    return DigestHealth(spec.id, waiting, editions.last_slot(tx, spec.id), next_at)
