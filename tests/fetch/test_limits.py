"""Limits: of time, of size, of what is unpacked. Each hostile peer is real."""

import asyncio
import gzip
import zlib

import pytest

from monitor.fetch import Door
from tests.fetch.conftest import Doors, fault, private
from tests.fetch.peers import Server, cut_off, endless, gated, raw, redirect, reply

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
SOON = 0.2  # seconds


async def test_a_server_that_never_answers_is_given_up_at_the_deadline(server: Server, new_door: Doors) -> None:
    server.answers["/feed"] = gated(asyncio.Event(), reply(200))
    error = await fault(private(new_door(deadline=SOON), server.url()))
    assert (error.kind, error.retry) == ("timeout", True)


@pytest.mark.parametrize(
    "drip",
    [
        pytest.param(endless(CHUNKED, b"1\r\nx\r\n", 0.02), id="body"),
        pytest.param(endless(OK, b"X-Drip: 1\r\n", 0.02), id="headers"),
        pytest.param(endless(b"", b"H", 0.02), id="status line"),
    ],
)
async def test_a_server_that_drips_is_given_up_at_the_deadline(server: Server, new_door: Doors, drip: object) -> None:
    server.answers["/feed"] = drip  # type: ignore[assignment]
    started = asyncio.get_running_loop().time()
    error = await fault(private(new_door(deadline=SOON), server.url()))
    assert error.kind in ("timeout", "protocol")
    assert asyncio.get_running_loop().time() - started < SOON + 1


async def test_the_deadline_counts_for_all_redirects_together(server: Server, new_door: Doors) -> None:
    async def slow(asked: object, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(SOON * 0.6)
        await redirect(302, "/feed")(asked, writer)  # type: ignore[arg-type]

    server.answers["/feed"] = slow
    assert (await fault(private(new_door(deadline=SOON), server.url()))).kind == "timeout"
    assert len(server.asked) == 2


async def test_a_body_that_says_it_is_too_large_is_refused_unread(server: Server, door: Door) -> None:
    server.answers["/feed"] = raw(OK + b"Content-Length: 100000000\r\n\r\n")
    error = await fault(private(door, server.url()))
    assert (error.kind, error.retry) == ("too-large", False)


async def test_an_endless_body_is_refused_at_the_limit(server: Server, door: Door) -> None:
    server.answers["/feed"] = endless(CHUNKED, b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
    error = await fault(private(door, server.url()))
    assert (error.kind, str(error)) == ("too-large", "the body is over 100,000 bytes")


async def test_a_body_of_just_the_limit_is_read(server: Server, new_door: Doors) -> None:
    server.answers["/feed"] = reply(200, b"x" * 5000)
    assert len((await private(new_door(max_size=5000), server.url())).body) == 5000
    assert (await fault(private(new_door(max_size=4999), server.url()))).kind == "too-large"


async def test_a_packed_body_is_unpacked(server: Server, door: Door) -> None:
    packed = gzip.compress(b"<rss>" + b" news" * 10_000, mtime=0)
    server.answers["/feed"] = reply(200, packed, {"Content-Encoding": "GZip"})
    assert (await private(door, server.url())).body == b"<rss>" + b" news" * 10_000


async def test_a_gzip_bomb_is_refused_at_the_limit(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(200, gzip.compress(b"\0" * 50_000_000, mtime=0), {"Content-Encoding": "gzip"})
    error = await fault(private(door, server.url()))
    assert (error.kind, str(error)) == ("too-large", "the body is over 200,000 bytes when unpacked")


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip", "gzip, br", "compress", "x" * 500])
async def test_a_packing_that_was_not_asked_for_is_refused(server: Server, door: Door, coding: str) -> None:
    server.answers["/feed"] = reply(200, gzip.compress(gzip.compress(b"news"), mtime=0), {"Content-Encoding": coding})
    error = await fault(private(door, server.url()))
    assert error.kind == "bad-encoding"
    assert len(str(error)) < 120


@pytest.mark.parametrize("body", [b"<rss/>", zlib.compress(b"<rss/>"), gzip.compress(b"<rss/>", mtime=0)[:12]])
async def test_a_body_that_is_not_packed_as_it_says_is_refused(server: Server, door: Door, body: bytes) -> None:
    server.answers["/feed"] = reply(200, body, {"Content-Encoding": "gzip"})
    assert (await fault(private(door, server.url()))).kind == "bad-encoding"


async def test_huge_headers_are_refused(server: Server, door: Door) -> None:
    server.answers["/feed"] = raw(OK + b"X-Padding: " + b"x" * 5_000_000 + b"\r\n\r\n")
    assert (await fault(private(door, server.url()))).kind == "protocol"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(cut_off(OK + b"Content-Length: 500\r\n\r\n<rss>half"), id="shorter than it says"),
        pytest.param(cut_off(CHUNKED + b"5\r\n<rss>\r\n"), id="chunks without an end"),
        pytest.param(cut_off(b"HTTP/1.1 200 OK\r\nContent-Le"), id="half a head"),
        pytest.param(cut_off(b""), id="nothing"),
        pytest.param(raw(OK + b"Content-Length: many\r\n\r\n"), id="a length that is no number"),
        pytest.param(raw(OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nnews"), id="two lengths"),
    ],
)
async def test_an_answer_that_contradicts_itself_is_an_error(server: Server, door: Door, answer: object) -> None:
    server.answers["/feed"] = answer  # type: ignore[assignment]
    assert (await fault(private(door, server.url()))).kind in ("protocol", "broken-off")


async def test_one_hostile_server_leaves_the_door_as_it_was(server: Server, new_door: Doors) -> None:
    door = new_door(deadline=SOON, connections=2)
    server.answers["/hang"] = gated(asyncio.Event(), reply(200))
    await asyncio.gather(*(fault(private(door, server.url("/hang"))) for _ in range(4)))
    server.answers["/feed"] = reply(200, b"news")
    assert (await private(door, server.url())).body == b"news"
