"""The page of an article is read where more text could make a rule match, over real sockets, and rings as the feed does."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.core.model import Feed, FullText
from monitor.core.pages import MOST
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.fetch import Request, Response
from monitor.store import articles as stored
from monitor.store import pages
from monitor.store.schema import articles, matches
from tests.fetch.peers import Answer, Server, endless, raw, redirect, reply
from tests.pipeline.house import WIRE, House, rule
from tests.pipeline.site import BOTH, HTML, PAGE, SUMMARY, TITLE, Site, html, needs_extraction

pytestmark = needs_extraction


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    async with Site.open(house) as site:
        yield site


async def test_the_rest_of_a_rule_is_found_on_the_page(site: Site) -> None:
    await site.publish()
    assert site.house.fates() == {}
    assert site.state() == ("waiting", "")
    await site.read()
    body, page, why = site.article()
    assert "security guarantees" in body
    assert (page, why) == ("read", "")
    assert site.house.fates() == {"pending": 1}
    assert site.queued() == 0
    assert site.house.figure("pages_total", result="read") == 1


async def test_what_the_page_adds_can_be_searched_for_and_its_hash_stays_that_of_the_feed(site: Site) -> None:
    await site.publish()
    (before,) = site.house.rows(sa.select(articles.c.content_hash).where(articles.c.title == TITLE))
    await site.read()
    (after,) = site.house.rows(sa.select(articles.c.content_hash).where(articles.c.title == TITLE))
    assert before == after
    await site.house.poll()
    assert site.state() == ("read", "")


@pytest.mark.parametrize(
    "rules",
    [[rule("ferry")], [rule("Geneva")], [Rule("r", parse("Geneva AND envoy NOT Monday"), deliver=("instant",))]],
    ids=["no word is there", "it matches already", "it never will"],
)
async def test_no_page_is_asked_for_that_could_add_nothing(site: Site, rules: list[Rule]) -> None:
    site.use(*rules)
    await site.publish()
    await site.read()
    assert site.server.asked == []
    assert site.state() == ("", "")


async def test_a_match_of_the_summary_goes_out_at_once_and_does_not_ring_again_for_the_page(site: Site) -> None:
    site.use(rule("Geneva"), BOTH)
    await site.publish()
    assert site.house.fates() == {"pending": 1}
    await site.house.deliver()
    assert len(site.house.desk.parcels) == 1
    await site.read()
    await site.house.deliver()
    assert site.house.fates() == {"sent": 2}
    assert site.house.matches() == 2


async def test_always_reads_every_page_and_never_none(site: Site) -> None:
    site.use(rule("lugger"), full_text=FullText.ALWAYS)
    await site.publish()
    await site.read()
    assert site.state() == ("read", "")
    site.use(BOTH, full_text=FullText.NEVER)
    await site.publish(title="Envoys: another day")
    await site.read()
    assert site.article("Envoys: another day")[1:] == ("", "")
    assert site.asked() == 1


async def test_without_what_reads_pages_none_is_wanted(site: Site) -> None:
    site.house.setup = replace(site.house.setup, full_text=False)
    await site.publish()
    await site.read()
    assert site.state() == ("", "")


async def test_what_is_in_a_feed_when_it_is_first_read_fetches_no_page(site: Site) -> None:
    other = Feed("other", "https://other.example/feed")
    site.house.change(sources=[WIRE, other])
    site.house.setup = replace(site.house.setup, allow_private=True, full_text=True)
    site.house.press.publish(other.url, replace(site.house.story(TITLE, SUMMARY), link=site.server.url("/page")))
    await site.house.poll()
    await site.read()
    assert site.server.asked == []


async def test_a_feed_that_brings_whole_articles_needs_no_pages(site: Site) -> None:
    whole = "<p>" + "Delegations met in Geneva and spoke. " * 60 + "</p>"
    item = (
        f"<item><title>{TITLE}</title><link>{site.server.url('/page')}</link><description>{SUMMARY}</description>"
        f"<c:encoded xmlns:c='http://purl.org/rss/1.0/modules/content/'><![CDATA[{whole}]]></c:encoded></item>"
    )
    body = f"<rss version='2.0'><channel>{item}</channel></rss>".encode()
    site.house.press.answers[WIRE.url] = Response(200, {}, body, WIRE.url)
    await site.house.poll()
    assert site.state() == ("", "")


@pytest.mark.parametrize(
    ("answer", "why", "kind"),
    [
        (reply(404), "the page answered 404", "http-404"),
        (reply(403), "the page answered 403", "http-403"),
        (reply(410), "the page answered 410", "http-410"),
        (reply(200, html("x" * 2_100_000), HTML), "the page is too large", "too-large"),
        (reply(200, b"%PDF", {"Content-Type": "application/pdf"}), "the page is no HTML but application/pdf", "no-article"),
        (reply(200, b"", HTML), "the page shows less text than the summary", "no-article"),
        (redirect(302, "http://10.0.0.1/"), "the page is in a private network", "refused-address"),
        (redirect(302, "/page"), "the server redirects in a circle, or over 5 times", "redirects"),
    ],
)  # fmt: skip
async def test_what_no_waiting_mends_is_given_up_at_once(site: Site, answer: Answer, why: str, kind: str) -> None:
    site.server.answers["/page"] = answer
    site.house.setup = replace(site.house.setup, access={}, allow_private=True)
    await site.publish()
    await site.read()
    assert site.state() == ("failed", why)
    assert site.queued() == 0
    assert site.house.figure("pages_total", result=kind) == 1
    assert site.house.fates() == {}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (reply(503), "the page answered 503"),
        (reply(500), "the page answered 500"),
        (endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"", gap=0.2), "the page did not answer in time"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<p>"), "the page did not answer in time"),
    ],
)  # fmt: skip
async def test_what_may_pass_is_tried_three_times_with_longer_and_longer_waits(
    site: Site, answer: Answer, why: str
) -> None:
    site.server.answers["/page"] = answer
    await site.publish()
    await site.read()
    assert site.state() == ("waiting", "")
    await site.read(timedelta(seconds=59))
    assert site.asked() == 1
    await site.read(timedelta(seconds=2))
    assert site.asked() == 2
    await site.read(timedelta(minutes=11))
    assert site.asked() == 3
    assert site.state() == ("failed", why)


async def test_a_page_that_comes_at_the_second_attempt_rings(site: Site) -> None:
    site.server.answers["/page"] = reply(503)
    await site.publish()
    await site.read()
    site.server.answers["/page"] = reply(200, PAGE, HTML)
    await site.read(timedelta(minutes=2))
    assert site.house.fates() == {"pending": 1}


async def test_a_page_that_could_not_be_had_for_a_day_is_given_up(site: Site) -> None:
    await site.publish()
    await site.read(timedelta(hours=25))
    assert site.server.asked == []
    assert site.state() == ("failed", "the page was not to be had for a day")


async def test_a_packed_page_in_another_charset_is_read(site: Site) -> None:
    text = PAGE.decode().replace("dined together", "dînèrent ensemble")
    packed = gzip.compress(text.encode("latin-1"))
    headers = {"Content-Type": "text/html; charset=iso-8859-1", "Content-Encoding": "gzip"}
    site.server.answers["/page"] = reply(200, packed, headers)
    await site.publish()
    await site.read()
    assert "dînèrent ensemble" in site.article()[0]
    assert "text/html" in site.server.asked[-1].headers["accept"]


async def test_a_site_that_does_not_want_it_is_not_asked_for_pages(site: Site) -> None:
    site.server.answers["/robots.txt"] = reply(200, b"User-agent: presswatch\nDisallow: /p")
    await site.publish()
    await site.read()
    assert site.asked("/page") == 0
    assert site.state() == ("failed", "the site's robots.txt does not allow it")


async def test_what_a_site_wants_is_asked_once_for_many_pages(site: Site) -> None:
    for number in range(5):
        site.server.answers[f"/page-{number}"] = reply(200, PAGE, HTML)
        await site.publish(f"/page-{number}", title=f"Envoys{number} meet by the lake")
    await site.read()
    assert sum(map(site.asked, (f"/page-{number}" for number in range(5)))) == 5
    assert site.asked("/robots.txt") == 1


async def test_a_site_that_fails_to_say_what_it_wants_is_left_alone_for_now(site: Site) -> None:
    site.server.answers["/robots.txt"] = reply(500)
    await site.publish()
    await site.read()
    assert site.asked("/page") == 0
    assert site.state() == ("waiting", "")
    await site.read(timedelta(minutes=9))
    assert site.asked("/robots.txt") == 1
    site.server.answers["/robots.txt"] = reply(404)
    await site.read(timedelta(minutes=2))
    assert site.state() == ("read", "")


async def test_a_site_that_fails_to_say_what_it_wants_is_asked_three_times(site: Site) -> None:
    site.server.answers["/robots.txt"] = reply(500)
    await site.publish()
    for _ in range(3):
        await site.read(timedelta(minutes=11))
    assert site.asked("/robots.txt") == 3
    assert site.state() == ("failed", "the site's robots.txt could not be read")


async def test_a_site_that_wants_pauses_has_its_pages_read_one_after_the_other(site: Site) -> None:
    site.server.answers["/robots.txt"] = reply(200, b"User-agent: *\nCrawl-delay: 40")
    for number in range(3):
        site.server.answers[f"/page-{number}"] = reply(200, PAGE, HTML)
        await site.publish(f"/page-{number}", title=f"Envoys{number} meet by the lake")
    pages_read = []
    for _ in range(4):
        await site.read()
        pages_read.append(sum(site.asked(f"/page-{number}") for number in range(3)))
        site.house.clock.advance(timedelta(seconds=41))
    assert pages_read == [1, 2, 3, 3]
    assert site.queued() == 0


async def test_a_redirect_to_a_site_that_does_not_want_it_brings_nothing(site: Site) -> None:
    async with Server() as other:
        other.answers = {
            "/robots.txt": reply(200, b"User-agent: *\nDisallow: /"),
            "/page": reply(200, PAGE, HTML),
        }
        site.server.answers["/page"] = redirect(301, other.url("/page"))
        await site.publish()
        await site.read()
        assert [each.target for each in other.asked] == ["/robots.txt"]
    assert site.state() == ("failed", "the site's robots.txt does not allow it")


async def test_a_redirect_within_a_site_to_what_it_closes_is_not_followed(site: Site) -> None:
    site.server.answers |= {
        "/robots.txt": reply(200, b"User-agent: *\nDisallow: /closed"),
        "/page": redirect(302, "/closed"),
        "/closed": reply(200, PAGE, HTML),
    }
    await site.publish()
    await site.read()
    assert site.asked("/closed") == 0
    assert site.state() == ("failed", "the site's robots.txt does not allow it")


async def test_a_page_that_fails_in_a_way_nobody_foresaw_is_given_up_after_three_attempts(site: Site) -> None:
    async def stumble(_: Request) -> Response:
        raise RuntimeError("nobody foresaw this")

    site.restart(stumble)
    await site.publish()
    for _ in range(2):
        await site.read(timedelta(minutes=11))
        assert site.state() == ("waiting", "")
    await site.read(timedelta(minutes=11))
    assert site.state() == ("failed", "the page could not be read: the log says why")
    assert site.queued() == 0


async def test_of_very_many_articles_at_once_the_newest_have_their_pages_read(site: Site) -> None:
    house = site.house
    for number in range(MOST + 5):
        story = replace(house.story(f"Envoys{number}", SUMMARY, guid=str(number)), link=site.server.url(f"/{number}"))
        house.press.publish(WIRE.url, story)
    await house.poll()
    assert site.queued() == MOST
    refused = house.rows(sa.select(articles.c.page_why).where(articles.c.page == "failed"))
    assert [each.page_why for each in refused] == ["too many articles came at once to read all their pages"] * 5


async def test_a_link_to_google_news_is_not_followed(site: Site) -> None:
    await site.publish(link="https://news.google.com/rss/articles/CBMiabc?oc=5")
    assert site.state() == ("failed", "the link leads to Google News, which does not say where the page is")
    assert site.queued() == 0


async def test_an_article_without_a_link_has_no_page(site: Site) -> None:
    await site.publish(link="mailto:desk@example.org")
    assert site.state()[0] == "failed"


async def test_pages_in_a_private_network_are_refused_where_feeds_may_not_be_there(site: Site) -> None:
    site.house.setup = replace(site.house.setup, allow_private=False)
    await site.publish()
    await site.read()
    assert site.server.asked == []
    assert site.state() == ("failed", "the page is in a private network")


async def test_a_wall_of_consent_is_not_taken_for_the_article(site: Site) -> None:
    wall = "<p>We value your privacy and store information on your device for advertising, with 800 partners.</p>" * 3
    site.server.answers["/page"] = reply(200, f"<html><body><main>{wall}</main></body></html>".encode(), HTML)
    await site.publish()
    await site.read()
    assert site.state() == ("failed", "the page shows something else: it asks for consent or payment, perhaps")
    assert site.article()[0] == ""


async def test_an_edited_article_has_its_page_read_again(site: Site) -> None:
    await site.publish()
    await site.read()
    site.server.answers["/page"] = reply(200, PAGE.replace(b"a text", b"a treaty"), HTML)
    await site.publish(summary=f"{SUMMARY} They dined.")
    assert site.state() == ("waiting", "")
    await site.read()
    assert "a treaty" in site.article()[0]
    assert site.state() == ("read", "")
    assert site.house.matches() == 1


async def test_a_page_whose_article_was_edited_meanwhile_is_not_stored(site: Site) -> None:
    await site.publish()
    (claim,) = await site.house.store.run(pages.claim, 1, timedelta(minutes=5))
    await site.publish(summary=f"{SUMMARY} They dined.")
    assert not await site.house.store.run(pages.read, claim, "The text of before.")
    assert site.article()[0] == ""
    await site.read()
    assert site.state() == ("read", "")


async def test_a_lease_that_was_lost_stores_nothing(site: Site) -> None:
    await site.publish()
    (lost,) = await site.house.store.run(pages.claim, 1, timedelta(minutes=5))
    assert await site.house.store.run(pages.claim, 1, timedelta(minutes=5)) == []
    site.house.clock.advance(timedelta(minutes=6))
    (mine,) = await site.house.store.run(pages.claim, 1, timedelta(minutes=5))
    assert not await site.house.store.run(pages.read, lost, "Text.")
    assert not await site.house.store.run(pages.fail, lost, "It failed.")
    assert not await site.house.store.run(pages.later, lost, timedelta(0), 1)
    assert await site.house.store.run(pages.fail, mine, "It failed.")
    assert site.state() == ("failed", "It failed.")


async def test_who_stops_gives_back_what_was_being_read(site: Site) -> None:
    asked = asyncio.Event()

    async def hang(*_: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    site.server.answers["/page"] = hang
    await site.publish()
    await site.reader.read_due()
    await asked.wait()
    await site.reader.stop()
    site.server.answers["/page"] = reply(200, PAGE, HTML)
    site.restart()
    await site.read()
    assert site.state() == ("read", "")


async def test_a_page_that_runs_away_is_stopped_and_costs_nobody_else_anything(site: Site) -> None:
    site.house.limits = replace(site.house.limits, parse_seconds=0.2)
    site.restart()
    endless_text = html(*(f"Sentence {number} of what delegations said in Geneva." for number in range(20_000)))
    site.server.answers["/long"] = reply(200, endless_text, HTML)
    await site.publish("/long")
    await site.read()
    assert site.state() == ("failed", "the page took too long to read")
    site.house.limits = replace(site.house.limits, parse_seconds=10.0)
    site.restart()
    await site.publish(title="Envoys meet again")
    await site.read()
    assert site.article("Envoys meet again")[1] == "read"


async def test_spans_on_the_page_say_that_they_are_there(site: Site) -> None:
    await site.publish()
    await site.read()
    ((spans,),) = site.house.rows(sa.select(matches.c.spans))
    assert {each.field for each in spans} == {"summary", "body"}  # type: ignore[attr-defined]


async def test_the_page_of_an_article_that_is_deleted_goes_with_it(site: Site) -> None:
    await site.publish()
    with site.house.store.transaction() as tx:
        stored.prune(tx, site.house.clock() + timedelta(days=1))
    assert site.queued() == 0
