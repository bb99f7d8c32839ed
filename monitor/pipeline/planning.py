"""The second stage: matches that wait become editions, rendered and addressed, each made once."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from monitor.channels.making import Channel
from monitor.core.digest import (
    DigestSpec,
    DigestState,
    EditionPlan,
    Left,
    PendingMatch,
    Plan,
    Reason,
    Slot,
    WaitingMatch,
    plan,
    stories,
    view,
)
from monitor.core.digest.habits import Habit, looked_at
from monitor.core.digest.reopening import reopens_at
from monitor.core.feeds.cadence import told
from monitor.core.model import EditionRef, FateState, Message, Parcel, Spike
from monitor.errors import StoreUnavailable
from monitor.metrics import Metrics
from monitor.pipeline import showing, silences
from monitor.pipeline.editions import edition_id
from monitor.pipeline.setup import Conditions, Setup
from monitor.pipeline.silences import Silent
from monitor.render.renderer import Renderer
from monitor.store import Store, editions, fates, folding, matches, mutes, rule_versions, threads, unsubscribed
from monitor.store.editions import NewEdition
from monitor.store.folding import Backlog
from monitor.store.threads import Thread
from monitor.store.tx import Tx

log = logging.getLogger(__name__)

UNSUBSCRIBED = "everyone whom its digest goes to has unsubscribed"

#: So many editions of a digest that wait at a channel, the first for so long, are told together.
BACKLOG, AWAY = 3, timedelta(minutes=10)


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


class Planner:
    """Makes the editions that are due."""

    def __init__(self, store: Store, setup: Callable[[], Setup], renderer: Renderer, metrics: Metrics) -> None:
        self._store = store
        self._setup = setup
        self._renderer = renderer
        self._metrics = metrics

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
        now, found = await self._store.read(_silent, spec, setup.conditions)
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
            spec, channel = setup.digests.get(backlog.digest_id), setup.channels.get(backlog.channel_id)
            if spec is None or channel is None:
                continue
            try:
                await self._fold(spec, channel, backlog)
            except StoreUnavailable:
                raise
            except Exception:
                log.exception("what waits at channel %s could not be folded; it goes out one by one", channel.id)
                self._metrics.beat_failures.labels("plan").inc()

    async def _fold(self, spec: DigestSpec, channel: Channel, backlog: Backlog) -> None:
        now, (count, since, taken) = await self._store.read(_folded, backlog)
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
        waiting = await self._store.read(read_waiting, spec, setup.conditions)
        chosen = replace(spec, wait=timedelta(0)) if without_waiting else spec
        verdict = waiting.verdict(chosen)
        if verdict.settled or waiting.newly_held(verdict):
            await self._store.run(settle, spec.id, verdict, waiting)
        if verdict.edition is None:
            return 0
        taken = await self._store.read(fates.among, spec.id, verdict.edition.match_ids)
        edition = new_edition(spec, verdict.edition, waiting.now)
        message = await self._render(spec, verdict, taken, waiting, edition.id)
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
        waiting: Waiting,
        edition_id: str,
    ) -> Message:
        beside = await self._store.read(showing.read, spec, taken)
        waves = verdict.edition.waves if verdict.edition else {}
        made = partial(showing.context, reason=verdict.reason, waves=waves, edition_id=edition_id)
        context = await asyncio.to_thread(made, spec, taken, beside, waiting.now, self._setup().links)
        rendered = await self._renderer.render(spec.template, context)
        for fault in rendered.faults:
            log.error("template %s: the built-in one was used: %s", spec.template, fault)
            self._metrics.template_faults.labels(spec.template).inc()
        return replace(rendered.message, stories=partial(stories, spec, taken, waves))


def _silent(tx: Tx, spec: DigestSpec, conditions: Conditions) -> tuple[datetime, list[Silent]]:
    muted = {each.rule_id for each in mutes.active(tx)}
    return tx.now, silences.due(tx, spec, conditions.silent, muted)


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
        if recipient not in gone
        for parcel in channels[channel_id].compose(
            message, replace(ref, answer=answers.get((channel_id, recipient), "")), recipient
        )
    ]


def new_edition(spec: DigestSpec, planned: EditionPlan, made_at: datetime) -> NewEdition:
    """Return a planned edition as the store takes it."""
    slot = planned.slot
    return NewEdition(edition_id(spec.id, slot.label), spec.id, slot.label, slot.due, made_at, planned.reason.value)


def read_waiting(tx: Tx, spec: DigestSpec, conditions: Conditions) -> Waiting:
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
