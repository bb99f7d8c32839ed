"""Beside the third stage: what keeps messages from going out is told by a channel that works."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.channels.making import Channel
from monitor.core.model import EditionRef
from monitor.pipeline.editions import edition_id
from monitor.pipeline.notes import note
from monitor.pipeline.setup import Setup
from monitor.store import Store, Tx, editions, gates, troubles, unsubscribed
from monitor.store.editions import NewEdition
from monitor.store.troubles import GivenUp, Stuck, Unread

log = logging.getLogger(__name__)

#: How long messages wait before that is told.
LONG = timedelta(minutes=15)
#: What the messages about messages are called, where a digest's name stands else. No digest can be called so.
HOUSE = "presswatch:"


@dataclass(frozen=True, slots=True)
class _Told:
    """Something to tell once, by another channel than `channel_id`: `slot` names the occasion."""

    slot: str
    channel_id: str
    subject: str
    lines: tuple[str, ...]


async def tell_troubles(store: Store, setup: Callable[[], Setup]) -> int:
    """Tell, once each, of every channel that takes nothing and of messages that were given up or reached nobody; return how many that were.

    The operators' channel tells of it or, where that is ill itself or none is named, the first of the configuration that is well. Where there is none, the log and `status` do.
    """
    now, ill, found = await store.read(_look)
    in_force = setup()
    told = 0
    for each in found:
        way = _way(in_force, ill | {each.channel_id})
        if way is not None and await store.run(_unless_told, each, way, now):
            log.error("%s: %s", each.subject, each.lines[0])
            told += 1
    return told


def _way(setup: Setup, ill: set[str]) -> Channel | None:
    well = [each for each in setup.channels.values() if each.id not in ill and each.recipients]
    # People read no outbox that have anything else.
    return min(well, key=lambda each: (each.id != setup.operators, each.kind == "outbox"), default=None)


def _look(tx: Tx) -> tuple[datetime, set[str], list[_Told]]:
    """Return the time, the channels that are ill, and what there is to tell."""
    stuck = [each for each in troubles.stuck(tx, LONG) if each.waiting or each.answer != gates.NOT_CONFIGURED]
    found = [_of_channel(each) for each in stuck] + [_of_messages(each) for each in troubles.given_up(tx)]
    found += [_of_unread(each) for each in troubles.unread(tx)]
    return tx.now, {each.channel_id for each in stuck}, found


def _of_channel(stuck: Stuck) -> _Told:
    name, since = stuck.channel_id, f"{stuck.since:%a %d %b %H:%M} UTC"
    waits = f"{stuck.waiting} message{'s wait' if stuck.waiting != 1 else ' waits'}"
    if stuck.answer == gates.NOT_CONFIGURED:
        first = f"Channel '{name}' is not configured, and {waits}."
        last = f"Nothing is lost. Name a channel so again and they go out, or `presswatch outbox drop --channel {name}` gives them up."
    elif stuck.paused:
        first = f"Channel '{name}' is paused since {since}, and {waits}: nothing goes out by it until it is mended."
        last = (
            "Nothing is lost. Where its settings in config.toml are at fault, save others and it is tried again; "
            f"where it was mended on the other side, `presswatch send-test {name}` has it go on."
        )
    else:
        first = f"Channel '{name}' has taken no message since {since}: {waits}."
        last = "Nothing is lost: it is tried again and again, and alerts are told together when it answers."
    answer = [f"It answered: {stuck.answer}"] if stuck.answer not in ("", gates.NOT_CONFIGURED) else []
    lines = (first, *answer, last, "`presswatch outbox list` shows what waits.")
    return _Told(
        f"trouble {name} {stuck.since:%Y-%m-%dT%H:%M:%S}", name, f"Presswatch cannot deliver to '{name}'", lines
    )


def _of_messages(gone: GivenUp) -> _Told:
    to = gone.recipient or gone.channel_id
    many = f"{gone.count} message{'s' if gone.count != 1 else ''}"
    lines: tuple[str, ...] = (
        f"{many} to {to} by channel '{gone.channel_id}' {'were' if gone.count != 1 else 'was'} given up today.",
        *([f"The last answer: {gone.answer}"] if gone.answer else []),
        "`presswatch outbox list --dead` shows them, and `presswatch outbox retry NUMBER` sends one again.",
    )
    if gone.ended:
        lines = (*lines, f"Nothing more is sent there until `presswatch resubscribe {gone.recipient}`.")
    ended = " ended" if gone.ended else ""
    slot = f"given up {gone.channel_id} {gone.recipient} {gone.since:%Y-%m-%d}{ended}"
    return _Told(slot, gone.channel_id, f"Presswatch gave up messages to {to}", lines)


def _of_unread(gone: Unread) -> _Told:
    many = (
        f"{gone.count} messages to {gone.recipient} were" if gone.count != 1 else f"1 message to {gone.recipient} was"
    )
    lines = (
        f"{many} given up today, as that address is no longer in 'to' of channel '{gone.channel_id}'.",
        "Nobody else got what was to be told.",
        f"`presswatch digests show '{gone.edition_id}'` shows {'it' if gone.count == 1 else 'the last'}.",
        "`presswatch outbox list --dead` names the edition of each.",
    )
    # The channel is well.
    slot = f"unread {gone.channel_id} {gone.recipient} {gone.since:%Y-%m-%d}"
    return _Told(slot, "", f"Nobody got what waited for {gone.recipient}", lines)


def _unless_told(tx: Tx, told: _Told, way: Channel, now: datetime) -> bool:
    """Make the messages of an occasion where nobody has."""
    edition = NewEdition(edition_id(HOUSE, told.slot), HOUSE, told.slot, now, now, "trouble")
    ref = EditionRef(edition.id, HOUSE, "Presswatch", now, told.slot)
    message = note(told.subject, told.lines)
    gone = unsubscribed.of(tx, HOUSE)
    readers = [each for each in way.recipients if unsubscribed.known_as(each) not in gone]
    parcels = [each for recipient in readers for each in way.compose(message, ref, recipient)]
    return editions.make(tx, edition, [], parcels)
