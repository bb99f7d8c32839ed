"""Connections for httpcore straight on asyncio's transports: a third cheaper than by way of anyio, which bounds each step in time by itself.

Ours are bounded as a whole, by the deadline of the exchange, so no read or write has a limit of its own.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import httpcore

T = TypeVar("T")

#: Bytes that may lie unread before the other side is made to wait.
UNREAD = 256 << 10


class Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, below: "_Connection") -> None:
        self._below = below

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002,ASYNC109  httpcore's signature
        """Return what has come, b"" at the end. Raises httpcore.ReadError."""
        with _told_as(httpcore.ReadError):
            return await self._below.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002,ASYNC109  httpcore's signature
        """Send bytes. Raises httpcore.WriteError."""
        if buffer:
            with _told_as(httpcore.WriteError):
                await self._below.write(buffer)

    async def aclose(self) -> None:
        """End the connection at once: all that was asked for has come, or nobody waits for it any more."""
        self._below.abort()
        # The socket is let go of in the next round of the loop.
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
                stream = _SecureStream(self._below, ssl_context, server_hostname)
                await stream.shake_hands()
        except BaseException:
            # httpcore forgets a connection whose handshake the deadline struck.
            self._below.abort()
            raise
        return stream

    def get_extra_info(self, info: str) -> object:
        """Return what asyncio knows of a connection under that name, and "is_readable": whether an idle one has ended, or says what nobody asked."""
        return self._below.ready if info == "is_readable" else self._below.extra_info(info)


class _SecureStream(Stream):
    """A connection within TLS. asyncio's own TLS keeps a buffer of 256 KiB for each connection."""

    def __init__(self, below: "_Connection", context: ssl.SSLContext, host: str | None) -> None:
        super().__init__(below)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def shake_hands(self) -> None:
        """Agree on keys, and check who the other side is. Raises OSError."""
        await self._done(self._tls.do_handshake)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002,ASYNC109  httpcore's signature
        """Return what has come, b"" at the end. Raises httpcore.ReadError."""
        with _told_as(httpcore.ReadError):
            try:
                return await self._done(partial(self._tls.read, max_bytes))
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                # Most servers end without a word. Whether the answer was whole, its length or its chunks say.
                return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002,ASYNC109  httpcore's signature
        """Send bytes. Raises httpcore.WriteError."""
        with _told_as(httpcore.WriteError):
            rest = memoryview(buffer)
            while rest:
                sent = await self._done(partial(self._tls.write, rest))
                rest = rest[sent:]

    def get_extra_info(self, info: str) -> object:
        """Return what is known of the connection, and under "ssl_object" what TLS agreed on."""
        return self._tls if info == "ssl_object" else super().get_extra_info(info)

    async def _done(self, step: Callable[[], T]) -> T:
        """Take a step of TLS, as often as it wants more of the other side's bytes."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._flush()
            else:
                await self._flush()
                return result
            came = await self._below.read(UNREAD)
            if came:
                self._incoming.write(came)
            else:
                self._incoming.write_eof()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._below.write(self._outgoing.read())


class _Connection(asyncio.Protocol):
    """The bytes of a connection as they come and go. One task reads and writes."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._came = bytearray()
        self._ended = False
        self._lost: Exception | None = None
        self._more: asyncio.Future[None] | None = None
        self._held = False
        self._transport: asyncio.Transport | None = None

    @property
    def ready(self) -> bool:
        """Whether reading would not wait."""
        return bool(self._came) or self._ended

    async def read(self, most: int) -> bytes:
        """Return what has come, b"" at the end. Raises OSError where the connection broke."""
        while not self.ready:
            await self._wait()
        if not self._came and self._lost is not None:
            raise self._lost
        some = bytes(self._came[:most])
        del self._came[:most]
        if self._transport is not None and not self._ended:
            self._transport.resume_reading()
        return some

    async def write(self, some: bytes) -> None:
        """Send bytes, and wait while too many are on their way. Raises OSError where the connection broke."""
        if self._transport is None or self._transport.is_closing():
            raise self._lost or ConnectionResetError("the connection is closed")
        self._transport.write(some)
        while self._held and not self._ended:
            await self._wait()

    def abort(self) -> None:
        """End the connection without another word."""
        if self._transport is not None:
            self._transport.abort()

    def extra_info(self, name: str) -> object:
        """Return what asyncio knows under that name."""
        return None if self._transport is None else self._transport.get_extra_info(name)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._came += data
        if len(self._came) > UNREAD and self._transport is not None:
            self._transport.pause_reading()
        self._go_on()

    def eof_received(self) -> bool:
        """Called by asyncio. The connection stays open for what we may still have to say."""
        self._ended = True
        self._go_on()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        self._ended = True
        self._lost = self._lost or exc
        self._go_on()

    def pause_writing(self) -> None:
        """Called by asyncio."""
        self._held = True

    def resume_writing(self) -> None:
        """Called by asyncio."""
        self._held = False
        self._go_on()

    async def _wait(self) -> None:
        self._more = self._loop.create_future()
        try:
            await self._more
        finally:
            self._more = None

    def _go_on(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)


async def connect(address: str, port: int, limit: float) -> Stream:
    """Connect to an IP address within `limit` seconds. Raises httpcore.ConnectTimeout, httpcore.ConnectError."""
    try:
        async with asyncio.timeout(limit):
            _, connection = await asyncio.get_running_loop().create_connection(_Connection, address, port)
            return Stream(connection)
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
