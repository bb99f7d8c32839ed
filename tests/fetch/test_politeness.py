"""Politeness: how many requests a host has to bear at a time."""

import asyncio

from monitor.fetch.hosts import Hosts
from tests.fetch.conftest import Doors, fault, private
from tests.fetch.peers import Names, Server, gated, reply


async def test_a_host_never_sees_more_than_its_share_at_once(server: Server, new_door: Doors) -> None:
    gate = asyncio.Event()
    server.answers["/feed"] = gated(gate, reply(200, b"news"))
    door = new_door(per_host=2)
    asking = [asyncio.create_task(private(door, server.url())) for _ in range(12)]
    await server.reached(2)
    gate.set()
    assert [each.status for each in await asyncio.gather(*asking)] == [200] * 12
    assert server.most_at_once == 2


async def test_a_slow_host_holds_up_no_other(server: Server, new_door: Doors, names: Names) -> None:
    names.known |= {"slow.example": [["127.0.0.1"]], "quick.example": [["127.0.0.1"]]}
    gate = asyncio.Event()
    server.answers |= {"/slow": gated(gate, reply(200, b"late")), "/feed": reply(200, b"news")}
    door = new_door(per_host=1)
    slow = [asyncio.create_task(private(door, server.url("/slow", host="slow.example"))) for _ in range(3)]
    assert (await private(door, server.url(host="quick.example"))).body == b"news"
    assert not any(task.done() for task in slow)
    gate.set()
    assert [each.body for each in await asyncio.gather(*slow)] == [b"late"] * 3


async def test_waiting_for_ones_turn_does_not_use_up_the_deadline(server: Server, new_door: Doors) -> None:
    gate = asyncio.Event()
    server.answers |= {"/first": gated(gate, reply(200)), "/feed": reply(200, b"news")}
    door = new_door(per_host=1, deadline=0.3)
    first = asyncio.create_task(private(door, server.url("/first")))
    second = asyncio.create_task(private(door, server.url()))
    assert (await fault(first)).kind == "timeout"
    assert (await second).body == b"news"


async def test_a_turn_that_never_comes_is_an_error_and_no_host_is_remembered() -> None:
    turns = Hosts(at_once=1)
    async with turns.turn("slow.example", 0.01):
        waiting = turns.turn("slow.example", 0.01)
        assert (await fault(waiting.__aenter__())).kind == "host-busy"
        assert turns.busy == {"slow.example"}
    assert turns.busy == set()
