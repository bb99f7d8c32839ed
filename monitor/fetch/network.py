"""Connections for httpcore straight on asyncio's streams: a third cheaper than by way of anyio, which bounds each step in time by itself.

Ours are bounded as a whole, by the deadline of the exchange, so no read or write has a limit of its own.
"""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore

#: Seconds for a TLS handshake; asyncio's own limit is a minute.
HANDSHAKE = 20.0


class Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002,ASYNC109  httpcore's signature
        """Return what has come, b"" at the end. Raises httpcore.ReadError."""
        with _told_as(httpcore.ReadError):
            return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002,ASYNC109  httpcore's signature
        """Send bytes. Raises httpcore.WriteError."""
        if buffer:
            with _told_as(httpcore.WriteError):
                self._writer.write(buffer)
                await self._writer.drain()

    async def aclose(self) -> None:
        """End the connection at once: all that was asked for has come, or nobody waits for it any more."""
        self._writer.transport.abort()
        # The socket is let go of in the next round of the loop. Waiting until it is told would be for ever after a broken handshake.
        await asyncio.sleep(0)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002,ASYNC109  httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """Wrap the connection in TLS. Raises httpcore.ConnectError; whatever ends it early closes the connection."""
        try:
            with _told_as(httpcore.ConnectError):
                await self._writer.start_tls(
                    ssl_context, server_hostname=server_hostname, ssl_handshake_timeout=HANDSHAKE
                )
        except BaseException:
            # httpcore forgets a connection whose handshake the deadline struck.
            self._writer.transport.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> object:
        """Return what asyncio knows of a connection under that name, and "is_readable": whether the other side has closed an idle one."""
        if info == "is_readable":
            return self._reader.at_eof() or self._writer.is_closing()
        return self._writer.get_extra_info(info)


async def connect(address: str, port: int, limit: float) -> Stream:
    """Connect to an IP address within `limit` seconds. Raises httpcore.ConnectTimeout, httpcore.ConnectError."""
    try:
        async with asyncio.timeout(limit):
            return Stream(*await asyncio.open_connection(address, port))
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error


@contextmanager
def _told_as(kind: type[httpcore.NetworkError]) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError) as error:  # an ssl.SSLError is an OSError
        raise kind(str(error)) from error
