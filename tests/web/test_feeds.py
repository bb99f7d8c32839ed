"""Atom feeds over real HTTP: read only, sent once, and nothing else of the folder."""

import asyncio
import http.client
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.links import Deed
from monitor.metrics import Metrics
from monitor.web import Health, Listener, pages

WELL = Health(beat_age=2.0, rules=12, rules_in_force=True, feeds=40, version="1.2.3")
MARCH = 1_772_434_800  # 2026-03-02T07:00:00Z


async def nobody(deed: Deed, span: timedelta | None) -> str:
    """Do nothing: there are no links."""
    raise AssertionError


@dataclass
class Served:
    """A listener on a free port, with the feeds of the channel "reader" in a folder."""

    folder: Path
    folders: dict[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folders = {"reader": self.folder / "feeds"}
        app = pages(lambda: WELL, Metrics().registry, lambda: self.folders, lambda: None, nobody)
        self.listener = Listener(app, "127.0.0.1", 0)

    def write(self, name: str, text: str = "<feed/>") -> None:
        file = self.folder / "feeds" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.utime(file, (MARCH, MARCH))

    async def ask(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Return status, headers and text of an answer."""
        return await asyncio.to_thread(self._ask, path, method, headers or {})

    def _ask(self, path: str, method: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection(*self.listener.address, timeout=10)
        connection.request(method, path, headers=dict(headers))
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        text = answer.read().decode()
        connection.close()
        return answer.status, told, text


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    served = Served(tmp_path)
    await served.listener.start()
    yield served
    await served.listener.stop()


async def test_a_feed_is_served_with_its_type_and_its_validators(served: Served) -> None:
    served.write("morning.atom")
    served.write("morning/harbour.atom", "<feed>harbour</feed>")
    status, headers, text = await served.ask("/feeds/reader/morning.atom")
    assert (status, text) == (200, "<feed/>")
    assert headers["content-type"] == "application/atom+xml"
    assert headers["last-modified"] == "Mon, 02 Mar 2026 07:00:00 GMT"
    assert headers["etag"].startswith('"')
    assert (await served.ask("/feeds/reader/morning/harbour.atom"))[2] == "<feed>harbour</feed>"
    assert "/feeds/reader/DIGEST.atom\n" in (await served.ask("/"))[2]


async def test_who_has_a_feed_is_not_sent_it_again_until_it_changes(served: Served) -> None:
    served.write("morning.atom")
    _, headers, _ = await served.ask("/feeds/reader/morning.atom")
    for name, value in (("If-None-Match", headers["etag"]), ("If-Modified-Since", headers["last-modified"])):
        status, again, text = await served.ask("/feeds/reader/morning.atom", headers={name: value})
        assert (status, text, again["etag"]) == (304, "", headers["etag"])
    served.write("morning.atom", "<feed>more</feed>")
    status, _, text = await served.ask("/feeds/reader/morning.atom", headers={"If-None-Match": headers["etag"]})
    assert (status, text) == (200, "<feed>more</feed>")


async def test_a_head_is_answered_without_the_feed(served: Served) -> None:
    served.write("morning.atom")
    status, headers, text = await served.ask("/feeds/reader/morning.atom", "HEAD")
    assert (status, headers["content-length"], text) == (200, "7", "")


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/",
        "/feeds/reader/",
        "/feeds/reader/.lock",
        "/feeds/reader/.started",
        "/feeds/reader/.atom",
        "/feeds/reader/evening.atom",
        "/feeds/reader/folder.atom",
        "/feeds/reader/notes.txt",
        "/feeds/other/morning.atom",
        "/feeds/reader/../secret.atom",
        "/feeds/reader/%2e%2e/secret.atom",
        "/feeds/reader/..%2fsecret.atom",
        "/feeds/reader/%2e%2e%2fsecret.atom",
        "/feeds/../secret.atom",
        "/feeds/reader/..%5csecret.atom",
        "/feeds/reader/morning%00.atom",
        f"/feeds/reader/{'x' * 300}.atom",
    ],
)
async def test_nothing_else_is_served(served: Served, path: str) -> None:
    for name in ("morning.atom", ".lock", ".started", ".atom", "notes.txt", "folder.atom/x.txt", "../secret.atom"):
        served.write(name)
    assert (await served.ask(path))[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_feed_cannot_be_written(served: Served, method: str) -> None:
    served.write("morning.atom")
    assert (await served.ask("/feeds/reader/morning.atom", method))[0] == 405


async def test_a_channel_that_a_reload_took_away_is_served_no_more(served: Served) -> None:
    served.write("morning.atom")
    served.folders = {}
    assert (await served.ask("/feeds/reader/morning.atom"))[0] == 404
    assert (await served.ask("/"))[2] == "Presswatch\n/healthz\n/metrics\n"
