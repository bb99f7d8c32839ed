"""The page that a message leads to which had no room for all its stories, over real HTTP."""

from datetime import timedelta
from typing import Any

from monitor.core.digest import DigestSpec, view
from monitor.core.links import Edition
from tests.core.digest.matches import NOON, pending
from tests.web.served import LINKS, Answer, Served

HOUR = timedelta(hours=1)
ALERTS = DigestSpec("instant", (), "Alerts & more", zone="Europe/Vienna")


async def follow(served: Served, edition_id: str = "instant/match 1", method: str = "GET") -> Answer:
    """Follow the link to an edition."""
    return await served.ask(f"/do/{LINKS.token(Edition(edition_id))}", method)


def told(served: Served, *stories: Any, most: int = 1000) -> None:
    """Let the edition "instant/match 1" tell some stories."""
    spec = DigestSpec(ALERTS.id, (), ALERTS.title, zone=ALERTS.zone, max_items=most)
    served.editions["instant/match 1"] = view(spec, stories, made_at=NOON, edition=("instant/match 1", ""))


async def test_every_story_is_there_with_outlet_time_and_link(served: Served) -> None:
    told(served, *(pending(number, title=f"Story <{number}>", published=NOON - HOUR) for number in range(1, 231)))
    status, headers, text = await follow(served)
    assert status == 200
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert (headers["cache-control"], headers["x-robots-tag"]) == ("no-store", "noindex")
    assert '<h1 dir="auto">Alerts &amp; more</h1><small>Mon 23 Nov 2026, 13:00 CET · 230 stories</small>' in text
    assert all(f"<bdi>Story &lt;{number}&gt;</bdi></a>" in text for number in range(1, 231))
    assert text.count("<bdi>The Harbour Times</bdi>, 12:00") == 230
    assert "presswatch digests show" not in text


async def test_other_outlets_are_named_and_no_address_is_a_link_that_is_none(served: Served) -> None:
    copy = pending(2, story_id=1, feed_id="wire", feed_title='"Wire"', url="https://wire.example/?a=1&b=2")
    told(served, pending(1, url="javascript:alert(1)"), copy)
    text = (await follow(served)).text
    assert 'also in <a href="https://wire.example/?a=1&amp;b=2"><bdi>&quot;Wire&quot;</bdi></a>' in text
    assert "javascript" not in text


async def test_what_is_more_than_a_page_holds_is_counted_with_the_command_that_shows_it(served: Served) -> None:
    told(served, *map(pending, range(1, 21)), most=5)
    text = (await follow(served)).text
    assert text.count("<li ") == 5
    assert "… and 15 more, with <code>presswatch digests show &#x27;instant/match 1&#x27;</code>" in text


async def test_an_edition_of_which_nothing_is_kept_says_so(served: Served) -> None:
    status, headers, text = await follow(served, "instant/match 9")
    assert (status, headers["cache-control"]) == (410, "no-store")
    assert "Nothing of this edition is kept any more." in text


async def test_it_shows_and_does_nothing_whatever_is_asked(served: Served) -> None:
    told(served, pending(1))
    assert (await follow(served, method="POST")).status == 200
    assert served.done == []
