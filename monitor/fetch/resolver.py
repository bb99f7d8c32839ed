"""Names into addresses: looked up in threads of its own, within a time limit, and remembered for a minute."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from monitor.errors import FetchError
from monitor.threads import NoRoom, Threads

Resolve = Callable[[str, int], Awaitable[list[str]]]

THREADS, SLOW_THREADS = 32, 4
LIMIT = 5.0  # seconds for one name
PATIENCE = 2.0  # seconds of waiting for others
REMEMBERED = 60.0  # seconds
NAMES = 1000


@dataclass(frozen=True, slots=True)
class _Fault:
    kind: str
    why: str


class Resolver:
    """Asks the operating system, once for all who want a name at a time.

    Names that were not resolved in time before have a few threads of their own: their name servers are likely to be dead, and must not
    keep other names waiting.
    """

    def __init__(
        self, look_up: Callable[[str], list[str]] | None = None, *, limit: float = LIMIT, patience: float = PATIENCE
    ) -> None:
        self._look_up = look_up or _look_up
        self._limit, self._patience = limit, patience
        self._threads, self._slow_threads = Threads(THREADS), Threads(SLOW_THREADS)
        self._known: dict[str, tuple[float, list[str]]] = {}
        self._slow: set[str] = set()
        self._asking: dict[str, asyncio.Task[list[str] | _Fault]] = {}

    async def __call__(self, host: str, port: int) -> list[str]:  # noqa: ARG002  a name has the same addresses for every port
        """Return the host's addresses in the order they are best tried. Raises FetchError ("dns", or "host-busy" where nobody asked)."""
        until, addresses = self._known.get(host, (0.0, []))
        if until > asyncio.get_running_loop().time():
            return addresses
        task = self._asking.get(host)
        if task is None:
            task = self._asking[host] = asyncio.create_task(self._ask(host), name=f"resolve {host}")
            task.add_done_callback(lambda _: self._asking.pop(host))
        found = await asyncio.shield(task)
        if isinstance(found, _Fault):
            raise FetchError(found.kind, found.why)
        return found

    async def _ask(self, host: str) -> list[str] | _Fault:
        threads = self._slow_threads if host in self._slow else self._threads
        try:
            addresses = await threads.run(self._look_up, host, limit=self._limit, patience=self._patience)
        except NoRoom:
            return _Fault("host-busy", f"other names take too long to be resolved, {host} has to wait")
        except TimeoutError:
            _forget_some(self._slow)
            self._slow.add(host)
            return _Fault("dns", f"the name {host} was not resolved within {self._limit:g} s")
        except (OSError, UnicodeError) as error:
            return _Fault("dns", f"the name {host} cannot be resolved: {_told(error)}")
        self._slow.discard(host)
        _forget_some(self._known)
        self._known[host] = (asyncio.get_running_loop().time() + REMEMBERED, addresses)
        return addresses


def _forget_some(names: set[str] | dict[str, tuple[float, list[str]]]) -> None:
    if len(names) >= NAMES:
        names.clear()


def _look_up(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _told(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
