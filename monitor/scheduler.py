"""The ticker: APScheduler calls each stage again and again, and no stage's failure stops another's clock."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from monitor.errors import StoreUnavailable
from monitor.metrics import Metrics

log = logging.getLogger(__name__)

#: Seconds between two looks at whether the machine's clock was set, and by how much it must have been.
LOOK, JUMP = 1.0, 2.0
#: Seconds after which a beat comes that is wanted soon; whoever wants it meanwhile is answered by the same.
SOON = 0.1
#: Seconds that beats under way are given to end when the ticker stops.
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing to do every `seconds` (real seconds); `name` is what logs and metrics call it.

    `after`: seconds from the start of the ticker to the first time.
    """

    name: str
    seconds: float
    act: Callable[[], Awaitable[object]]
    after: float = 0.0


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler is untyped
    """Due one interval after it was due or, where that is past, after now.

    APScheduler's own interval trigger counts up every interval that was missed: after a leap of the clock by a year that
    takes it minutes, in which nothing else happens.
    """

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Called by APScheduler."""
        return now + self._interval


class Ticker:
    """Runs beats for as long as the daemon lives.

    A beat never overlaps itself: one that is still busy when its time comes is skipped, and comes again at the next.
    What is due is written in the database, so a skipped or late beat delays work but never loses it. `clock` is the
    machine's: APScheduler goes by it, so that where it is set back every beat is called at once instead of much later.
    """

    def __init__(self, beats: tuple[Beat, ...], metrics: Metrics, clock: Callable[[], datetime]) -> None:
        self._beats = beats
        self._metrics = metrics
        self._clock = clock
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._waiting: set[str] = set()
        self._wanted: set[str] = set()
        self._watch: asyncio.Task[None] | None = None
        # misfire_grace_time=None: the default of one second silently skips a beat that comes late under load.
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None})
        logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        """Begin ticking on the running event loop."""
        for beat in self._beats:
            first = self._clock() + timedelta(seconds=beat.after)
            self._scheduler.add_job(self._begin, Every(beat.seconds), args=(beat,), id=beat.name, next_run_time=first)
        self._scheduler.start()
        self._watch = asyncio.create_task(self._follow_clock(), name="follow-clock")

    def soon(self, name: str) -> None:
        """Call a beat within `SOON` seconds or, where it is under way, of its end; the one after it an interval later. Nothing once stopped."""
        if not self._scheduler.running:
            return
        if name in self._under_way:
            self._wanted.add(name)
            return
        at = self._clock() + timedelta(seconds=SOON)
        if self._scheduler.get_job(name).next_run_time > at:
            self._scheduler.modify_job(name, next_run_time=at)

    async def stop(self) -> None:
        """Call no beat again. Those under way are given two seconds to end, and are cut off then."""
        if self._watch is None:
            return
        self._watch.cancel()
        self._scheduler.shutdown(wait=False)
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=PATIENCE)
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(self._watch, *self._under_way.values(), return_exceptions=True)

    async def _begin(self, beat: Beat) -> None:
        """Call a beat in a task of our own: those that APScheduler awaits are cut off in the middle when it is shut down."""
        if beat.name not in self._under_way:
            task = asyncio.create_task(self._run(beat), name=f"{beat.name} beat")
            self._under_way[beat.name] = task
            task.add_done_callback(lambda _: self._end(beat))

    def _end(self, beat: Beat) -> None:
        del self._under_way[beat.name]
        if beat.name in self._wanted:
            self._wanted.discard(beat.name)
            self.soon(beat.name)

    async def _run(self, beat: Beat) -> None:
        started = asyncio.get_running_loop().time()
        try:
            await beat.act()
            self._tell_of_return(beat)
        except StoreUnavailable as error:
            self._tell_of_wait(beat, error)
            self._metrics.beat_failures.labels(beat.name).inc()
        except Exception:
            # The one place where a stage's unforeseen failure ends: told, counted, tried again at the next beat.
            log.exception("the %s beat failed; it comes again in %s s", beat.name, beat.seconds)
            self._metrics.beat_failures.labels(beat.name).inc()
        finally:
            self._metrics.beat_seconds.labels(beat.name).observe(asyncio.get_running_loop().time() - started)

    def _tell_of_wait(self, beat: Beat, error: StoreUnavailable) -> None:
        """Say once that a beat has to wait for the database: hours without it must not fill the log."""
        if beat.name not in self._waiting:
            self._waiting.add(beat.name)
            log.error("the %s beat waits for the database, and tries every %s s: %s", beat.name, beat.seconds, error)

    def _tell_of_return(self, beat: Beat) -> None:
        if beat.name in self._waiting:
            self._waiting.discard(beat.name)
            log.info("the %s beat goes on: the database is back", beat.name)

    async def _follow_clock(self) -> None:
        """Call every beat at once when the machine's clock was set back, for else none would come before it has caught up."""
        loop = asyncio.get_running_loop()
        while True:
            before = self._clock() - timedelta(seconds=loop.time())
            await asyncio.sleep(LOOK)
            now = self._clock()
            if now - timedelta(seconds=loop.time()) < before - timedelta(seconds=JUMP):
                log.warning("the machine's clock was set back")
                for beat in self._beats:
                    self._scheduler.modify_job(beat.name, next_run_time=now)
