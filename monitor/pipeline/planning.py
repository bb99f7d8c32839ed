"""The second stage: matches that wait become editions, rendered and addressed, each made once."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.channels.making import Channel
from monitor.core.digest import (
    DigestSpec,
    EditionPlan,
    PendingMatch,
    Plan,
    Reason,
    Slot,
    stories,
    view,
)
from monitor.core.feeds.cadence import told
from monitor.core.model import EditionRef, FateState, Message, Parcel
from monitor.errors import StoreUnavailable
from monitor.metrics import Metrics
from monitor.pipeline import showing, silences, waiting
from monitor.pipeline.editions import edition_id
from monitor.pipeline.setup import Conditions, Setup
from monitor.pipeline.silences import Silences, Silent
from monitor.render.renderer import Renderer
from monitor.store import Store, editions, fates, folding, mutes, threads, unsubscribed
from monitor.store.editions import NewEdition
from monitor.store.folding import Backlog
from monitor.store.threads import Thread
from monitor.store.tx import Tx

log = logging.getLogger(__name__)

UNSUBSCRIBED = "everyone whom its digest goes to has unsubscribed"

#: So many editions of a digest that wait at a channel, the first for so long, are told together.
BACKLOG, AWAY = 3, timedelta(minutes=10)


class Planner:
    """Makes the editions that are due."""

    def __init__(self, store: Store, setup: Callable[[], Setup], renderer: Renderer, metrics: Metrics) -> None:
        self._store = store
        self._setup = setup
        self._renderer = renderer
        self._metrics = metrics
        self._silences = Silences()

    async def plan_due(self, *, without_waiting: bool = False) -> int:
        """Plan every digest; return how many editions were made. One digest's failure is not another's.

        `without_waiting` makes instant editions at once, for a run that ends before their wait does. Raises StoreUnavailable; what
        waits is planned when the database is back.
        """
        made, setup = 0, self._setup()
        for spec in setup.digests.values():
            try:
                made += await self._plan(spec, setup, without_waiting=without_waiting)
                made += await self._tell_silences(spec, setup)
            except StoreUnavailable:
                # No other digest would fare better.
                raise
            except Exception:
                log.exception("digest %s could not be planned; its matches wait", spec.id)
                self._metrics.beat_failures.labels("plan").inc()
        await self._tell_together(setup)
        return made

    async def _tell_silences(self, spec: DigestSpec, setup: Setup) -> int:
        """Tell of the rules that have been silent for as long as they say."""
        if not setup.conditions.silent:
            return 0
        now, found = await self._store.read(_silent, self._silences, spec, setup.conditions)
        gone = await self._store.read(unsubscribed.of, spec.id) if found else ()
        made = 0
        for each in found:
            edition, message = silences.edition_of(spec, each, now), silences.message_of(spec, each)
            parcels = await asyncio.to_thread(_address, setup.channels, spec, edition, message, gone)
            if await self._store.run(editions.make, edition, [], parcels):
                made += 1
                log.info("made %s: %s", edition.id, message.subject)
        return made

    async def _tell_nobody(self, spec: DigestSpec, planned: EditionPlan, edition: NewEdition) -> int:
        """Settle the matches of an edition that everyone it goes to has unsubscribed from, and let its time have passed."""
        told = [fates.Settled(each, FateState.SILENCED, UNSUBSCRIBED) for each in planned.match_ids]
        await self._store.run(fates.settle, spec.id, told)
        if spec.schedule is not None:
            await self._store.run(editions.make, edition, [], [])
        return 0

    async def _tell_together(self, setup: Setup) -> None:
        """Fold what waits at channels that do not answer: when one does again, it gets a message and not a flood of them."""
        for backlog in await self._store.read(folding.backlogs, BACKLOG, AWAY):
            channel = setup.channels.get(backlog.channel_id)
            if channel is None:
                continue
            spec = setup.digests.get(backlog.digest_id) or DigestSpec(backlog.digest_id, (channel.id,))
            try:
                await self._fold(spec, channel, backlog)
            except StoreUnavailable:
                raise
            except Exception:
                log.exception("what waits at channel %s could not be folded; it goes out one by one", channel.id)
                self._metrics.beat_failures.labels("plan").inc()

    async def _fold(self, spec: DigestSpec, channel: Channel, backlog: Backlog) -> None:
        now, (count, since, taken) = await self._store.read(_folded, backlog)
        if not taken:  # what is said of channels, not of news
            return
        note = f"{count} messages are told together: this channel took none for {told(now - since)}."
        planned = EditionPlan(Slot(f"together {channel.id} {now:%Y-%m-%dT%H:%M:%S.%f}", now), (), Reason.TOGETHER)
        edition = new_edition(spec, planned, now)
        name = showing.named(edition.id, self._setup().links)
        shown = partial(view, spec, taken, made_at=now, reason=Reason.TOGETHER, note=note, edition=name)
        context = await asyncio.to_thread(shown)
        rendered = await self._renderer.render(spec.template, context)
        message = replace(rendered.message, stories=partial(stories, spec, taken))
        ref = EditionRef(edition.id, spec.id, spec.title, now)
        parcels = await asyncio.to_thread(
            lambda: [each for recipient in backlog.recipients for each in channel.compose(message, ref, recipient)]
        )
        if await self._store.run(folding.fold, backlog, edition, parcels):
            log.info("%s: %d messages are told together at channel %s", edition.id, count, channel.id)

    async def _plan(self, spec: DigestSpec, setup: Setup, *, without_waiting: bool) -> int:
        found = await self._store.read(waiting.read, spec, setup.conditions)
        chosen = replace(spec, wait=timedelta(0)) if without_waiting else spec
        verdict = found.verdict(chosen)
        if verdict.settled or found.newly_held(verdict):
            await self._store.run(waiting.settle, spec.id, verdict, found)
        if verdict.edition is None:
            return 0
        taken = await self._store.read(fates.among, spec.id, verdict.edition.match_ids)
        edition = new_edition(spec, verdict.edition, found.now)
        message = await self._render(spec, verdict, taken, found.now, edition.id)
        gone, thread = await self._store.read(_readers, spec, {each.story_id for each in taken})
        parcels = await asyncio.to_thread(_address, setup.channels, spec, edition, message, gone, thread)
        if not parcels:
            return await self._tell_nobody(spec, verdict.edition, edition)
        if self._setup() is not setup:
            return 0  # reloaded meanwhile: planned again by what is in force now
        made = await self._store.run(editions.make, edition, verdict.edition.match_ids, parcels)
        if made:
            self._metrics.editions.labels(spec.id).inc()
            log.info("made %s with %d matches: %s", edition.id, len(taken), verdict.reason.sentence)
        return int(made)

    async def _render(
        self,
        spec: DigestSpec,
        verdict: Plan,
        taken: Sequence[PendingMatch],
        now: datetime,
        edition_id: str,
    ) -> Message:
        beside = await self._store.read(showing.read, spec, taken)
        waves = verdict.edition.waves if verdict.edition else {}
        made = partial(showing.context, reason=verdict.reason, waves=waves, edition_id=edition_id)
        context = await asyncio.to_thread(made, spec, taken, beside, now, self._setup().links)
        rendered = await self._renderer.render(spec.template, context)
        for fault in rendered.faults:
            log.error("template %s: the built-in one was used: %s", spec.template, fault)
            self._metrics.template_faults.labels(spec.template).inc()
        return replace(rendered.message, stories=partial(stories, spec, taken, waves))


def _silent(tx: Tx, known: Silences, spec: DigestSpec, conditions: Conditions) -> tuple[datetime, list[Silent]]:
    muted = {each.rule_id for each in mutes.active(tx)}
    return tx.now, known.due(tx, spec, conditions.silent, muted)


def _readers(tx: Tx, spec: DigestSpec, story_ids: Collection[int]) -> tuple[Collection[str], Thread | None]:
    """Return who wants no more of a digest, and the message that an alert on these stories is a sequel of."""
    return unsubscribed.of(tx, spec.id), threads.followed(tx, spec.id, story_ids) if spec.instant else None


def _folded(tx: Tx, backlog: Backlog) -> tuple[datetime, tuple[int, datetime, list[PendingMatch]]]:
    return tx.now, folding.matches_of(tx, backlog)


def _address(
    channels: Mapping[str, Channel],
    spec: DigestSpec,
    edition: NewEdition,
    message: Message,
    gone: Collection[str],
    thread: Thread | None = None,
) -> list[Parcel]:
    """Wrap the message for every recipient of every channel of the digest, but for those who are gone."""
    day = f"{spec.id}.{edition.slot[:10]}" if spec.schedule else ""
    ref = EditionRef(edition.id, spec.id, spec.title, edition.made_at, day, thread.edition_id if thread else "")
    answers = thread.answers if thread else {}
    return [
        parcel
        for channel_id in spec.to
        for recipient in channels[channel_id].recipients
        if unsubscribed.known_as(recipient) not in gone
        for parcel in channels[channel_id].compose(
            message, replace(ref, answer=answers.get((channel_id, recipient), "")), recipient
        )
    ]


def new_edition(spec: DigestSpec, planned: EditionPlan, made_at: datetime) -> NewEdition:
    """Return a planned edition as the store takes it."""
    slot = planned.slot
    return NewEdition(edition_id(spec.id, slot.label), spec.id, slot.label, slot.due, made_at, planned.reason.value)
