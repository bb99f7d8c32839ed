"""Polls are stored together, and each whole or not at all: what happens when the store chokes, is away, or is slow."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.feeds import FeedState
from monitor.core.match import Matcher
from monitor.core.model import Feed
from monitor.errors import StoreUnavailable
from monitor.pipeline.committing import Poll, committer, first_fate
from monitor.store import feeds
from monitor.store.feeds import PollResult
from tests.clock import MONDAY
from tests.pipeline.house import MINUTES, WIRE, House, rule
from tests.pipeline.peers import Faulty, away
from tests.store.newsroom import article

TEN = [Feed(f"feed-{number}", f"https://feed-{number}.example/") for number in range(10)]
HOURS = timedelta(hours=1)


async def test_a_poll_the_database_refuses_takes_no_other_along(house: House) -> None:
    house.change(sources=TEN)
    await house.first_sight("Rain at noon")
    # A rule that the database was never told of: a match of it cannot be stored.
    house.setup = replace(house.setup, matcher=Matcher([rule("storm")]))
    for feed in TEN:
        house.press.publish(feed.url, house.story("The storm rises" if feed is TEN[3] else "The sun is out"))
    await house.poll()
    polled = [feed.id for feed in TEN if house.feed(feed.id).last_new_at == house.clock()]
    assert polled == [feed.id for feed in TEN if feed is not TEN[3]]
    assert "The storm rises" not in house.titles()


async def claimed(house: House) -> list[Poll]:
    """Ten polls that found nothing, not stored yet."""
    house.change(sources=TEN)
    claims = await house.store.run(feeds.claim, 10, 2 * MINUTES)
    read = FeedState(last_good_at=house.clock())
    return [Poll(claim, PollResult(house.clock() + 10 * MINUTES, state=read)) for claim in claims]


async def test_polls_that_end_together_are_stored_together(frail: House, faulty: Faulty) -> None:
    grouped, polls = committer(faulty, timedelta(0)), await claimed(frail)
    await asyncio.gather(*(grouped.add(poll) for poll in polls))
    assert all(frail.feed(feed.id).last_good_at == frail.clock() for feed in TEN)
    assert faulty.calls.count("commit") == 1


async def test_a_store_that_is_away_is_asked_once_and_not_by_each_poll(frail: House, faulty: Faulty) -> None:
    grouped, polls = committer(faulty, timedelta(0)), await claimed(frail)
    faulty.fault = away("commit")
    told = await asyncio.gather(*(grouped.add(poll) for poll in polls), return_exceptions=True)
    assert {type(each) for each in told} == {StoreUnavailable}
    assert faulty.calls.count("commit") == 1


async def test_while_the_store_is_away_nothing_is_lost(frail: House, faulty: Faulty) -> None:
    frail.change(sources=TEN)
    await frail.first_sight()
    for feed in TEN:
        frail.press.publish(feed.url, frail.story(f"The ferry of {feed.id}"))
    faulty.fault = away("commit")
    await frail.poll()
    assert frail.titles() == []
    faulty.fault = None
    await frail.poll()
    assert len(frail.titles()) == len(TEN)
    assert frail.fates() == {"pending": 10}


async def test_a_poll_that_is_being_stored_when_the_daemon_stops_counts_as_made(frail: House, faulty: Faulty) -> None:
    await frail.first_sight()
    frail.press.publish(WIRE.url, frail.story("The ferry sails"))
    frail.clock.advance(15 * MINUTES)
    faulty.held = asyncio.Event()
    faulty.held.set()
    answer = frail.press.hush(WIRE.url)
    await frail.poller.poll_due()
    faulty.held.clear()
    answer.set()
    while frail.fates() != {"pending": 1}:
        await asyncio.sleep(0)
    stopping = asyncio.create_task(frail.poller.stop())
    await asyncio.sleep(0)
    faulty.held.set()
    await stopping
    feed = frail.feed()
    assert feed.last_polled_at == frail.clock()
    assert feed.next_poll_at is not None
    assert feed.next_poll_at > frail.clock()


async def test_feeds_that_are_being_claimed_when_the_daemon_stops_are_given_back(frail: House, faulty: Faulty) -> None:
    faulty.held = asyncio.Event()
    claiming = asyncio.create_task(frail.poller.poll_due())
    while frail.feed().next_poll_reason != "being read":
        await asyncio.sleep(0)
    stopping = asyncio.create_task(frail.poller.stop())
    await asyncio.sleep(0)
    faulty.held.set()
    await asyncio.gather(claiming, stopping)
    assert frail.feed().next_poll_at == frail.clock()
    assert frail.feed().last_polled_at is None


@pytest.mark.parametrize(
    ("age", "first_sight", "catch_up", "state"),
    [
        (timedelta(0), False, timedelta(0), "pending"),
        (6 * HOURS, False, timedelta(0), "pending"),
        (200 * HOURS, False, timedelta(0), "expired"),
        (6 * HOURS, True, timedelta(0), "baseline"),
        (6 * HOURS, True, 12 * HOURS, "pending"),
        (18 * HOURS, True, 12 * HOURS, "baseline"),
        (200 * HOURS, True, 12 * HOURS, "expired"),
        (timedelta(0), True, 12 * HOURS, "baseline"),  # no date stated: nothing is known of its age
    ],
)
def test_a_new_match_begins_by_the_age_of_its_article(
    age: timedelta, first_sight: bool, catch_up: timedelta, state: str
) -> None:
    aged = replace(article(seen_at=MONDAY), published=MONDAY - age)
    found, reason = first_fate(aged, rule("ferry"), first_sight=first_sight, catch_up=catch_up)
    assert found == state
    assert bool(reason) == (state != "pending")
