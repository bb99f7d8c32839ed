"""The network below the HTTP client: connects to public addresses only, and to the very address that was checked."""

import asyncio
import ssl
from collections.abc import Callable, Iterable

import httpcore

from monitor.errors import FetchError
from monitor.fetch.addresses import is_public
from monitor.fetch.network import connect
from monitor.fetch.resolver import Resolve

#: How many of a host's addresses are tried, and how long each, in seconds.
TRIES = 4
TRY_LIMIT = 5.0


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name once, judges every address it has, and connects to one of those.

    Name and connection cannot come apart (DNS rebinding), as nobody resolves the name again. TLS still checks the name:
    httpcore wraps the connection with the host it was asked for.
    """

    def __init__(self, resolve: Resolve, allowed: Callable[[str], bool] = is_public) -> None:
        self._resolve = resolve
        self._allowed = allowed

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,  # noqa: ARG002  httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers. Raises FetchError ("dns", "refused-address") or ConnectError."""
        addresses = await self._resolve(host, port)
        # One bad address is enough: a name with a public and a private address is how the check is got round.
        if not addresses or not all(self._allowed(each) for each in addresses):
            raise FetchError(
                "refused-address",
                f"{host} is not on the public Internet (allow_private = true lets a feed be there)",
                retry=False,
            )
        failure: Exception | None = None
        limit = TRY_LIMIT if timeout is None else min(TRY_LIMIT, timeout)
        for address in addresses[:TRIES]:
            try:
                return await connect(address, port, limit)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"no address of {host} answers")

    async def sleep(self, seconds: float) -> None:
        """Wait between two tries of httpcore's own."""
        await asyncio.sleep(seconds)


def guarded_pool(
    network: GuardedBackend, context: ssl.SSLContext, connections: int, idle: int
) -> httpcore.AsyncConnectionPool:
    """Return a pool of connections over a guarded network. HTTP/1.1 only."""
    return httpcore.AsyncConnectionPool(
        ssl_context=context,
        max_connections=connections,
        max_keepalive_connections=idle,
        keepalive_expiry=5.0,
        network_backend=network,
    )
