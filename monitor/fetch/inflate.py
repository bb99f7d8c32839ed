"""gzip undone under a limit: never more bytes in memory than the caller allows."""

import zlib

from monitor.errors import FetchError

#: Members (RFC 1952) that one body may have: honest servers send one; each costs time that is not in proportion to its size.
MEMBERS = 1000

_GZIP = zlib.MAX_WBITS | 16


class Inflater:
    """Takes a gzip stream in chunks and returns what it holds, `limit` bytes in all at the most.

    Raises FetchError: "too-large" beyond the limit, "bad-encoding" for what is not gzip, or ends too early.
    """

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._limit = limit
        self._members = 0
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False

    def feed(self, chunk: bytes) -> bytes:
        """Return the bytes that the stream's next `chunk` stands for."""
        pieces = []
        while chunk:
            if self._member.eof and not (chunk := self._next_member(chunk)):
                break
            self._begun = True
            pieces.append(self._inflate(chunk))
            chunk = self._member.unused_data
        return b"".join(pieces)

    def finish(self) -> None:
        """Say that the stream has ended."""
        if self._begun and not self._member.eof:
            raise FetchError("bad-encoding", "the gzip body ends too early")

    def _inflate(self, chunk: bytes) -> bytes:
        try:
            # One byte more than allowed tells "exactly full" from "too much".
            piece = self._member.decompress(chunk, self._left + 1)
        except zlib.error as error:
            raise FetchError("bad-encoding", f"the body is said to be gzip and is not: {error}") from None
        self._left -= len(piece)
        if self._left < 0:
            raise FetchError("too-large", f"the body is over {self._limit:,} bytes when unpacked", retry=False)
        return piece

    def _next_member(self, chunk: bytes) -> bytes:
        """Begin the member that follows a finished one; return what is left of the chunk (padding is dropped)."""
        chunk = chunk.lstrip(b"\0")
        if chunk:
            self._members += 1
            if self._members >= MEMBERS:
                raise FetchError("bad-encoding", f"the gzip body has over {MEMBERS} members", retry=False)
            self._member = zlib.decompressobj(_GZIP)
        return chunk
