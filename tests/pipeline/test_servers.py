"""Servers that lie, over real sockets: what a poll makes of them, from the request to what is stored."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.core.model import Feed
from monitor.fetch import Door, DoorSettings
from monitor.pipeline import Poller
from monitor.store import feeds
from monitor.store.schema import articles
from tests.endtoend.newsstand import Story, rss
from tests.fetch.peers import Answer, Asked, Server, cut_off, gated, reply
from tests.pipeline.house import House, rule, with_polls

DAY = timedelta(days=1)
PEOPLE_ONLY = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
)


class Field:
    """A house whose poller asks real servers, and the feeds it reads there."""

    def __init__(self, house: House, server: Server) -> None:
        self.house = house
        self.server = server
        self.door = self._door()
        self._install()

    async def _resolve(self, host: str, _port: int) -> Sequence[str]:
        if host == "lost.example":
            await asyncio.Event().wait()  # a name server that never answers
        return ["127.0.0.1"]

    def _door(self, deadline: float = 1.0, patience: float = 2.0) -> Door:
        async def resolve(host: str, port: int) -> list[str]:
            return list(await self._resolve(host, port))

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return Door(
            DoorSettings(deadline=deadline, patience=patience), clock=self.house.clock, resolve=resolve, context=context
        )

    def _install(self) -> None:
        house = self.house
        house.setup = replace(house.setup, allow_private=True)
        house.poller = Poller(
            house.store, lambda: house.setup, self.door.get, house.workers, house.metrics, house.clock, house.limits
        )

    async def open(self, deadline: float, patience: float) -> None:
        """Ask through a door with other settings."""
        await self.door.close()
        self.door = self._door(deadline, patience)
        self._install()

    def read(self, *names: str, host: str = "127.0.0.1") -> list[Feed]:
        """Configure a feed for each name, at a path of the server."""
        sources = [Feed(each, self.server.url(f"/{each}", host)) for each in names]
        self.house.change(sources=sources, rules=[rule("ferry")])
        self._install()
        return sources

    async def poll(self, days: float = 0) -> None:
        """Let the time of the next poll come, whenever that is, and poll."""
        self.house.clock.advance(days * DAY)
        with self.house.store.transaction() as tx:
            feeds.clamp(tx, timedelta(0))
        await self.house.poller.poll_due()
        await self.house.poller.settle()

    def error(self, name: str = "wire") -> str:
        """What a feed last failed of."""
        return self.house.feed(name).error


@pytest.fixture
async def field(house: House) -> AsyncIterator[Field]:
    async with Server() as server:
        field = Field(house, server)
        yield field
        await field.door.close()


async def test_a_host_that_hangs_leaves_room_for_the_feeds_of_others(field: Field) -> None:
    gate = asyncio.Event()
    hung = [Feed(f"hung-{number}", field.server.url(f"/hung-{number}", "slow.example")) for number in range(60)]
    field.server.answers |= {f"/{each.id}": gated(gate, reply(404)) for each in hung}
    field.server.answers["/wire"] = reply(200, document("The ferry sails", house=field.house))
    field.house.restart(with_polls(field.house.limits, 10))
    field.house.change(sources=hung, rules=[rule("ferry")])
    field.house.clock.advance(timedelta(seconds=1))
    field.house.change(sources=[*hung, Feed("wire", field.server.url("/wire"))], rules=[rule("ferry")])
    await field.open(20.0, 0.02)
    await field.house.poller.poll_due()
    await field.server.reached(3)
    assert [each.target for each in field.server.asked][-1] == "/wire"
    gate.set()
    await field.house.poller.settle()
    assert field.house.titles() == ["The ferry sails"]
    waits = [field.house.feed(each.id) for each in hung]
    assert sum("took over" in each.next_poll_reason and each.failures == 0 for each in waits) >= 50


def document(*titles: str, house: House) -> bytes:
    return rss("Wire", [house.story(title) for title in titles])


def validated(body: bytes, etag: str, *, knows: Sequence[str]) -> Answer:
    """A document under an ETag, for which the server takes what is said in If-None-Match to be one of `knows`."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        told = asked.headers.get("if-none-match", "")
        unchanged = told in knows or any(each.strip() in knows for each in told.split(","))
        headers = {"ETag": etag, "Content-Type": "application/rss+xml"}
        await reply(304, b"", headers)(asked, writer) if unchanged else await reply(200, body, headers)(asked, writer)

    return answer


async def test_a_304_that_nobody_asked_for_is_told_and_hides_nothing(field: Field) -> None:
    field.read("wire")
    field.server.answers["/wire"] = reply(304)
    await field.poll()
    assert "304" in field.error()
    field.server.answers["/wire"] = reply(200, document("The ferry sails", house=field.house))
    await field.poll()
    assert field.house.titles() == ["The ferry sails"]


async def test_a_server_that_says_unchanged_for_ever_is_asked_without_a_condition_now_and_then(field: Field) -> None:
    field.read("wire")
    field.server.answers["/wire"] = validated(document("Rain at noon", house=field.house), '"one"', knows=[])
    await field.poll()
    fresh = document("The ferry sails", "Rain at noon", house=field.house)
    field.server.answers["/wire"] = validated(fresh, '"one"', knows=['"one"'])
    for _ in range(400):
        await field.poll(days=0.01)
        if field.house.titles() != ["Rain at noon"]:
            break
    assert field.house.titles() == ["Rain at noon", "The ferry sails"]
    assert sum("if-none-match" not in each.headers for each in field.server.asked) <= 1 + len(field.server.asked) / 20


@pytest.mark.parametrize(
    ("etag", "knows"),
    [
        pytest.param('W/"5f3a"', ['W/"5f3a"'], id="a weak one, compared to the letter"),
        pytest.param('"5f3a-gzip"', ['"5f3a"'], id="Apache's own, which it does not know again"),
        pytest.param('"5f3a;v=1,2"', ['"5f3a;v=1,2"'], id="one with commas in it"),
    ],
)
async def test_a_validator_goes_back_so_that_the_server_knows_it_again(
    field: Field, etag: str, knows: Sequence[str]
) -> None:
    field.read("wire")
    field.server.answers["/wire"] = validated(document("Rain at noon", house=field.house), etag, knows=knows)
    await field.poll()
    await field.poll()
    assert field.house.figure("polls_total", result="unchanged") == 1
    assert field.house.titles() == ["Rain at noon"]


async def test_a_date_is_sent_back_to_the_letter(field: Field) -> None:
    stated = "Monday, 02-Mar-26 07:00:00 GMT"  # an obsolete form (RFC 850), which the server compares as text

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        body = document("Rain at noon", house=field.house)
        known = asked.headers.get("if-modified-since") == stated
        await (reply(304) if known else reply(200, body, {"Last-Modified": stated}))(asked, writer)

    field.read("wire")
    field.server.answers["/wire"] = answer
    await field.poll()
    await field.poll()
    assert field.house.figure("polls_total", result="unchanged") == 1


async def test_a_body_shorter_than_announced_is_an_error_and_none_of_it_is_stored(field: Field) -> None:
    field.read("wire")
    body = document("The ferry sails", house=field.house)
    head = f'HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Length: {len(body) + 500}\r\n\r\n'.encode()
    field.server.answers["/wire"] = cut_off(head + body)
    await field.poll()
    assert field.error()
    assert field.house.titles() == []
    field.server.answers["/wire"] = reply(200, body, {"ETag": '"x"'})
    await field.poll()
    assert field.house.titles() == ["The ferry sails"]


async def test_a_body_longer_than_announced_brings_its_whole_items_and_the_rest_when_it_is_right(field: Field) -> None:
    field.read("wire")
    whole = document("The ferry sails", "Rain at noon", house=field.house)
    announced = whole.index(b"<item>", whole.index(b"</item>"))
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\nConnection: close\r\n\r\n".encode()
    field.server.answers["/wire"] = cut_off(head + whole)
    await field.poll()
    assert field.house.titles() == ["The ferry sails"]
    field.server.answers["/wire"] = reply(200, whole)
    await field.poll()
    assert field.house.titles() == ["Rain at noon", "The ferry sails"]


@pytest.mark.parametrize(
    ("header", "prolog", "written"),
    [
        ("windows-1251", "utf-8", "windows-1251"),
        ("utf-8", "windows-1251", "utf-8"),
        ("iso-8859-1", "utf-8", "utf-8"),
        ("us-ascii", "utf-8", "utf-8"),
    ],
)
async def test_the_letters_are_right_though_header_and_prolog_disagree(
    field: Field, header: str, prolog: str, written: str
) -> None:
    field.read("wire")
    text = document("Паром отходит на рассвете", house=field.house).decode().replace("'utf-8'", f"'{prolog}'")
    body = text.encode(written)
    field.server.answers["/wire"] = reply(200, body, {"Content-Type": f"application/rss+xml; charset={header}"})
    await field.poll()
    assert field.house.titles() == ["Паром отходит на рассвете"]


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (403, {}, "HTTP 403: the server refuses access"),
        (403, {"Server": "cloudflare"}, "HTTP 403: Cloudflare, which stands before the site, refuses access"),
        (403, {"Server": "cloudflare", "cf-mitigated": "challenge"}, "Cloudflare asks for proof of a human visitor"),
        (503, {"Server": "cloudflare", "cf-mitigated": "challenge"}, "Cloudflare asks for proof of a human visitor"),
        (200, {"Content-Type": "text/html"}, "a page that wants proof of a human visitor"),
    ],
)
async def test_a_page_in_place_of_a_feed_is_told_as_what_it_is(
    field: Field, status: int, headers: dict[str, str], told: str
) -> None:
    field.read("wire")
    field.server.answers["/wire"] = reply(status, PEOPLE_ONLY, headers)
    await field.poll()
    assert told in field.error()
    assert "malformed" not in field.error()


async def test_ten_thousand_new_items_at_once_come_over_several_polls_and_none_is_lost(field: Field) -> None:
    field.house.limits = replace(field.house.limits, entries=2500)
    field.read("wire")
    field.server.answers["/wire"] = reply(200, document("Rain at noon", house=field.house))
    await field.poll()
    flood = [f"Tide table {number}" for number in range(10_000)]
    field.server.answers["/wire"] = reply(200, document(*flood, house=field.house))
    await field.poll()
    assert len(field.house.titles()) == 1 + field.house.limits.entries
    for _ in range(len(flood) // field.house.limits.entries):
        await field.poll()
    assert len(field.house.titles()) == 1 + len(flood)


async def test_dates_beyond_reason_are_brought_within_it_and_keep_nothing_from_ringing(field: Field) -> None:
    house = field.house
    field.read("wire")
    field.server.answers["/wire"] = reply(200, document("Rain at noon", house=house))
    await field.poll()
    future = Story("The ferry of tomorrow's century", published=house.clock() + 36_500 * DAY)
    ancient = Story("The ferry of 2006", published=house.clock() - 7_300 * DAY)
    field.server.answers["/wire"] = reply(200, rss("Wire", [future, ancient]))
    await field.poll()
    dates = {row.title: row.published for row in house.rows(sa.select(articles.c.title, articles.c.published))}
    assert dates[future.title] == house.clock()
    assert dates[ancient.title] == house.clock() - timedelta(days=3653)
    assert house.fates() == {"pending": 1, "expired": 1}


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1), 365 * DAY, -365 * DAY])
async def test_a_clock_that_jumps_loses_no_story_and_doubles_none(field: Field, jump: timedelta) -> None:
    house = field.house
    field.read("wire")
    field.server.answers["/wire"] = reply(200, document("Rain at noon", house=house))
    await field.poll()
    body = document("The ferry sails", "Rain at noon", house=house)
    field.server.answers["/wire"] = reply(200, body)
    house.clock.advance(jump)
    await field.poll()
    house.clock.advance(-jump)
    await field.poll()
    assert house.titles() == ["Rain at noon", "The ferry sails"]
    assert house.matches() == 1


async def test_a_name_server_that_hangs_costs_its_own_feeds_a_failure_and_no_other_anything(field: Field) -> None:
    lost = Feed("lost", field.server.url("/lost", "lost.example"))
    wire = Feed("wire", field.server.url("/wire"))
    field.house.change(sources=[lost, wire], rules=[rule("ferry")])
    field._install()
    field.server.answers["/wire"] = reply(200, document("Rain at noon", house=field.house))
    await field.poll()
    assert field.house.titles() == ["Rain at noon"]
    assert field.house.feed("lost").failures == 1
    assert "lost.example" in field.error("lost")
    assert not field.house.feed("wire").failures


async def test_a_feed_that_floods_its_host_with_redirects_to_itself_is_told(field: Field) -> None:
    field.read("wire")
    field.server.answers["/wire"] = reply(302, b"", {"Location": "/wire"})
    await field.poll()
    assert "circle" in field.error()
