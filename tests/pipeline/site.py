"""A news site whose pages are read: a real server on loopback, the feed that leads to its pages, and the reader of them."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Self

import pytest
import sqlalchemy as sa

from monitor.core.model import FullText
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.fetch import Door, DoorSettings
from monitor.parse.extraction import can_extract
from monitor.pipeline import PageReader
from monitor.pipeline.polling import Retrieve
from monitor.store.schema import articles
from monitor.store.schema import pages as queue
from tests.fetch.peers import Server, reply
from tests.pipeline.house import WIRE, House

needs_extraction = pytest.mark.skipif(not can_extract(), reason="the extra 'fulltext' is not installed")

TITLE, SUMMARY = "Envoys meet by the lake", "Delegations met in Geneva on Monday."
BOTH = Rule("both", parse('Geneva AND "security guarantees"'), deliver=("instant",), version="1")
HTML = {"Content-Type": "text/html; charset=utf-8"}


def html(*paragraphs: str) -> bytes:
    told = "".join(f"<p>{each}</p>" for each in (SUMMARY, "They spoke for hours, and dined together.", *paragraphs))
    return f"<!doctype html><html><body><article><h1>{TITLE}</h1>{told}</article></body></html>".encode()


PAGE = html("The envoy said that security guarantees had been discussed, and that a text would be ready soon.")


class Site:
    """A house whose feed leads to pages of a real server on loopback, which a test lets misbehave."""

    def __init__(self, house: House, server: Server) -> None:
        self.house = house
        self.server = server
        server.answers |= {"/robots.txt": reply(404), "/page": reply(200, PAGE, HTML)}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

        async def resolve(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        settings = DoorSettings(deadline=1.0, max_size=2_000_000)
        self.door = Door(settings, clock=house.clock, resolve=resolve, context=context)
        self.use(BOTH)
        self.restart()

    def restart(self, get: Retrieve | None = None) -> None:
        """Begin with a new reader, as a process that starts does."""
        house = self.house
        self.reader = PageReader(
            house.store, lambda: house.setup, house.poller.lookout, get or self.door.get, house.workers, house.metrics,
            house.clock, house.limits, ticks=lambda: house.clock().timestamp(),
        )  # fmt: skip

    def use(self, *rules: Rule, full_text: FullText = FullText.MAYBE) -> None:
        """Put rules in force, and say when pages of the feed are read."""
        self.house.change(sources=[replace(WIRE, full_text=full_text)], rules=rules)
        self.house.setup = replace(self.house.setup, allow_private=True, full_text=True)

    async def publish(self, path: str = "/page", *, title: str = TITLE, summary: str = SUMMARY, link: str = "") -> None:
        """Let a story appear in the feed, and poll it."""
        link = link or self.server.url(path)
        older = self.house.press.stories.get(WIRE.url, [])
        self.house.press.stories[WIRE.url] = [each for each in older if each.title != title]
        self.house.press.publish(WIRE.url, replace(self.house.story(title, summary, guid=title.split()[0]), link=link))
        await self.house.poll()

    async def read(self, later: timedelta = timedelta(0)) -> None:
        """Let time pass, and read the pages that are due."""
        self.house.clock.advance(later)
        await self.reader.read_due()
        await self.reader.settle()

    def asked(self, path: str = "/page") -> int:
        """How often a path was asked for."""
        return sum(each.target == path for each in self.server.asked)

    def article(self, title: str = TITLE) -> tuple[str, str, str]:
        """Body, state of the page, and why."""
        query = sa.select(articles.c.body, articles.c.page, articles.c.page_why).where(articles.c.title == title)
        (row,) = self.house.rows(query)
        return row.body, row.page, row.page_why

    def state(self) -> tuple[str, str]:
        """State of the page, and why."""
        return self.article()[1:]

    def queued(self) -> int:
        """How many pages wait."""
        return len(self.house.rows(sa.select(queue.c.article_id)))

    @classmethod
    @asynccontextmanager
    async def open(cls, house: House) -> AsyncIterator[Self]:
        """Run a site whose feed was read for the first time already."""
        async with Server() as server:
            site = cls(house, server)
            await house.first_sight("Old news")
            yield site
            await site.door.close()
