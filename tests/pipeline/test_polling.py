"""Feeds are claimed, read, matched and stored: what a poll brings, and what it costs when something goes wrong."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.core.model import Feed, Health
from monitor.errors import FetchError
from monitor.fetch import Response
from monitor.pipeline import Access
from monitor.secret import Secret
from monitor.store import feeds
from monitor.store.schema import articles
from tests.pipeline.house import LOCAL, MINUTES, WIRE, House, rule, with_polls

TEN = [Feed(f"feed-{number}", f"https://feed-{number}.example/") for number in range(10)]


async def test_what_a_feed_holds_at_first_sight_is_stored_and_rings_for_nobody(house: House) -> None:
    await house.first_sight("The ferry sails", "Rain at noon")
    assert house.titles() == ["Rain at noon", "The ferry sails"]
    assert house.fates() == {"baseline": 1}


async def test_what_comes_later_rings(house: House) -> None:
    await house.first_sight("Rain at noon")
    house.press.publish(WIRE.url, house.story("The ferry sails"))
    await house.poll()
    assert house.fates() == {"pending": 1}
    assert house.figure("articles_stored_total") == 2
    assert house.feed().last_new_at == house.clock()


async def test_catching_up_rings_for_what_is_young_and_says_when(house: House) -> None:
    house.restart(replace(house.limits, catch_up=timedelta(hours=24)))
    house.press.publish(
        WIRE.url,
        house.story("The ferry sailed today", age=timedelta(hours=2)),
        house.story("The ferry sailed last week", age=timedelta(days=5)),
    )
    await house.poll()
    assert house.fates() == {"pending": 1, "baseline": 1}


async def test_an_article_too_old_for_its_rule_is_stored_and_expired(house: House) -> None:
    await house.first_sight()
    house.press.publish(WIRE.url, house.story("The ferry of last month", age=timedelta(days=30)))
    await house.poll()
    assert house.titles() == ["The ferry of last month"]
    assert house.fates() == {"expired": 1}


async def test_a_language_is_told_from_the_words_where_a_rule_asks_for_it(house: House) -> None:
    house.change(rules=[replace(rule("ferry"), languages=("de",))])
    house.setup = replace(house.setup, detecting=True)
    await house.first_sight()
    house.press.publish(
        WIRE.url,
        house.story("The ferry is cancelled as the talks with the port authority have broken down"),
        house.story("Die „Ferry“ fällt aus, weil die Gespräche mit der Hafenverwaltung gescheitert sind"),
        house.story("Ferry"),
    )
    await house.poll()
    assert {row.language for row in house.rows(sa.select(articles.c.language))} == {
        "en-x-detected",
        "de-x-detected",
        "",
    }
    assert house.fates() == {"pending": 2}


async def test_a_feed_that_has_not_changed_is_asked_by_its_validators_and_left_alone(house: House) -> None:
    await house.first_sight("The ferry sails")
    await house.poll()
    assert house.press.requests[1].etag.startswith('"')
    assert house.figure("polls_total", result="unchanged") == 1
    assert house.feed().failures == 0


async def test_a_body_that_is_the_same_is_not_read_again_where_there_are_no_validators(house: House) -> None:
    house.press.etags = False
    await house.first_sight("The ferry sails")
    await house.poll()
    assert house.figure("polls_total", result="unchanged") == 1


async def test_a_feed_that_was_empty_has_not_run_over(house: House) -> None:
    def issue(*names: str) -> None:
        house.press.stories[WIRE.url] = [house.story(each) for each in names]

    for names in ((), ("one", "two", "three"), (), ("four", "five", "six")):
        issue(*names)
        await house.poll()
        assert house.feed().health is Health.OK
    issue("seven", "eight", "nine")
    await house.poll()
    assert house.feed().health is Health.GAP


async def test_an_edited_article_rings_only_for_rules_it_had_not_matched(house: House) -> None:
    house.change(rules=[rule("ferry"), rule("storm")])
    await house.first_sight()
    house.press.publish(WIRE.url, house.story("The ferry sails", "At dawn.", guid="one"))
    await house.poll()
    house.press.stories[WIRE.url] = [house.story("The ferry sails", "At dawn, into a storm.", guid="one")]
    await house.poll()
    assert house.matches() == 2
    assert house.fates() == {"pending": 2}


async def test_an_article_that_only_goes_by_another_name_or_date_rings_no_more(house: House) -> None:
    await house.first_sight()
    sails = house.story("The ferry sails", "At dawn.")
    for again in (
        sails,
        replace(sails, guid="anew", link=sails.address),
        replace(sails, published=house.clock() + MINUTES),
    ):
        house.press.stories[WIRE.url] = [again]
        await house.poll()
    assert house.titles() == ["The ferry sails"]
    assert house.fates() == {"pending": 1}
    assert house.figure("articles_stored_total") == 1


async def test_a_feed_that_was_not_taken_whole_is_read_again_soon(house: House) -> None:
    house.restart(replace(house.limits, entries=3))
    await house.first_sight()
    house.press.publish(WIRE.url, *(house.story(f"Ferry number {number}", age=number * MINUTES) for number in range(5)))
    await house.poll()
    feed = house.feed()
    assert (feed.next_poll_at, feed.next_poll_reason) == (
        house.clock() + MINUTES,
        "3 of 5 new articles were taken; the rest follows",
    )
    house.clock.advance(MINUTES)
    await house.poller.poll_due()
    await house.poller.settle()
    assert len(house.titles()) == 5


async def test_more_than_one_poll_takes_comes_over_several_and_nothing_is_lost(house: House) -> None:
    house.restart(replace(house.limits, entries=3))
    await house.first_sight()
    house.press.publish(WIRE.url, *(house.story(f"Ferry number {number}", age=number * MINUTES) for number in range(8)))
    await house.poll()
    assert house.titles() == ["Ferry number 0", "Ferry number 1", "Ferry number 2"]
    await house.poll()
    await house.poll()
    assert len(house.titles()) == 8
    assert house.fates() == {"pending": 8}
    await house.poll()
    asked = [request.etag for request in house.press.requests]
    assert asked[1] == asked[2] == asked[3] != asked[4]  # not vouched for before all of it was stored


async def test_a_first_sight_is_taken_whole_or_its_rest_would_ring(house: House) -> None:
    house.restart(replace(house.limits, entries=3))
    await house.first_sight(*(f"Ferry number {number}" for number in range(8)))
    await house.poll()
    assert house.fates() == {"baseline": 8}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (FetchError("http-500", "the server answers 500"), "http-500"),
        (Response(200, {}, b"<html><body>Log in first</body></html>", WIRE.url), "not-a-feed"),
        (RuntimeError("nobody thought of this"), "internal"),
    ],
)
async def test_a_poll_that_fails_is_told_and_disturbs_no_other(
    house: House, answer: Response | Exception, kind: str
) -> None:
    house.change(sources=[WIRE, LOCAL])
    house.press.answers[WIRE.url] = answer
    house.press.publish(LOCAL.url, house.story("The ferry sails"))
    await house.poll()
    failed = house.feed("wire")
    assert (failed.error_kind, failed.failures) == (kind, 1)
    assert failed.next_poll_at is not None
    assert failed.next_poll_at > house.clock()
    assert house.feed("local").last_good_at == house.clock()
    assert house.figure("polls_total", result=kind) == 1


async def test_a_feed_that_never_stops_being_parsed_is_stopped(house: House) -> None:
    house.restart(replace(house.limits, parse_seconds=0.2))
    attributes = " ".join(f"a{number}='x'" for number in range(200_000))
    body = f"<rss version='2.0'><channel><item {attributes}><title>t</title></item></channel></rss>".encode()
    house.press.answers[WIRE.url] = Response(200, {}, body, WIRE.url)
    await house.poll()
    assert house.feed().error_kind == "parser-stopped"


async def test_a_failing_feed_keeps_its_first_sight_for_when_it_works(house: House) -> None:
    house.press.answers[WIRE.url] = FetchError("timeout", "no answer")
    await house.poll()
    del house.press.answers[WIRE.url]
    house.press.publish(WIRE.url, house.story("The ferry sails", age=timedelta(days=1)))
    house.clock.advance(timedelta(hours=1))
    await house.poll()
    assert house.fates() == {"baseline": 1}


async def test_a_poll_that_lost_its_lease_stores_nothing(house: House) -> None:
    house.press.publish(WIRE.url, house.story("The ferry sails"))
    answer = house.press.hush(WIRE.url)
    await house.poller.poll_due()
    house.clock.advance(house.limits.poll_lease + MINUTES)
    with house.store.transaction() as tx:
        assert [each.feed_id for each in feeds.claim(tx, 9, house.limits.poll_lease)] == ["wire"]
    answer.set()
    await house.poller.settle()
    assert house.titles() == []
    assert house.feed().last_polled_at is None


async def test_a_feed_given_a_new_address_is_not_asked_at_the_old_one_with_the_new_password(house: House) -> None:
    with house.store.transaction() as tx:
        feeds.sync(tx, [replace(WIRE, url="https://old.example/feed")])
    protected = Access(WIRE.url, auth=("desk", Secret("tide-table")))
    house.setup = replace(house.setup, access={"wire": protected})
    await house.poll()
    assert house.press.requests == []


async def test_a_feed_struck_out_while_it_is_read_stores_nothing(house: House) -> None:
    house.press.publish(WIRE.url, house.story("The ferry sails"))
    answer = house.press.hush(WIRE.url)
    await house.poller.poll_due()
    house.change(sources=[LOCAL])
    answer.set()
    await house.poller.settle()
    assert house.titles() == []


async def test_rules_that_came_while_a_feed_was_read_count(house: House) -> None:
    await house.first_sight()
    house.press.publish(WIRE.url, house.story("The storm rises"))
    answer = house.press.hush(WIRE.url)
    house.clock.advance(15 * MINUTES)
    await house.poller.poll_due()
    house.change(rules=[rule("storm")])
    answer.set()
    await house.poller.settle()
    assert house.fates() == {"pending": 1}


async def test_no_more_feeds_are_read_at_once_than_allowed_however_many_ask(house: House) -> None:
    house.restart(with_polls(house.limits, 3))
    house.change(sources=TEN)
    answers = [house.press.hush(feed.url) for feed in TEN]
    begun = [await house.poller.poll_due() for _ in range(2)]
    assert begun == [3, 0]
    for answer in answers:
        answer.set()
    await house.poller.settle()
    assert len(house.press.requests) == len(TEN)


@pytest.mark.parametrize("polls", [1, 2, 7])
async def test_a_round_ends_though_what_it_read_first_is_due_again(house: House, polls: int) -> None:
    house.restart(with_polls(house.limits, polls))
    house.change(sources=[replace(feed, every=timedelta(0)) for feed in TEN])
    assert await house.poller.poll_round(len(TEN)) == len(TEN)
    assert len(house.press.requests) == len(TEN)
    assert await house.poller.poll_round(len(TEN)) == len(TEN)


async def test_a_feed_that_hangs_for_the_length_of_its_lease_leaves_its_place(house: House) -> None:
    limits = replace(with_polls(house.limits, 1), poll_lease=timedelta(milliseconds=50))
    house.restart(limits)
    house.press.hush(WIRE.url)
    await house.poller.poll_due()
    await house.poller.settle()
    assert (house.feed().failures, house.feed().error) == (1, "it was not read within 0.045 s")
    house.change(sources=[LOCAL])
    await house.poll()
    assert [each.url for each in house.press.requests] == [WIRE.url, LOCAL.url]


async def test_feeds_are_read_though_whoever_asked_for_it_was_cut_off(house: House) -> None:
    asking = asyncio.create_task(house.poller.poll_due())
    await asyncio.sleep(0)
    asking.cancel()
    while not house.press.requests:
        await asyncio.sleep(0)
    await house.poller.settle()
    assert house.feed().last_polled_at == house.clock()


async def test_stopping_gives_back_what_is_being_read_and_it_is_due_at_once(house: House) -> None:
    house.press.hush(WIRE.url)
    await house.poller.poll_due()
    await house.poller.stop()
    feed = house.feed()
    assert (feed.next_poll_at, feed.last_polled_at) == (house.clock(), None)
    assert await house.poller.poll_due() == 0


async def test_a_feed_whose_host_was_busy_comes_again_soon_and_has_not_failed(house: House) -> None:
    await house.first_sight("Rain at noon")
    house.press.answers[WIRE.url] = FetchError("host-busy", "other requests to wire.example took over 30 s")
    await house.poll()
    feed = house.feed()
    assert (feed.failures, feed.error_kind, feed.health) == (0, "", Health.OK)
    assert feed.next_poll_at == house.clock() + timedelta(seconds=30)
    assert feed.next_poll_reason == "other requests to wire.example took over 30 s: again after 30 s"
