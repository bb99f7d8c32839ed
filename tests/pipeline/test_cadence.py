"""How often feeds are asked, through the poller and the database, on a clock that a test moves."""

import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest

from monitor.core.model import Feed
from monitor.errors import FetchError
from monitor.fetch import Response
from monitor.store import feeds, gates
from tests.endtoend.newsstand import rss
from tests.pipeline.house import LOCAL, MINUTES, WIRE, House

HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
PAPERS = [Feed(f"paper-{number}", f"https://paper-{number}.example/") for number in range(6)]
DEAD = FetchError("dns", "no such host")


async def live(
    house: House, span: timedelta, *, news: Sequence[Feed] = (), every: timedelta = HOURS, step: timedelta = 5 * MINUTES
) -> None:
    """Let time pass as the daemon would: each feed is polled when it is due. `news` have a story `every` so often."""
    until, fresh = house.clock() + span, house.clock()
    while house.clock() < until:
        if house.clock() >= fresh:
            for each in news:
                house.press.publish(each.url, house.story(f"Seen at {house.clock():%d %H:%M}"))
            fresh += every
        await house.poller.poll_due()
        await house.poller.settle()
        house.clock.advance(step)


def asked(house: House, feed: Feed) -> int:
    """Return how often a feed has been asked."""
    return sum(request.url == feed.url for request in house.press.requests)


async def test_a_busy_feed_is_asked_as_often_as_it_may_be_and_a_quiet_one_hourly(house: House) -> None:
    house.change(sources=[WIRE, LOCAL])
    await live(house, 14 * DAYS, news=[WIRE], step=HOURS)
    house.press.requests.clear()
    await live(house, DAYS, news=[WIRE])
    assert asked(house, WIRE) >= 90
    assert 18 <= asked(house, LOCAL) <= 24
    assert house.feed("wire").next_poll_reason == "every 10 min"
    assert house.feed("local").next_poll_reason == "every 1 h: less than one a week"


async def test_too_many_requests_pause_every_feed_of_the_host_and_no_other(house: House) -> None:
    sister = Feed("wire-sport", "https://wire.example/sport")
    house.change(sources=[WIRE, sister, LOCAL])
    await live(house, 5 * MINUTES)
    house.press.answers[WIRE.url] = FetchError("http-429", "slow down", retry_after=2 * HOURS)
    await live(house, 30 * MINUTES)
    house.press.requests.clear()
    await live(house, 90 * MINUTES)
    assert asked(house, WIRE) == asked(house, sister) == 0
    assert asked(house, LOCAL) > 0
    with house.store.reading() as tx:
        assert [each.name for each in gates.active(tx)] == [gates.host("wire.example")]
    await live(house, HOURS)
    assert asked(house, sister) > 0


async def test_who_asks_for_a_pause_after_a_redirect_is_paused_and_not_who_redirects(house: House) -> None:
    sister = Feed("wire-sport", "https://wire.example/sport")
    house.change(sources=[WIRE, sister])
    house.press.answers[WIRE.url] = FetchError("http-429", "slow down", retry_after=2 * HOURS, host="cdn.example")
    await live(house, 30 * MINUTES)
    with house.store.reading() as tx:
        assert [each.name for each in gates.active(tx)] == [gates.host("cdn.example")]
    assert asked(house, sister) > 1


async def test_a_feed_that_redirects_to_who_asked_to_be_left_alone_waits_with_it(house: House) -> None:
    with house.store.transaction() as tx:
        gates.put(tx, gates.host("cdn.example"), tx.now + 2 * HOURS, "asked to wait")
    house.press.redirects[WIRE.url] = "https://cdn.example/wire"
    await live(house, 5 * MINUTES)
    assert asked(house, WIRE) == 1
    assert house.feed().next_poll_reason == (
        "cdn.example, to which it redirects, asks to be left alone: again after 2 h"
    )
    await live(house, 3 * HOURS)
    assert asked(house, WIRE) > 1
    assert house.feed().failures == 0


async def test_a_feed_that_has_moved_rests_with_the_host_that_it_moved_to(house: House) -> None:
    sister = Feed("daily", "https://new.example/daily")
    body = rss(WIRE.url, [house.story("Rain at noon")])
    moved = Response(200, {"content-type": "application/rss+xml"}, body, WIRE.url, "https://new.example/wire")
    house.change(sources=[WIRE, sister])
    house.press.answers[WIRE.url] = moved
    await live(house, 5 * DAYS, step=30 * MINUTES)
    assert house.feed().url == WIRE.url
    house.press.answers["https://new.example/daily"] = FetchError("http-429", "slow down", retry_after=5 * HOURS)
    await live(house, 2 * HOURS)
    house.press.requests.clear()
    await live(house, 2 * HOURS)
    assert house.press.requests == []


async def test_what_a_document_says_holds_after_a_304_too(house: House) -> None:
    body = rss(WIRE.url, []).replace(b"<channel>", b"<channel><ttl>45</ttl>")
    house.press.answers[WIRE.url] = Response(200, {"content-type": "application/rss+xml"}, body, WIRE.url)
    await live(house, 5 * MINUTES)
    house.press.answers[WIRE.url] = Response(304, {}, b"", WIRE.url)
    await live(house, 50 * MINUTES)
    assert asked(house, WIRE) == 2
    assert house.feed().next_poll_reason == "every 45 min, as its ttl asks"


async def test_when_nothing_answers_no_feed_is_blamed(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    house.change(sources=PAPERS)
    await live(house, 5 * MINUTES)
    house.press.answers.update({each.url: DEAD for each in PAPERS})
    began = house.clock()
    await live(house, 8 * HOURS)
    assert began <= (house.poller.unreachable_since() or began - DAYS) <= began + 30 * MINUTES
    assert house.figure("network_down") == 1
    assert all(house.feed(each.id).failures <= 1 for each in PAPERS), "what failed before it was understood"
    assert sum("network here seems to be down" in each for each in caplog.messages) == 1
    house.press.answers.clear()
    house.press.requests.clear()
    await live(house, 25 * MINUTES)
    assert all(asked(house, each) for each in PAPERS), "all are asked again soon"
    assert house.poller.unreachable_since() is None
    assert house.figure("network_down") == 0
    assert not any(house.feed(each.id).failures for each in PAPERS)


async def test_one_host_that_answers_nothing_is_to_blame_itself(house: House) -> None:
    house.change(sources=[Feed(f"part-{number}", f"https://wire.example/{number}") for number in range(5)])
    await live(house, 5 * MINUTES)
    house.press.answers.update({f"https://wire.example/{number}": DEAD for number in range(5)})
    await live(house, 3 * HOURS)
    assert house.poller.unreachable_since() is None
    assert all(house.feed(f"part-{number}").failures > 1 for number in range(5))


async def test_one_poll_of_a_hundred_asks_without_validators(house: House) -> None:
    await live(house, 10 * DAYS, news=[WIRE], every=4 * HOURS)
    whole = sum(not request.etag for request in house.press.requests[1:])
    assert 1 <= whole <= 0.03 * len(house.press.requests)


async def test_an_interval_that_is_shortened_while_a_feed_is_read_holds_at_once(house: House) -> None:
    slow = Feed("wire", WIRE.url, every=3 * HOURS)
    house.change(sources=[slow])
    answer = house.press.hush(WIRE.url)
    await house.poller.poll_due()
    house.change(sources=[Feed("wire", WIRE.url, every=5 * MINUTES)])
    answer.set()
    await house.poller.settle()
    assert house.feed().next_poll_at == house.clock() + 5 * MINUTES
    assert house.feed().next_poll_reason == "to be asked more often now"


async def test_after_a_standstill_feeds_come_one_after_the_other_the_busy_ones_first(house: House) -> None:
    many = [Feed(f"feed-{number}", f"https://feed-{number}.example/", every=(number % 2 + 1) * HOURS)
            for number in range(100)]  # fmt: skip
    house.change(sources=many)
    house.clock.advance(DAYS)
    with house.store.transaction() as tx:
        assert feeds.stagger(tx, MINUTES, 10, 10 * MINUTES) == 100
        rows = [each for each in feeds.overview(tx) if each.next_poll_at is not None and each.id != "wire"]
    due = [(each.next_poll_at, each.every) for each in rows if each.next_poll_at]
    waits = sorted({(at - house.clock()).total_seconds() for at, _ in due})
    assert waits == list(range(10))
    assert max(at for at, every in due if every == HOURS) <= min(at for at, every in due if every == 2 * HOURS)


async def test_a_few_feeds_that_are_overdue_are_asked_at_once(house: House) -> None:
    house.change(sources=PAPERS)
    house.clock.advance(DAYS)
    with house.store.transaction() as tx:
        assert feeds.stagger(tx, MINUTES, 20, 10 * MINUTES) == 0
    await house.poller.poll_due()
    await house.poller.settle()
    assert all(asked(house, each) for each in PAPERS)
