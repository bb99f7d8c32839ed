"""A listener on a free port of loopback, with everything behind it that a test may change or look at."""

import asyncio
import http.client
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.core.digest import Context
from monitor.core.links import Deed, Effect, Links
from monitor.metrics import Metrics
from monitor.web import Health, Listener, pages

WELL = Health(beat_age=2.0, rules=12, rules_in_force=True, feeds=40, version="1.2.3")
LINKS = Links("https://news.example.org", b"k" * 32)


class Answer(NamedTuple):
    """What came back; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    text: str


class Served:
    """Serves the feeds of the channel "reader" from a folder, and notes in `done` what its links ask it to do."""

    def __init__(self, folder: Path) -> None:
        self.health, self.metrics = WELL, Metrics()
        self.folders = {"reader": folder}
        self.links: Links | None = LINKS
        self.done: list[tuple[Deed, timedelta | None]] = []
        self.told: Effect | None = Effect("ana gets it no more.", undoable=True)
        self.editions: dict[str, Context] = {}
        self.app = pages(
            lambda: self.health, self.metrics.registry, lambda: self.folders, lambda: self.links, self._act, self._show
        )
        self.listener = Listener(self.app, "127.0.0.1", 0)

    async def _act(self, deed: Deed, span: timedelta | None) -> Effect | None:
        self.done.append((deed, span))
        return self.told

    async def _show(self, edition_id: str) -> Context | None:
        return self.editions.get(edition_id)

    async def ask(
        self, path: str, method: str = "GET", *, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> Answer:
        """Send a request of a connection of its own."""
        return await asyncio.to_thread(self._ask, path, method, headers or {}, body)

    def _ask(self, path: str, method: str, headers: Mapping[str, str], body: str) -> Answer:
        connection = http.client.HTTPConnection(*self.listener.address, timeout=10)
        connection.request(method, path, body or None, dict(headers))
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        text = answer.read().decode()
        connection.close()
        return Answer(answer.status, told, text)
