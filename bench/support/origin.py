"""An origin server on loopback that costs next to nothing: one answer for all, a connection a request, plain or TLS.

Run as `python -m bench.support.origin FEEDS NEW POLLED [CERTIFICATE KEY]`: prints its port, serves until its standard input ends.

    GET /304/7     304 to whoever sends a validator, else a small feed with an ETag
    GET /same/7    the same small feed each time, no validators
    GET /news/7    feed 7 of the world: 50 KB, NEW items new at each poll
    GET /mixed/7   one of the three by the feed's number, as `mixed` says; of news the first document has been given out already
"""

import asyncio
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.support.world import Feeds

SMALL = b"<rss version='2.0'><channel><title>Paper</title><item><title>Ferries sail</title><guid isPermaLink='false'>1</guid></item></channel></rss>"
NAMES = "*.bench.example"


def mixed(number: int) -> str:
    """Return what feed `number` of a mixed world answers: of twenty twelve a 304, five the same document, three one with news."""
    place = number % 20
    return "304" if place < 12 else "same" if place < 17 else "news"


class Exchange(asyncio.Protocol):
    """One request, one answer, and the connection ends."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a whole request."""
        self._received += data
        if b"\r\n\r\n" in self._received:
            path = self._received.split(b" ", 2)[1]
            known = b"if-none-match:" in self._received.lower()
            self._transport.write(self._answer(path, known=known))
            self._transport.close()

    def _answer(self, path: bytes, *, known: bool) -> bytes:
        _, kind, number = path.split(b"/")
        if kind == b"mixed":
            kind = mixed(int(number)).encode()
        if kind == b"304" and known:
            return b'HTTP/1.1 304 Not Modified\r\nETag: "v"\r\nConnection: close\r\n\r\n'
        body = self._feeds.answer(int(number)) if kind == b"news" else SMALL
        etag = b'ETag: "v"\r\n' if kind == b"304" else b""
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n%bContent-Length: %d\r\nConnection: close\r\n\r\n"
        )
        return head % (etag, len(body)) + body


@contextmanager
def origin(feeds: int, new: int, certificate: Path | None = None, *, polled: int = 0) -> Iterator[int]:
    """Start a server in a process of its own; yield its port, and stop it at the end. With a certificate (and its key beside it): TLS.

    `polled`: how often every feed has been asked before.
    """
    secured = [str(certificate), str(certificate.with_suffix(".key"))] if certificate else []
    command = [sys.executable, "-m", "bench.support.origin", str(feeds), str(new), str(polled), *secured]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


def certify(folder: Path) -> Path:
    """Make a certificate for thousands of names with the openssl of the machine; return its path, its key is beside it."""
    certificate, key = folder / "bench.pem", folder / "bench.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=bench",
         "-addext", f"subjectAltName=DNS:{NAMES}", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate


async def serve(count: int, new: int, polled: int, secured: list[str]) -> None:
    """Listen at a free port until standard input ends."""
    context = None
    if secured:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*secured)
    loop = asyncio.get_running_loop()
    feeds = Feeds(count, new, polled)
    # Everywhere, since each feed may be at an address of its own.
    server = await loop.create_server(lambda: Exchange(feeds), "0.0.0.0", 0, ssl=context, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
