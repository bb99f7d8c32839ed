"""The demo: made-up outlets and a mail server on loopback, and between them the real daemon."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta

from rich.console import Console

from monitor.app.daemon import App, Terms
from monitor.config import load
from monitor.demo.clock import StoryClock
from monitor.demo.folder import DemoFolder
from monitor.demo.news import load as load_news
from monitor.demo.show import ZONE, Show
from monitor.demo.sink import Letter, Sink, maildir
from monitor.demo.stand import newsstand
from monitor.pipeline import Limits
from monitor.store import Tx, arrivals, feeds
from monitor.web import Listener

#: The story begins half an hour before the morning digest, and is told this many times as fast as it happened.
STORY_BEGINS = time(6, 30)
STORY_LASTS = timedelta(minutes=60)
SPEED = 360.0
#: Seconds between two looks at what has come in.
GLANCE = 0.2
#: A lease counts on the story's clock, on which a slow second is minutes.
LONG = timedelta(days=30)


async def perform(folder: DemoFolder, console: Console, today: datetime, stop: asyncio.Event, *, stay: bool) -> None:
    """Tell the story until it is over (`stay`: until `stop` is set). `today` gives the date it happens on.

    Raises FileExistsError for a folder that holds something else, and what the daemon raises.
    """
    cut_off = folder.interrupted_at()
    if cut_off is None:
        folder.empty()
    start, resumed = cut_off or (_begin(today), None)
    clock = StoryClock(resumed or start, start + STORY_LASTS, SPEED)
    show = Show(console)
    keep = maildir(folder.mailbox)

    def arrived(letter: Letter) -> None:
        keep(letter)
        show.letter(letter)

    outlets = load_news()
    stand = Listener(newsstand(outlets, start, clock), "127.0.0.1", 0)
    async with _serving(stand), Sink(arrived) as sink:
        folder.prepare(outlets, stand.address[1], sink.port)
        show.opening(len(outlets), f"127.0.0.1:{stand.address[1]}", resumed_at=resumed)
        app = App(
            load(folder.config, {}), Terms(clock=clock, limits=Limits(poll_lease=LONG, delivery_lease=LONG), tick=0.25)
        )
        seen = await _watch(app, folder, show, clock, start, stop, stay=stay)
    folder.finish()
    show.closing(folder, seen)


def _begin(today: datetime) -> datetime:
    return datetime.combine(today.astimezone(ZONE).date(), STORY_BEGINS, ZONE)


@contextlib.asynccontextmanager
async def _serving(stand: Listener) -> AsyncIterator[None]:
    await stand.start()
    try:
        yield
    finally:
        await stand.stop()


async def _watch(
    app: App, folder: DemoFolder, show: Show, clock: StoryClock, start: datetime, stop: asyncio.Event, *, stay: bool
) -> int:
    """Run the daemon and show what comes in; return how many articles it has."""
    await app.open()
    daemon = asyncio.create_task(app.serve(stop), name="daemon")
    last = seen = 0
    told = False
    try:
        while not daemon.done() and (stay or not clock.over):
            if clock.over and not told:
                told = True
                show.over()
            arrived = await app.store.read(arrivals.after, last)
            if clock.runs:
                show.arrivals(arrived)
                folder.note(start, clock())
            elif await app.store.read(_all_read_once):
                arrived = await app.store.read(arrivals.after, last)
                show.background(len(arrived))
                # The story begins when every feed has had its first sight, so that all of it is news.
                clock.run()
            else:
                arrived = []
            last = arrived[-1].id if arrived else last
            seen += len(arrived)
            await asyncio.wait({daemon}, timeout=GLANCE)
        stop.set()
        await daemon
    finally:
        await app.close()
    return seen


def _all_read_once(tx: Tx) -> bool:
    return all(feed.baseline_at is not None for feed in feeds.overview(tx))
