"""Unpacking gzip: equal to the standard library on what is honest, bounded on what is not."""

import contextlib
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.fetch.inflate import MEMBERS, Inflater

LIMIT = 200_000


def inflated(packed: bytes, sizes: list[int], limit: int = LIMIT) -> bytes:
    """Unpack in chunks of the given sizes, the last one repeated."""
    inflater = Inflater(limit)
    pieces = []
    while packed:
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        pieces.append(inflater.feed(packed[:size]))
        packed = packed[size:]
    inflater.finish()
    return b"".join(pieces)


@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=4), st.lists(st.integers(1, 700), min_size=1))
def test_any_honest_stream_unpacks_as_the_standard_library_does_however_it_is_cut(
    members: list[bytes], sizes: list[int]
) -> None:
    packed = b"".join(map(gzip.compress, members))
    assert inflated(packed, sizes) == gzip.decompress(packed) == b"".join(members)


@given(st.binary(min_size=1, max_size=2000), st.integers(0, 1999))
def test_a_limit_is_kept_to_the_byte(content: bytes, limit: int) -> None:
    packed = gzip.compress(content, mtime=0)
    if len(content) <= limit:
        assert inflated(packed, [100], limit) == content
    else:
        with pytest.raises(FetchError) as caught:
            inflated(packed, [100], limit)
        assert caught.value.kind == "too-large"


@given(st.binary(max_size=500))
def test_garbage_is_refused_and_never_raises_anything_else(garbage: bytes) -> None:
    with contextlib.suppress(FetchError):
        assert inflated(garbage, [50]) == gzip.decompress(garbage)


def test_a_bomb_is_stopped_at_the_limit_without_unpacking_it() -> None:
    bomb = gzip.compress(b"\0" * 100_000_000, 9, mtime=0)
    inflater = Inflater(LIMIT)
    with pytest.raises(FetchError, match="200,000 bytes"):
        inflater.feed(bomb)


def test_a_stream_that_ends_too_early_is_refused() -> None:
    with pytest.raises(FetchError, match="ends too early"):
        inflated(gzip.compress(b"a whole story", mtime=0)[:-9], [10])


def test_zeros_that_pad_the_end_are_passed_over() -> None:
    assert inflated(gzip.compress(b"news", mtime=0) + b"\0" * 20, [7]) == b"news"


def test_a_stream_of_nothing_but_members_is_refused() -> None:
    with pytest.raises(FetchError, match="members"):
        inflated(gzip.compress(b"", mtime=0) * (MEMBERS + 1), [60_000])


def test_a_zlib_stream_is_not_gzip() -> None:
    with pytest.raises(FetchError) as caught:
        inflated(zlib.compress(b"news"), [100])
    assert caught.value.kind == "bad-encoding"


def test_an_empty_body_is_empty() -> None:
    Inflater(LIMIT).finish()
