"""Names into addresses: looked up in threads of its own, within a time limit, and remembered for a minute."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from monitor.errors import FetchError

Resolve = Callable[[str, int], Awaitable[list[str]]]

THREADS = 32
LIMIT = 5.0  # seconds
REMEMBERED = 60.0  # seconds
NAMES = 1000


class Resolver:
    """Asks the operating system. Its own threads: one dead name server must not stall everybody's thread pool."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="resolve")
        self._known: dict[tuple[str, int], tuple[float, list[str]]] = {}

    async def __call__(self, host: str, port: int) -> list[str]:
        """Return the host's addresses in the order they are best tried. Raises FetchError ("dns")."""
        loop = asyncio.get_running_loop()
        until, addresses = self._known.get((host, port), (0.0, []))
        if until > loop.time():
            return addresses
        try:
            async with asyncio.timeout(LIMIT):
                addresses = await loop.run_in_executor(self._threads, _look_up, host, port)
        except TimeoutError:
            raise FetchError("dns", f"the name {host} was not resolved within {LIMIT:g} s") from None
        except (OSError, UnicodeError) as error:
            raise FetchError("dns", f"the name {host} cannot be resolved: {_told(error)}") from None
        if len(self._known) >= NAMES:
            self._known.clear()
        self._known[host, port] = (loop.time() + REMEMBERED, addresses)
        return addresses

    def close(self) -> None:
        """Take no more questions; those under way are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _told(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
