"""Asks hosts what their robots.txt leaves to us, and remembers it for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from monitor.errors import FetchError
from monitor.fetch.exchange import Request, Response
from monitor.parse.robots import Robots, robots

AGENT = "presswatch"
"""By which robots.txt knows us."""
REMEMBERED = 24 * 3600.0
"""Seconds that an answer holds, the longest that RFC 9309 allows."""
UNKNOWN = 600.0
"""Seconds that a host is left alone whose robots.txt could not be had: until then nothing of it is asked for."""
HOSTS = 2_000
LINE = 3600.0
"""Seconds that a page is told to wait for its turn at the most; then it asks again."""
_SHUT = frozenset({"refused-address", "bad-url"})


@dataclass(frozen=True, slots=True)
class _Answer:
    """`robots` is None where there is none to be had for now."""

    until: float
    robots: Robots | None


@dataclass(slots=True)
class _Turns:
    """When the next page of a host may be asked for, and, not before that, when the next that is told to wait is to come back."""

    free: float
    line: float


class Gatekeeper:
    """Knows which pages may be asked for. `get` gets a document; `clock` tells seconds that never go back."""

    def __init__(
        self, get: Callable[[Request], Awaitable[Response]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._get = get
        self._clock = clock
        self._known: dict[str, _Answer] = {}
        self._asking: dict[str, asyncio.Task[_Answer]] = {}
        self._turns: dict[str, _Turns] = {}

    async def admit(self, url: str, *, allow_private: bool = False) -> None:
        """Return where the page at `url` may be asked for now.

        Raises what `check` does, and FetchError ("crawl-delay", with the wait) where its site wants a pause after the page before.
        Several daemons on one database each keep the pause for themselves.
        """
        delay = await self.check(url, allow_private=allow_private)
        if delay:
            self._take_turn(_origin(url), delay)

    async def check(self, url: str, *, allow_private: bool = False) -> float:
        """Return where the page at `url` may be asked for: how many seconds its site wants between pages.

        Raises FetchError: "robots" where the site does not want it, and "robots-unknown" (try again later) where it fails to say.
        """
        found = await self._answer(_origin(url), allow_private=allow_private)
        if found.robots is None:
            # Before the file is asked for again nothing can have changed.
            wait = timedelta(seconds=max(found.until - self._clock(), 0))
            raise FetchError("robots-unknown", "the site's robots.txt could not be read", retry_after=wait)
        if not found.robots.allows(url):
            raise FetchError("robots", "the site's robots.txt does not allow it", retry=False)
        return found.robots.delay

    def _take_turn(self, origin: str, delay: float) -> None:
        now = self._clock()
        turns = self._turns.get(origin)
        if turns is None or turns.free <= now:
            if len(self._turns) >= HOSTS:
                self._turns.clear()
            self._turns[origin] = _Turns(now + delay, max(now + delay, turns.line if turns else 0.0))
            return
        # Each comes back at a time of its own: many at once would send all but one away again.
        wait = min(turns.line - now, LINE)
        turns.line = now + wait + delay
        raise FetchError("crawl-delay", "the site wants pauses between pages", retry_after=timedelta(seconds=wait))

    async def _answer(self, origin: str, *, allow_private: bool) -> _Answer:
        known = self._known.get(origin)
        if known and known.until > self._clock():
            return known
        task = self._asking.get(origin)
        if task is None:
            # Of many pages that ask at once one asks the host.
            task = self._asking[origin] = asyncio.create_task(self._ask(origin, allow_private), name="robots.txt")
            task.add_done_callback(lambda _: self._asking.pop(origin, None))
        return await asyncio.shield(task)

    async def _ask(self, origin: str, allow_private: bool) -> _Answer:
        try:
            response = await self._get(
                Request(f"{origin}/robots.txt", accept="text/plain, */*;q=0.1", allow_private=allow_private)
            )
        except FetchError as error:
            found = self._without(error.kind)
        else:
            found = _Answer(self._clock() + REMEMBERED, robots(response.body, AGENT))
        if len(self._known) >= HOSTS:
            self._known.clear()
        self._known[origin] = found
        return found

    def _without(self, kind: str) -> _Answer:
        """Return what follows where there was no file: nothing is forbidden where there is none, all where it may be (RFC 9309, 2.3.1)."""
        if kind.startswith("http-4") and kind != "http-429":
            return _Answer(self._clock() + REMEMBERED, Robots())
        # Where the door does not open at all, it does not for the page either, and says why.
        return _Answer(self._clock() + UNKNOWN, Robots() if kind in _SHUT else None)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
