"""The guard: no name, literal or redirect leads the door into a private network."""

import asyncio
import ssl
from pathlib import Path

import pytest

from monitor.fetch import Door, DoorSettings, Request
from monitor.fetch.guard import GuardedBackend
from monitor.fetch.resolver import Resolver
from tests.clock import ManualClock
from tests.fetch.conftest import PUBLIC, Doors, fault, private
from tests.fetch.peers import Names, Server, reply

CERTIFICATE = Path(__file__).with_name("news.example.pem")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0", "0.0.0.0", "localhost", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "169.254.169.254", "10.0.0.1", "[fd00::1]", "[64:ff9b::7f00:1]",
    ],
)  # fmt: skip
async def test_every_way_to_write_a_private_address_is_refused(server: Server, clock: ManualClock, host: str) -> None:
    server.answers["/feed"] = reply(200, b"the intranet")
    door = Door(DoorSettings(), clock=clock)
    error = await fault(door.get(Request(server.url(host=host))))
    await door.close()
    # What the system does not take for an address at all is refused one step earlier.
    assert error.kind in ("refused-address", "dns", "bad-url")
    assert server.asked == []


async def test_a_name_with_a_public_and_a_private_address_is_refused(server: Server, door: Door) -> None:
    error = await fault(door.get(Request(server.url(host="mixed.example"))))
    assert (error.kind, error.retry) == ("refused-address", False)


async def test_a_name_without_addresses_is_refused(door: Door) -> None:
    assert (await fault(door.get(Request("http://nowhere.example/")))).kind == "refused-address"


async def test_the_name_is_asked_once_and_the_connection_goes_to_that_answer(server: Server, names: Names) -> None:
    names.known["rebinding.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    backend = GuardedBackend(names, allowed=lambda address: address == "127.0.0.1")
    stream = await backend.connect_tcp("rebinding.example", server.port)
    assert stream.get_extra_info("peername") == ("127.0.0.1", server.port)
    await stream.aclose()
    assert names.asked == ["rebinding.example"]


async def test_a_name_that_turns_private_later_is_refused_then(names: Names) -> None:
    names.known["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    judged: list[str] = []

    def allowed(address: str) -> bool:
        judged.append(address)
        return False

    backend = GuardedBackend(names, allowed)
    for _ in range(2):
        assert (await fault(backend.connect_tcp("rebinding.example", 80))).kind == "refused-address"
    assert judged == [PUBLIC, "127.0.0.1"]


async def test_the_next_address_is_tried_when_one_does_not_answer(server: Server, names: Names, door: Door) -> None:
    names.known["two.example"] = [["127.0.0.2", "127.0.0.1"]]
    server.answers["/feed"] = reply(200, b"news")
    assert (await private(door, server.url(host="two.example"))).body == b"news"


async def test_a_connection_made_with_leave_is_not_used_without(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(200, b"news")
    await private(door, server.url())
    assert (await fault(door.get(Request(server.url())))).kind == "refused-address"


async def test_a_proxy_of_the_environment_is_not_used(
    server: Server, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.answers["/feed"] = reply(200, b"news")
    assert (await private(door, server.url())).body == b"news"


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=CERTIFICATE)


async def secure() -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return Server({"/feed": reply(200, b"news")}, scheme="https", context=context)


@pytest.mark.parametrize(
    ("host", "trusted", "kind"),
    [
        ("news.example", True, None),
        ("other.example", True, "tls"),
        ("127.0.0.1", True, "tls"),
        ("news.example", False, "tls"),
    ],
)
async def test_a_certificate_must_be_trusted_and_for_the_name_though_the_address_is_what_is_called(
    clock: ManualClock, names: Names, host: str, trusted: bool, kind: str | None
) -> None:
    names.known |= {"news.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
    door = Door(DoorSettings(), clock=clock, resolve=names, context=trusting() if trusted else None)
    async with await secure() as server:
        asking = private(door, server.url(host=host))
        if kind is None:
            assert (await asking).body == b"news"
        else:
            assert (await fault(asking)).kind == kind
    await door.close()


async def test_plain_http_behind_https_is_a_tls_error(door: Door) -> None:
    def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        assert (await fault(private(door, f"https://127.0.0.1:{port}/"))).kind == "tls"


async def test_a_handshake_that_hangs_is_given_up_and_its_connection_closed(server: Server, new_door: Doors) -> None:
    closed = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        closed.set()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        error = await fault(private(new_door(deadline=0.2), f"https://127.0.0.1:{port}/"))
        assert error.kind == "timeout"
        async with asyncio.timeout(5):
            await closed.wait()


async def test_the_system_resolves_names_and_remembers_them() -> None:
    resolver = Resolver()
    first = await resolver("localhost", 80)
    assert set(first) <= {"127.0.0.1", "::1"}
    assert await resolver("localhost", 80) is first


@pytest.mark.parametrize("name", ["no-such-name.invalid", "a" * 64 + ".example", "." * 5])
async def test_a_name_that_cannot_be_resolved_is_an_error(name: str) -> None:
    resolver = Resolver()
    error = await fault(resolver(name, 80))
    assert (error.kind, error.retry) == ("dns", True)
