"""The daemon from its first breath to its last: put in force, tick, reload, stop."""

import asyncio
import logging
import os
import socket
import sys
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.app import assembly, doing, managing, templates, upkeep
from monitor.app.clock import utc_now
from monitor.app.control import Control
from monitor.app.leftovers import left_over
from monitor.app.memory import growing
from monitor.app.rules import keep, load_or_last_good
from monitor.config import Config, keep_names, load
from monitor.config.templates import own_templates
from monitor.core.digest import Context
from monitor.core.links import Deed, Effect, Links
from monitor.core.match import COMMON, Matcher, counted
from monitor.core.model import DeliveryState
from monitor.diagnostics import Diagnostic
from monitor.errors import ConfigurationError, FaultyInput, StoreUnavailable
from monitor.fetch import Door, Files, Retriever
from monitor.metrics import Metrics
from monitor.parse.languages import can_detect
from monitor.pipeline import Limits, PageReader, Planner, Poller, Sender, Setup, showing
from monitor.pipeline.troubles import tell_troubles
from monitor.render.renderer import Renderer
from monitor.rulebook import Rulebook
from monitor.rulebook import load as load_rules
from monitor.scheduler import Beat, Ticker
from monitor.store import Clock, Store, articles, deliveries, instances, keys, notices, own_feeds
from monitor.store.instances import Instance
from monitor.watching import Look, Watch, look
from monitor.web import Health, Listener, pages
from monitor.workers import Workers

log = logging.getLogger(__name__)

#: Seconds that messages being sent are given to end when the daemon stops.
PATIENCE = 20.0
#: Seconds after which a thread that computes (matching, loading rules) lets others in; each of them holds the event loop up that long.
TURN = 0.001
#: Seconds that a poll which found nothing waits for others, to be stored with them: a commit costs more than all the rest of it.
LINGER = 0.25
UNSENT = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run differs from a plain one.

    `clock`: a time of the run's own (aware, UTC) instead of the database's. `outbox`: every message goes into files in that
    folder. `tick`: real seconds between two looks at what is due.
    """

    clock: Clock | None = None
    outbox: Path | None = None
    limits: Limits = field(default_factory=Limits)
    tick: float = 1.0


@dataclass(frozen=True, slots=True)
class Round:
    """What one round brought: feeds polled, editions made, and messages that could not be sent yet."""

    polls: int
    editions: int
    unsent: int


class App:
    """One daemon on one database. Building it touches nothing; `open` takes the database and puts everything in force."""

    def __init__(self, config: Config, terms: Terms | None = None) -> None:
        self.config = config
        self.terms = terms or Terms()
        self.metrics = Metrics()
        self._clock = clock = self.terms.clock or utc_now
        self.store = Store(config.database_url, clock=self.terms.clock)
        self._workers = Workers()
        self._door = Door(assembly.door_settings(config), clock=clock)
        self._setup: Setup | None = None
        self._feeds = 0
        limits = replace(
            self.terms.limits,
            polls=config.settings.fetch.concurrency,
            per_host=config.settings.fetch.per_host,
            linger=LINGER,
        )
        self._renderer = renderer = Renderer(config.template_folders, self._workers)
        retriever = Retriever(self._door, Files(config.settings.fetch.max_size))
        self.poller = Poller(
            self.store, self.setup, retriever.retrieve, self._workers, self.metrics, clock, limits, self._plan_soon
        )
        self.pages = PageReader(
            self.store, self.setup, self.poller.lookout, self._door.get, self._workers, self.metrics, clock, limits,
            self._plan_soon,
        )  # fmt: skip
        self.planner = Planner(self.store, self.setup, renderer, self.metrics)
        self.sender = Sender(self.store, self.setup, self.metrics, clock, limits)
        self._instance = Instance(uuid.uuid4().hex, socket.gethostname(), os.getpid(), __version__, clock())
        self._kept = config.rules_in_force
        self._frequencies: Mapping[str, float] = COMMON
        self._watch, self._templates = Watch(frozenset()), Watch(frozenset())
        self._rules_good = True
        self._switched_off: tuple[str, ...] = ()
        self._unreachable = False
        self._beaten = 0.0
        self._ticker: Ticker | None = None
        self._reloads: set[asyncio.Task[None]] = set()
        self._reloading = asyncio.Lock()
        self._control = Control(config.data_dir, self._perform)

    def setup(self) -> Setup:
        """Return what is in force. Only after `open`."""
        assert self._setup is not None, "open() puts the configuration in force"
        return self._setup

    async def open(self) -> None:
        """Take the database and put feeds, rules, digests and channels in force.

        Raises AnotherInstance, StoreError, ConfigurationError, RulesError.
        """
        await asyncio.to_thread(self.store.open, exclusive=True)
        try:
            await self._begin()
        except BaseException:
            self.store.close()
            raise

    async def _begin(self) -> None:
        seen = self._look()
        await self._count_words()
        await self._know_own_feeds()
        files, names = self.config.rule_files, assembly.known(self.config)
        with growing():
            compiled = partial(Matcher, frequencies=self._frequencies)
            rulebook, fault = load_or_last_good(files, names, self._kept, compiled)
            await self._put_in_force(self.config, rulebook)
        self._watch = Watch(seen)
        if fault is None:
            keep(self.config.rule_files, self._kept)
        else:
            await self._refuse(fault)
        await self.store.run(upkeep.recover)
        await self._heartbeat()

    async def serve(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then end in order: what is being sent has 20 s, what is being read is given back.

        Raises ConfigurationError when the listener's address cannot be had.
        """
        sys.setswitchinterval(TURN)
        async with (
            AsyncExitStack() as ending
        ):  # the last that was begun ends first, and each whatever becomes of another
            if listener := self._listener():
                await self._listen(listener)
                ending.push_async_callback(listener.stop)
            await self._control.start()
            ending.push_async_callback(self._control.stop)
            lag = asyncio.create_task(upkeep.watch_lag(self.metrics), name="loop-lag")
            ending.callback(lag.cancel)
            ending.push_async_callback(self.sender.stop, PATIENCE)
            ending.push_async_callback(self.poller.stop)
            ending.push_async_callback(self.pages.stop)
            self._ticker = ticker = Ticker(self._beats(), self.metrics, utc_now)
            ending.push_async_callback(ticker.stop)
            await self.store.run(upkeep.stagger)
            ticker.start()
            log.info("reading %d feeds by %d rules", self._feeds, len(self.setup().rules))
            await stop.wait()
            log.info("stopping")

    async def run_once(self) -> Round:
        """Poll what is due, read the pages that are wanted, make the editions of what matched without waiting for copies, and try each message once."""
        polls = await self.poller.poll_round(self._feeds)
        await self.pages.read_round()
        editions = await self.planner.plan_due(without_waiting=True)
        await self.sender.deliver_due()
        await self.sender.settle()
        unsent = await self.store.read(deliveries.count_by_state)
        return Round(polls, editions, sum(unsent.get(state, 0) for state in UNSENT))

    async def close(self) -> None:
        """Let go of everything; the database is left as after a clean stop."""
        async with AsyncExitStack() as ending:
            ending.callback(self.store.close)
            ending.callback(self._workers.close)
            ending.push_async_callback(self._door.close)
            await self.store.run(instances.forget, self._instance.id)

    async def reload(self) -> None:
        """Put the configuration and rules as they are now in force, or, where anything is wrong, keep what is.

        Raises StoreUnavailable, with everything as it was.
        """
        async with (
            self._reloading
        ):  # of two at once, the one that read older files could be the last to put them in force
            seen = await asyncio.to_thread(self._look)
            with growing():
                await self._take_over()
            self._watch.accept(seen)

    async def _perform(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what a command asks for; rules may name other feeds after that."""
        answer = await self.store.run(managing.perform, self.config, request)
        if managing.changes_names(request):
            await self._know_own_feeds()
            self.reload_soon()
        return answer

    async def _know_own_feeds(self) -> None:
        """Write down which feeds the database owns, for those who check rules without it."""
        own = await self.store.read(own_feeds.tags_of)
        await asyncio.to_thread(keep_names, self.config.data_dir, own)
        self.config.written.own = own

    async def _take_over(self) -> None:
        try:
            config = await asyncio.to_thread(load, self.config.path, os.environ)
            compiled = partial(self.setup().matcher.changed_to, frequencies=self._frequencies)
            names = assembly.known(config)
            rulebook = await asyncio.to_thread(load_rules, config.rule_files, names, compiled=compiled)
        except FaultyInput as fault:
            await self._refuse(fault)
        else:
            await self._put_in_force(config, rulebook)
            await asyncio.to_thread(keep, config.rule_files, self._kept)
            log.info("reloaded: %d feeds, %d rules", self._feeds, len(rulebook.rules))

    def reload_soon(self) -> None:
        """Reload as a signal asks to; what goes wrong is logged. One that waits its turn answers for all that come meanwhile."""
        if len(self._reloads) < 2:
            task = asyncio.create_task(self._reload_as_told(), name="reload")
            self._reloads.add(task)
            task.add_done_callback(self._reloads.discard)

    async def _reload_as_told(self) -> None:
        try:
            await self.reload()
        except StoreUnavailable as error:
            log.error("nothing was changed: %s", error)  # noqa: TRY400

    async def _reload_if_changed(self) -> None:
        if self._watch.settled(await asyncio.to_thread(self._look)):
            await self.reload()

    async def _check_templates_if_changed(self) -> None:
        seen = await asyncio.to_thread(lambda: look(own_templates(self.config)))
        if self._templates.settled(seen):
            await templates.look_over(self.store, self.config, self._renderer)
            self._templates.accept(seen)

    async def _links(self, config: Config) -> Links | None:
        """Return what makes the links of messages; None where nobody would answer them."""
        base_url = assembly.answered_at(config)
        return Links(base_url, await self.store.run(keys.get, keys.LINKS)) if base_url else None

    async def _put_in_force(self, config: Config, rulebook: Rulebook) -> None:
        links = await self._links(config)
        setup = assembly.setup(config, rulebook, self._door.post, self._clock, self.terms.outbox, links)
        self._feeds = await self.store.run(assembly.adopt, config.feeds(), setup)
        for told in (await self.store.read(left_over, config)).told():
            log.warning("%s", told)
        # The feeds are rows now.
        self._setup, self.config = setup, config.without_feeds()
        self._renderer.look_in(config.template_folders)
        self._templates.again()
        if not can_detect() and (undetectable := rulebook.undetectable()):
            log.warning("%s", undetectable)
        self.metrics.rules.set(len(rulebook.rules))
        self.metrics.rules_always.set(len(setup.matcher.always))
        self.metrics.rules_switched_off.set(0)
        self._switched_off = ()
        if always := assembly.always_told(setup):
            log.info("rules tried on every article: %s", always)
        self.metrics.rules_last_reload_successful.set(1)
        self._rules_good = True

    async def _refuse(self, fault: FaultyInput) -> None:
        """Say what is wrong with files that were not put in force."""
        for each in fault.diagnostics:
            log.error("%s", each)
        log.error("nothing was changed: the last good configuration and rules stay in force")
        self.metrics.rules_last_reload_successful.set(0)
        self._rules_good = False
        await self.store.run(notices.put, notices.REFUSED, upkeep.first_told(fault.diagnostics))

    def _beats(self) -> tuple[Beat, ...]:
        return (
            Beat("poll", self.terms.tick, self.poller.poll_due),
            Beat("pages", self.terms.tick, self.pages.read_due),
            Beat("plan", self.terms.tick, self._plan),
            Beat("deliver", self.terms.tick, self.sender.deliver_due),
            Beat("troubles", 60.0, partial(tell_troubles, self.store, self.setup), after=60.0),
            Beat("reload", 1.0, self._reload_if_changed),
            Beat("templates", 1.0, self._check_templates_if_changed),
            Beat("heartbeat", 5.0, self._heartbeat),
            # A daemon that is started anew every hour has a house to keep, too.
            Beat("housekeeping", 3600.0, self._housekeeping, after=600.0),
        )

    async def _plan(self) -> None:
        if await self.planner.plan_due():
            await self.sender.deliver_due()

    def _plan_soon(self) -> None:
        """Have what just matched told at once, where there is a digest that waits for nothing; all others have time until the next beat."""
        if self._ticker and any(each.instant and not each.wait for each in self.setup().digests.values()):
            self._ticker.soon("plan")

    async def _heartbeat(self) -> None:
        await upkeep.beat(self.store, self._instance, self.metrics)
        if (off := self.poller.switched_off()) != self._switched_off:
            self.metrics.rules_switched_off.set(len(off))
            await self.store.run(upkeep.tell_switched_off, off)
            self._switched_off = off
        if (since := self.poller.unreachable_since()) or self._unreachable:
            await self.store.run(notices.network_down, self._instance.id, since, upkeep.RENEWED)
            self._unreachable = since is not None
        self._beaten = asyncio.get_running_loop().time()

    async def _count_words(self) -> None:
        """Learn how common words are in the archive: rules are found by their rarest."""
        texts = await self.store.read(articles.sample)
        self._frequencies = await asyncio.to_thread(counted, texts)

    async def _housekeeping(self) -> None:
        setup = self.setup()
        # What was being matched when the configuration changed may have come after that.
        await self.store.run(upkeep.hand_over, setup.digests, setup.rules)
        await upkeep.housekeeping(self.store, self.config.retention(), setup.digests)
        if self._frequencies is COMMON and self._rules_good:
            await self._count_words()
            if self._frequencies is not COMMON:
                log.info(
                    "there are articles enough to count words in: the rules are built anew by what is rare in them"
                )
                await self.reload()

    def _look(self) -> Look:
        return look([self.config.path, *self.config.included_files, *self.config.rule_files])

    async def _listen(self, listener: Listener) -> None:
        try:
            await listener.start()
        except OSError as error:
            told = "the listener cannot have {}:{}: {}".format(*listener.address, (error.strerror or "").lower())
            hint = "change 'listen' in [web], or stop what is there"
            raise ConfigurationError([Diagnostic("PW143", told, str(self.config.path), hint=hint)]) from error
        log.info("health and metrics at http://%s:%d", *listener.address)

    def _listener(self) -> Listener | None:
        if self.config.listen is None:
            return None
        app = pages(
            self._health, self.metrics.registry, self._feed_folders, lambda: self.setup().links, self._do, self._edition
        )
        return Listener(app, *self.config.listen)

    async def _do(self, deed: Deed, span: timedelta | None) -> Effect | None:
        """Do what somebody's link asks for."""
        digest = self.setup().digests.get(deed.digest_id)
        zone = digest.zone if digest else self.config.settings.service.timezone
        return await self.store.run(doing.perform, deed, span, ZoneInfo(zone))

    async def _edition(self, edition_id: str) -> Context | None:
        """Return what an edition tells, for somebody who follows its link."""
        spec = showing.spec_of(self.setup().digests, edition_id, self.config.settings.service.timezone)
        made, taken = await self.store.read(showing.told_in, edition_id)
        return await asyncio.to_thread(showing.listing, spec, made, taken) if made and taken else None

    def _feed_folders(self) -> Mapping[str, Path]:
        return self.config.feed_folders()

    def _health(self) -> Health:
        age = asyncio.get_running_loop().time() - self._beaten
        setup = self.setup()
        return Health(age, len(setup.rules), self._rules_good, self._feeds, __version__)
