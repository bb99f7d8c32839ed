"""The ticker: APScheduler calls each stage again and again, and no stage's failure stops another's clock."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.metrics import Metrics

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing to do every `seconds` (real seconds); `name` is what logs and metrics call it."""

    name: str
    seconds: float
    act: Callable[[], Awaitable[object]]


class Ticker:
    """Runs beats for as long as the daemon lives.

    A beat never overlaps itself: one that is still busy when its time comes is skipped, and comes again at the next.
    What is due is written in the database, so a skipped or late beat delays work but never loses it.
    """

    def __init__(self, beats: tuple[Beat, ...], metrics: Metrics) -> None:
        self._metrics = metrics
        # misfire_grace_time=None: the default of one second silently skips a beat that comes late under load.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        # "maximum number of running instances reached" is the skipping that is meant.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        for beat in beats:
            self._scheduler.add_job(
                self._run, IntervalTrigger(seconds=beat.seconds, timezone="UTC"), args=(beat,), id=beat.name
            )

    def start(self) -> None:
        """Begin ticking on the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Call no beat again; those under way go on."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _run(self, beat: Beat) -> None:
        started = asyncio.get_running_loop().time()
        try:
            await beat.act()
        except Exception:
            # The one place where a stage's unforeseen failure ends: told, counted, tried again at the next beat.
            log.exception("the %s beat failed; it comes again in %s s", beat.name, beat.seconds)
            self._metrics.beat_failures.labels(beat.name).inc()
        finally:
            self._metrics.beat_seconds.labels(beat.name).observe(asyncio.get_running_loop().time() - started)
