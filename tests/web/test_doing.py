"""What links in messages lead to, over real HTTP: looked at it does nothing, a POST does it."""

import asyncio
import http.client
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from monitor.core.links import Deed, Links, Mute, Unsubscribe
from monitor.metrics import Metrics
from monitor.web import Health, Listener, pages

WELL = Health(beat_age=2.0, rules=12, rules_in_force=True, feeds=40, version="1.2.3")
LINKS = Links("https://news.example.org", b"k" * 32)
LEAVE = Unsubscribe("desk", "morning", "<ana>@press.example")
QUIET = Mute("ferries", "instant", date(2026, 3, 2))


class Served:
    """A listener on a free port that notes what it is asked to do."""

    def __init__(self) -> None:
        self.done: list[tuple[Deed, timedelta | None]] = []
        self.told = "ana gets it no more."
        app = pages(lambda: WELL, Metrics().registry, dict, lambda: LINKS, self._act)
        self.listener = Listener(app, "127.0.0.1", 0)

    async def _act(self, deed: Deed, span: timedelta | None) -> str:
        self.done.append((deed, span))
        return self.told

    async def ask(self, method: str, deed: Deed | str, body: str = "") -> tuple[int, str]:
        """Return status and text of an answer."""
        token = deed if isinstance(deed, str) else LINKS.token(deed)
        return await asyncio.to_thread(self._ask, method, f"/do/{token}", body)

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(*self.listener.address, timeout=10)
        connection.request(method, path, body, {"content-type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        told = answer.status, answer.read().decode()
        assert answer.getheader("cache-control") == "no-store"
        assert "frame-ancestors 'none'" in (answer.getheader("content-security-policy") or "")
        connection.close()
        return told


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    served = Served()
    await served.listener.start()
    yield served
    await served.listener.stop()


@pytest.mark.parametrize("deed", [LEAVE, QUIET])
async def test_who_only_looks_changes_nothing(served: Served, deed: Deed) -> None:
    status, text = await served.ask("GET", deed)
    assert status == 200
    assert '<form method="post">' in text
    assert served.done == []


async def test_a_mail_program_unsubscribes_with_one_post(served: Served) -> None:
    status, text = await served.ask("POST", LEAVE, "List-Unsubscribe=One-Click")
    assert (status, served.done) == (200, [(LEAVE, timedelta(days=1))])
    assert "ana gets it no more." in text


async def test_what_was_done_can_be_undone(served: Served) -> None:
    await served.ask("POST", LEAVE, "undo=1")
    assert served.done == [(LEAVE, None)]


@pytest.mark.parametrize(("body", "days"), [("days=7", 7), ("days=30", 30), ("days=9999", 1), ("", 1), ("x" * 9999, 1)])
async def test_a_rule_is_muted_for_as_long_as_the_button_says(served: Served, body: str, days: int) -> None:
    await served.ask("POST", QUIET, body)
    assert served.done == [(QUIET, timedelta(days=days))]


async def test_names_are_text_and_no_markup(served: Served) -> None:
    _, text = await served.ask("GET", LEAVE)
    assert "&lt;ana&gt;@press.example" in text
    assert "<ana>" not in text


@pytest.mark.parametrize("token", ["nothing", "a.b", "x" * 3000])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_that_is_none_of_ours_leads_nowhere(served: Served, method: str, token: str) -> None:
    status, text = await served.ask(method, token)
    assert (status, served.done) == (404, [])
    assert "made by another Presswatch" in text


async def test_a_link_that_is_too_old_says_so(served: Served) -> None:
    served.told = ""
    assert (await served.ask("POST", QUIET, "days=7"))[0] == 410
