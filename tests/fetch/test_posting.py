"""Posting a message through the same door."""

import asyncio

import pytest

from monitor.fetch import Door
from tests.fetch.conftest import Doors, fault, private
from tests.fetch.peers import Names, Server, cut_off, gated, redirect, reply

JSON = {"Content-Type": "application/json"}


async def post(door: Door, url: str, *, deadline: float = 5.0, allow_private: bool = True) -> tuple[int, bytes]:
    answer = await door.post(url, JSON, b'{"text": "news"}', deadline=deadline, allow_private=allow_private)
    return answer.status, answer.body


async def test_a_message_arrives_whole_and_the_answer_comes_back(server: Server, door: Door) -> None:
    server.answers["/hook"] = reply(200, b"ok")
    assert await post(door, server.url("/hook")) == (200, b"ok")
    asked = server.asked[0]
    assert (asked.method, asked.body, asked.headers["content-type"]) == (
        "POST",
        b'{"text": "news"}',
        "application/json",
    )


@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_a_refusal_is_an_answer_with_its_body(server: Server, door: Door, status: int) -> None:
    server.answers["/hook"] = reply(status, b"no_service", {"Retry-After": "2"})
    answer = await door.post(server.url("/hook"), {}, b"", deadline=5, allow_private=True)
    assert (answer.status, answer.body, answer.headers["retry-after"]) == (status, b"no_service", "2")


async def test_a_redirect_is_not_followed(server: Server, door: Door) -> None:
    server.answers["/hook"] = redirect(307, "/elsewhere")
    assert (await post(door, server.url("/hook")))[0] == 307
    assert len(server.asked) == 1


async def test_a_post_has_a_deadline_of_its_own(server: Server, door: Door) -> None:
    server.answers["/hook"] = gated(asyncio.Event(), reply(200))
    assert (await fault(post(door, server.url("/hook"), deadline=0.1))).kind == "timeout"


async def test_a_webhook_must_be_public_unless_it_has_leave(server: Server, door: Door) -> None:
    error = await fault(post(door, server.url("/hook"), allow_private=False))
    assert error.kind == "refused-address"
    assert server.asked == []


async def test_a_connection_lost_after_the_message_is_not_taken_for_one_never_made(server: Server, door: Door) -> None:
    server.answers["/hook"] = cut_off(b"")
    assert (await fault(post(door, server.url("/hook")))).kind not in ("connect", "dns", "tls", "refused-address")


async def test_a_message_is_sent_once_even_over_a_connection_that_has_gone_stale(server: Server, door: Door) -> None:
    server.answers["/hook"] = reply(200, b"ok")
    await post(door, server.url("/hook"))
    server.answers["/hook"] = cut_off(b"")
    await fault(post(door, server.url("/hook")))
    assert len(server.asked) == 2


async def test_a_huge_answer_is_refused(server: Server, new_door: Doors) -> None:
    server.answers["/hook"] = reply(200, b"x" * 3000)
    assert (await fault(post(new_door(max_size=1000), server.url("/hook")))).kind == "too-large"


async def test_feeds_that_hang_do_not_keep_a_message_from_going_out(
    server: Server, new_door: Doors, names: Names
) -> None:
    names.known |= {f"slow{n}.example": [["127.0.0.1"]] for n in range(3)}
    server.answers |= {"/feed": gated(asyncio.Event(), reply(200)), "/hook": reply(200, b"ok")}
    door = new_door(connections=3)
    hanging = [asyncio.create_task(private(door, server.url(host=f"slow{n}.example"))) for n in range(3)]
    await server.reached(3)
    assert await post(door, server.url("/hook"), deadline=2) == (200, b"ok")
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
