"""Reads the body of an answer: raw bytes under one limit, unpacked under another."""

from collections.abc import AsyncIterator, Mapping

from monitor.errors import FetchError
from monitor.fetch.inflate import Inflater

#: Decoded bytes for each byte allowed on the wire.
GROWTH = 2

_PLAIN = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})


async def read_body(headers: Mapping[str, str], stream: AsyncIterator[bytes], limit: int) -> bytes:
    """Return the body: `limit` bytes on the wire and twice as many unpacked at the most.

    `headers` have their names in lower case. httpx's decoders would unpack a chunk whole: 809 bytes of brotli become a gigabyte. Raises FetchError.
    """
    inflater = _inflater(headers, limit * GROWTH)
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limit:
        raise _too_large(limit)
    received = 0
    pieces = []
    async for chunk in stream:
        received += len(chunk)
        if received > limit:
            raise _too_large(limit)
        pieces.append(inflater.feed(chunk) if inflater else chunk)
    if inflater:
        inflater.finish()
    return b"".join(pieces)


def _inflater(headers: Mapping[str, str], limit: int) -> Inflater | None:
    """Return what unpacks the body, None where it is plain; any coding that was not asked for is refused."""
    coding = headers.get("content-encoding", "").strip().lower()
    if coding in _PLAIN:
        return None
    if coding in _GZIP:
        return Inflater(limit)
    raise FetchError("bad-encoding", f"the body is packed as {coding[:40]!r}, which was not asked for")


def _too_large(limit: int) -> FetchError:
    return FetchError("too-large", f"the body is over {limit:,} bytes", retry=False)
