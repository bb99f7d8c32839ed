"""What to poll and when: the feeds table, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.core.feeds import PollOutcome
from monitor.core.model import Feed
from monitor.store import Store, feeds, gates
from monitor.store.feeds import Claim
from monitor.store.hosts import Turns
from tests.clock import ManualClock
from tests.store.newsroom import HARBOUR, LEASE, VALLEY, polled

MINUTES = timedelta(minutes=1)


@pytest.fixture
def configured(store: Store) -> Store:
    with store.transaction() as tx:
        feeds.sync(tx, [HARBOUR, VALLEY])
    return store


def claimed(store: Store, limit: int = 10) -> list[Claim]:
    with store.transaction() as tx:
        return feeds.claim(tx, limit, LEASE)


def completed(
    store: Store,
    claim: Claim,
    *,
    next_poll_at: datetime | None = None,
    outcome: PollOutcome | None = None,
    **document: str,
) -> bool:
    with store.transaction() as tx:
        return polled(tx, claim, next_poll_at or tx.now + 10 * MINUTES, outcome, **document)


def row(store: Store, feed_id: str = "harbour") -> feeds.FeedRow:
    with store.reading() as tx:
        return next(each for each in feeds.overview(tx) if each.id == feed_id)


def test_a_new_feed_is_due_at_once_and_is_known_to_be_read_for_the_first_time(configured: Store) -> None:
    harbour, valley = claimed(configured)
    assert (harbour.feed_id, valley.feed_id) == ("harbour", "valley")
    assert harbour.state.first
    assert harbour.host == "harbour.example"


def test_a_claimed_feed_is_nobody_elses_until_its_lease_ends(configured: Store, clock: ManualClock) -> None:
    first = claimed(configured)
    assert claimed(configured) == []
    clock.advance(LEASE)
    second = claimed(configured)
    assert [each.feed_id for each in second] == [each.feed_id for each in first]
    assert [each.token for each in second] == [each.token + 1 for each in first]


def test_the_completion_of_a_lost_lease_is_refused_and_changes_nothing(configured: Store, clock: ManualClock) -> None:
    stale = claimed(configured)[0]
    clock.advance(LEASE)
    fresh = claimed(configured)[0]
    before = row(configured)
    assert not completed(configured, stale, etag="stale")
    assert row(configured) == before
    assert completed(configured, fresh, etag="fresh")


def test_a_late_completion_counts_where_nobody_else_took_the_feed(configured: Store, clock: ManualClock) -> None:
    claim = claimed(configured)[0]
    clock.advance(LEASE * 3)
    assert completed(configured, claim)


def test_claiming_takes_the_longest_due_first_and_no_more_than_asked(configured: Store, clock: ManualClock) -> None:
    harbour, valley = claimed(configured)
    completed(configured, valley, next_poll_at=clock.now + 1 * MINUTES)
    completed(configured, harbour, next_poll_at=clock.now + 2 * MINUTES)
    clock.advance(3 * MINUTES)
    assert [each.feed_id for each in claimed(configured, limit=1)] == ["valley"]


def test_feeds_of_one_host_stand_together_in_a_claim(store: Store) -> None:
    with store.transaction() as tx:
        feeds.sync(tx, [Feed(f"f{n}", f"https://host{n % 2}.example/{n}") for n in range(6)])
    assert [each.host for each in claimed(store)] == ["host0.example"] * 3 + ["host1.example"] * 3


def test_a_paused_host_is_passed_over_until_its_pause_ends(configured: Store, clock: ManualClock) -> None:
    with configured.transaction() as tx:
        gates.put(tx, gates.host("harbour.example"), clock.now + 5 * MINUTES, "429")
    assert [each.feed_id for each in claimed(configured)] == ["valley"]
    clock.advance(5 * MINUTES)
    assert "harbour" in [each.feed_id for each in claimed(configured)]


def test_what_only_a_person_can_mend_is_tried_again_when_one_has_changed_something(configured: Store) -> None:
    refused, limited = claimed(configured)
    completed(configured, refused, outcome=PollOutcome("refused-address"))
    completed(configured, limited, outcome=PollOutcome("http-429"))
    assert claimed(configured) == []
    with configured.transaction() as tx:
        feeds.try_again(tx)
    assert [each.feed_id for each in claimed(configured)] == [refused.feed_id]


def test_a_good_poll_leaves_what_the_next_one_needs(configured: Store, clock: ManualClock) -> None:
    completed(
        configured,
        claimed(configured)[0],
        etag='"a"',
        last_modified="Mon",
        body_hash="h",
        marks="m",
        title="Harbour",
        outcome=PollOutcome(new=2),
    )
    clock.advance(10 * MINUTES)
    again = claimed(configured)[0]
    assert (again.etag, again.last_modified, again.body_hash, again.marks) == ('"a"', "Mon", "h", "m")
    assert not again.state.first
    assert again.state.last_new_at == again.state.last_polled_at == clock.now - 10 * MINUTES


def test_what_a_poll_does_not_state_stays_as_it_was(configured: Store, clock: ManualClock) -> None:
    completed(configured, claimed(configured)[0], etag='"a"', body_hash="h")
    clock.advance(10 * MINUTES)
    completed(configured, claimed(configured)[0])
    clock.advance(10 * MINUTES)
    assert claimed(configured)[0].etag == '"a"'


def test_a_failure_counts_up_keeps_the_validators_and_is_still_no_first_sight(
    configured: Store, clock: ManualClock
) -> None:
    for _ in range(2):
        completed(configured, claimed(configured)[0], outcome=PollOutcome("dns", "no such host"))
        clock.advance(10 * MINUTES)
    failing = row(configured)
    assert (failing.failures, failing.error_kind, failing.error) == (2, "dns", "no such host")
    claim = claimed(configured)[0]
    assert claim.state.first
    assert claim.state.failures == 2


def test_a_good_poll_ends_a_run_of_failures(configured: Store, clock: ManualClock) -> None:
    completed(configured, claimed(configured)[0], outcome=PollOutcome("dns", "no such host"))
    clock.advance(10 * MINUTES)
    completed(configured, claimed(configured)[0])
    assert (row(configured).failures, row(configured).error_kind, row(configured).error) == (0, "", "")


def test_a_released_feed_is_due_at_once_and_its_old_lease_is_worth_nothing(configured: Store) -> None:
    claim = claimed(configured)[0]
    with configured.transaction() as tx:
        feeds.release(tx, [claim])
    assert not completed(configured, claim)
    assert [each.feed_id for each in claimed(configured)] == [claim.feed_id]


def test_what_a_killed_daemon_was_reading_is_due_at_once_where_no_other_can_be_reading_it(configured: Store) -> None:
    completed(configured, claimed(configured)[1])
    with configured.transaction() as tx:
        feeds.recover(tx)
        alone = tx.conn.dialect.name == "sqlite"
    assert [each.feed_id for each in claimed(configured)] == (["harbour"] if alone else [])


def test_a_feed_taken_out_while_it_was_read_does_not_come_back_by_recovery(configured: Store) -> None:
    claimed(configured)
    with configured.transaction() as tx:
        feeds.sync(tx, [VALLEY])
        feeds.recover(tx)
    assert row(configured).next_poll_at is None


def test_a_feed_taken_out_of_the_configuration_is_never_due_and_keeps_its_history(configured: Store) -> None:
    claim = claimed(configured)[0]
    with configured.transaction() as tx:
        feeds.sync(tx, [VALLEY])
    assert not completed(configured, claim)
    assert row(configured).next_poll_at is None
    with configured.transaction() as tx:
        feeds.sync(tx, [HARBOUR, VALLEY])
    assert [each.feed_id for each in claimed(configured)] == ["harbour"]


def test_a_new_address_starts_without_validators_and_outdates_the_poll_under_way(configured: Store) -> None:
    harbour, _ = claimed(configured)
    completed(configured, harbour, etag='"a"')
    with configured.transaction() as tx:
        feeds.sync(tx, [replace(HARBOUR, url="https://harbour.example/new"), VALLEY])
    assert not completed(configured, harbour)
    (moved,) = claimed(configured)
    assert (moved.url, moved.etag, moved.state.first) == ("https://harbour.example/new", "", False)


def test_a_restart_with_the_same_configuration_resets_no_timer(configured: Store) -> None:
    for claim in claimed(configured):
        completed(configured, claim)
    before = row(configured)
    with configured.transaction() as tx:
        feeds.sync(tx, [HARBOUR, VALLEY])
    assert row(configured) == before


def test_a_shorter_longest_wait_counts_from_now_on(configured: Store, clock: ManualClock) -> None:
    harbour, _ = claimed(configured)
    completed(configured, harbour, next_poll_at=clock.now + timedelta(hours=6))
    with configured.transaction() as tx:
        feeds.sync(tx, [replace(HARBOUR, max_every=timedelta(minutes=30)), VALLEY])
    assert row(configured).next_poll_at == clock.now + timedelta(minutes=30)


def test_a_feed_that_is_to_be_asked_more_often_need_not_wait_for_its_old_turn(
    configured: Store, clock: ManualClock
) -> None:
    harbour, valley = claimed(configured)
    completed(configured, harbour, next_poll_at=clock.now + timedelta(hours=6))
    before = row(configured, "valley")
    often = [replace(each, every=timedelta(minutes=1)) for each in (HARBOUR, VALLEY)]
    with configured.transaction() as tx:
        feeds.sync(tx, often)
    assert row(configured).next_poll_at == clock.now + timedelta(minutes=1)
    # The poll under way keeps its lease.
    assert row(configured, "valley").next_poll_at == before.next_poll_at
    assert completed(configured, valley)


def test_a_failing_feed_is_not_asked_more_often_because_of_a_shorter_interval(
    configured: Store, clock: ManualClock
) -> None:
    harbour, _ = claimed(configured)
    completed(configured, harbour, next_poll_at=clock.now + timedelta(hours=2), outcome=PollOutcome("dns"))
    with configured.transaction() as tx:
        feeds.sync(tx, [replace(HARBOUR, every=timedelta(minutes=1)), VALLEY])
    assert row(configured).next_poll_at == clock.now + timedelta(hours=2)


def test_a_feed_put_off_for_years_by_a_wrong_clock_is_brought_back(configured: Store, clock: ManualClock) -> None:
    harbour, valley = claimed(configured)
    completed(configured, harbour, next_poll_at=clock.now + timedelta(days=365))
    completed(configured, valley, next_poll_at=clock.now + timedelta(hours=6))
    with configured.transaction() as tx:
        assert feeds.clamp(tx, timedelta(days=2)) == 1
    assert [each.feed_id for each in claimed(configured)] == ["harbour"]


@pytest.mark.parametrize(
    ("configured_title", "own_title", "label"),
    [("Harbour News", "The Harbour", "Harbour News"), ("", "The Harbour", "The Harbour"), ("", "", "harbour")],
)
def test_a_feed_is_called_as_configured_else_as_it_calls_itself(
    store: Store, configured_title: str, own_title: str, label: str
) -> None:
    with store.transaction() as tx:
        feeds.sync(tx, [replace(HARBOUR, title=configured_title)])
    completed(store, claimed(store)[0], title=own_title)
    assert row(store).label == label


def test_the_next_due_feed_tells_how_long_there_is_nothing_to_do(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        assert feeds.next_due(tx) is None
        feeds.sync(tx, [HARBOUR])
        assert feeds.next_due(tx) == clock.now
    claimed(store)
    with store.reading() as tx:
        assert feeds.next_due(tx) == clock.now + LEASE


# Politeness to hosts ---------------------------------------------------------------------------------------------------

TWO = Turns(2, lambda host: not host.startswith("127."))


def many(store: Store, *hosts: str) -> None:
    """Feeds of these hosts, all due, numbered in this order."""
    with store.transaction() as tx:
        feeds.sync(tx, [Feed(f"feed-{number}", f"https://{host}/{number}") for number, host in enumerate(hosts)])


def asked(store: Store, limit: int = 10) -> list[str]:
    with store.transaction() as tx:
        return [each.feed_id for each in feeds.claim(tx, limit, LEASE, TWO)]


def test_a_host_gets_its_requests_a_second_and_others_are_not_kept_waiting_by_it(
    store: Store, clock: ManualClock
) -> None:
    many(store, *["big.example"] * 5, "small.example")
    first = asked(store, 6)
    assert len(first) == 3
    assert "feed-5" in first
    assert asked(store) == []
    clock.advance(timedelta(seconds=1))
    second = asked(store)
    clock.advance(timedelta(seconds=1))
    third = asked(store)
    assert (len(second), len(third)) == (2, 1)
    assert len({*first, *second, *third}) == 6


def test_a_feed_that_waits_for_its_turn_says_so(store: Store, clock: ManualClock) -> None:
    many(store, *["big.example"] * 3)
    asked(store)
    with store.reading() as tx:
        (waiting,) = [each for each in feeds.overview(tx) if each.next_poll_reason == feeds.TURN]
        assert feeds.awaits_turn(tx)
    assert waiting.next_poll_at == clock.now + timedelta(seconds=1)


def test_nobody_waits_for_the_turn_of_a_feed_whose_host_wants_to_be_left_alone(store: Store) -> None:
    many(store, *["big.example"] * 3)
    asked(store)
    with store.transaction() as tx:
        gates.put(tx, gates.host("big.example"), tx.now + timedelta(hours=1), "asked to wait")
        assert not feeds.awaits_turn(tx)


def test_ones_own_network_is_asked_as_often_as_need_be(store: Store) -> None:
    many(store, *["127.0.0.1"] * 5)
    assert len(asked(store)) == 5
    with store.reading() as tx:
        assert not feeds.awaits_turn(tx)
