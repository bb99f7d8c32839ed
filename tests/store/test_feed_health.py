"""How feeds are doing, on both databases: counted, listed, and told of once."""

from datetime import timedelta

import pytest

from monitor.core.feeds import PollOutcome
from monitor.core.model import Feed, Health
from monitor.store import Store, feed_health, feeds, gates, proof
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import LEASE, polled

MINUTES = timedelta(minutes=1)
NAMES = ("coast", "harbour", "valley")
MISSING = PollOutcome("http-404", "HTTP 404: there is no such document")


@pytest.fixture
def read(store: Store) -> Store:
    """Three feeds that were read once."""
    with store.transaction() as tx:
        feeds.sync(
            tx,
            [Feed(each, f"https://{each}.example/feed", tags=("sea",) if each != "valley" else ()) for each in NAMES],
        )
    poll(store)
    return store


def poll(store: Store, **ill: PollOutcome) -> None:
    """Poll every feed that is due: well, unless `ill` says otherwise."""
    with store.transaction() as tx:
        for claim in feeds.claim(tx, 10, LEASE):
            polled(tx, claim, tx.now + 10 * MINUTES, ill.get(claim.feed_id))


def later(store: Store, clock: ManualClock, times: int = 1, **ill: PollOutcome) -> None:
    for _ in range(times):
        clock.advance(10 * MINUTES)
        poll(store, **ill)


def test_feeds_are_counted_by_state_and_those_in_trouble_are_found(read: Store, clock: ManualClock) -> None:
    later(read, clock, 2, harbour=MISSING)
    with read.reading() as tx:
        assert feed_health.counts(tx) == {"ok": 2, "failing": 1}
        (line,) = feed_health.needing(tx)
    assert (line.id, line.state, line.why) == ("harbour", "failing", MISSING.error)
    assert line.since == clock.now


def test_a_change_is_told_once_and_what_came_and_went_is_not(read: Store, clock: ManualClock) -> None:
    moment = clock.now
    later(read, clock, 3, harbour=MISSING, valley=MISSING)
    later(read, clock, 1, harbour=MISSING)
    with read.reading() as tx:
        assert [(each.feed_id, each.health) for each in feed_health.changes(tx, moment)] == [
            ("harbour", Health.FAILING)
        ]
        assert feed_health.changes(tx, clock.now) == []
    told = clock.now
    later(read, clock)
    with read.reading() as tx:
        (change,) = feed_health.changes(tx, told)
    assert (change.feed_id, change.before, change.health) == ("harbour", Health.FAILING, Health.OK)


def test_a_new_feed_that_can_be_read_is_no_news(read: Store) -> None:
    with read.reading() as tx:
        assert feed_health.changes(tx, MONDAY - timedelta(days=1)) == []


def test_the_foot_of_a_message_tells_of_changes(read: Store, clock: ManualClock) -> None:
    moment = clock.now
    later(read, clock, 2, harbour=MISSING)
    with read.reading() as tx:
        life = proof.since(tx, moment)
    assert life.failing == 1
    assert [(each.feed, each.health) for each in life.changes] == [("harbour", Health.FAILING)]


def test_lists_go_by_state_tag_and_word_a_page_at_a_time(read: Store, clock: ManualClock) -> None:
    later(read, clock, 2, harbour=MISSING)
    with read.reading() as tx:
        found = {
            name: [each.id for each in feed_health.listing(tx, **chosen)]
            for name, chosen in {
                "all": {},
                "ok": {"state": "ok"},
                "failing": {"state": "failing"},
                "sea": {"tag": "sea"},
                "word": {"word": "LLE"},
            }.items()
        }
    assert found == {
        "all": ["coast", "harbour", "valley"],
        "ok": ["coast", "valley"],
        "failing": ["harbour"],
        "sea": ["coast", "harbour"],
        "word": ["valley"],
    }


def test_a_feed_that_is_gone_is_listed_and_never_asked_again(read: Store, clock: ManualClock) -> None:
    for _ in range(3):
        clock.advance(timedelta(hours=6))
        poll(read, coast=PollOutcome("http-410", "HTTP 410: gone", retry=False))
        with read.transaction() as tx:
            feeds.clamp(tx, timedelta(hours=6))
    with read.reading() as tx:
        row = feed_health.one(tx, "coast")
        assert row is not None
        assert (row["stopped"], row["next_poll_at"]) == ("gone", None)
        assert [each.state for each in feed_health.needing(tx)] == ["gone"]
        assert [each.id for each in feed_health.listing(tx, state="gone")] == ["coast"]


def test_too_many_requests_pause_the_host_for_all_its_feeds(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        feeds.sync(tx, [Feed(each, f"https://one.example/{each}") for each in NAMES])
        first = feeds.claim(tx, 1, LEASE)[0]
        polled(tx, first, tx.now + 10 * MINUTES, PollOutcome("http-429", "asks for less"))
        assert feeds.claim(tx, 10, LEASE) == []
        assert [each.name for each in gates.active(tx)] == ["host:one.example"]
    clock.advance(timedelta(hours=2))
    with store.transaction() as tx:
        assert len(feeds.claim(tx, 10, LEASE)) == 3
