"""What links in messages lead to, over real HTTP: looked at it does nothing, a POST does it."""

from datetime import date, timedelta

import pytest

from monitor.core.links import Deed, Effect, Mute, Unsubscribe
from tests.web.served import LINKS, Served

LEAVE = Unsubscribe("morning", "<ana>@press.example")
QUIET = Mute("ferries", "instant", date(2026, 3, 2))


async def ask(served: Served, method: str, deed: Deed | str, body: str = "") -> tuple[int, str]:
    """Follow a link, and return status and text of the answer, which nobody keeps or puts into a frame."""
    token = deed if isinstance(deed, str) else LINKS.token(deed)
    form = {"content-type": "application/x-www-form-urlencoded"}
    status, headers, text = await served.ask(f"/do/{token}", method, headers=form, body=body)
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    return status, text


@pytest.mark.parametrize("deed", [LEAVE, QUIET])
async def test_who_only_looks_changes_nothing(served: Served, deed: Deed) -> None:
    status, text = await ask(served, "GET", deed)
    assert status == 200
    assert '<form method="post">' in text
    assert served.done == []


async def test_a_mail_program_unsubscribes_with_one_post(served: Served) -> None:
    status, text = await ask(served, "POST", LEAVE, "List-Unsubscribe=One-Click")
    assert (status, served.done) == (200, [(LEAVE, timedelta(days=1))])
    assert "ana gets it no more." in text


async def test_what_a_link_did_can_be_undone_and_nothing_else(served: Served) -> None:
    assert 'name="undo"' in (await ask(served, "POST", QUIET, "days=7"))[1]
    served.told = Effect("It is muted already by ana.")
    assert "undo" not in (await ask(served, "POST", QUIET, "days=7"))[1]
    served.done.clear()
    await ask(served, "POST", LEAVE, "undo=1")
    assert served.done == [(LEAVE, None)]


@pytest.mark.parametrize(("body", "days"), [("days=7", 7), ("days=30", 30), ("days=9999", 1), ("", 1), ("x" * 9999, 1)])
async def test_a_rule_is_muted_for_as_long_as_the_button_says(served: Served, body: str, days: int) -> None:
    await ask(served, "POST", QUIET, body)
    assert served.done == [(QUIET, timedelta(days=days))]


async def test_names_are_text_and_no_markup(served: Served) -> None:
    _, text = await ask(served, "GET", LEAVE)
    assert "&lt;ana&gt;@press.example" in text
    assert "<ana>" not in text


@pytest.mark.parametrize("token", ["nothing", "a.b", "x" * 3000])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_that_is_none_of_ours_leads_nowhere(served: Served, method: str, token: str) -> None:
    status, text = await ask(served, method, token)
    assert (status, served.done) == (404, [])
    assert "made by another Presswatch" in text


async def test_a_link_that_is_too_old_says_so(served: Served) -> None:
    served.told = None
    assert (await ask(served, "POST", QUIET, "days=7"))[0] == 410


async def test_a_daemon_that_makes_no_links_follows_none(served: Served) -> None:
    served.links = None
    assert (await ask(served, "POST", LEAVE))[0] == 404
    assert served.done == []
