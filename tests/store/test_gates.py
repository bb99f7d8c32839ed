"""Pauses, daemons and retention: the small tables, on both databases."""

from datetime import datetime, timedelta

import pytest

from monitor.core.model import FateState, Retention
from monitor.store import Store, articles, editions, fates, gates, instances, matches, retention
from monitor.store.fates import Settled
from monitor.store.instances import Instance
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import article, edition, open_house, publish

HOUR = timedelta(hours=1)


def until(store: Store, name: str) -> datetime | str | None:
    with store.reading() as tx:
        gate = gates.get(tx, name)
        return gate.until if gate else "open"


def test_a_gate_is_shut_until_its_time(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        gates.put(tx, gates.host("a"), clock.now + HOUR, "429")
        assert gates.get(tx, "host:a") == gates.Gate("host:a", clock.now + HOUR, "429", clock.now)
    clock.advance(HOUR)
    assert until(store, "host:a") == "open"


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (MONDAY + HOUR, MONDAY + 2 * HOUR, MONDAY + 2 * HOUR),
        (MONDAY + 2 * HOUR, MONDAY + HOUR, MONDAY + 2 * HOUR),
        (None, MONDAY + HOUR, None),
        (MONDAY + HOUR, None, None),
        (MONDAY - HOUR, MONDAY + HOUR, MONDAY + HOUR),
    ],
)
def test_of_two_pauses_the_longer_holds(
    store: Store, first: datetime | None, second: datetime | None, kept: datetime | None
) -> None:
    with store.transaction() as tx:
        gates.put(tx, "channel:desk", first, "first")
        gates.put(tx, "channel:desk", second, "second")
    assert until(store, "channel:desk") == kept


def test_a_gate_can_be_lifted_by_hand(store: Store) -> None:
    with store.transaction() as tx:
        gates.put(tx, "channel:desk", None, "token revoked")
        assert gates.lift(tx, "channel:desk")
        assert not gates.lift(tx, "channel:desk")
        assert gates.active(tx) == []


def test_gates_whose_time_is_over_are_forgotten(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        gates.put(tx, "host:a", clock.now + HOUR, "429")
        gates.put(tx, "host:b", None, "blocked")
    clock.advance(HOUR)
    with store.transaction() as tx:
        assert gates.prune(tx) == 1
        assert [each.name for each in gates.active(tx)] == ["host:b"]


def test_daemons_are_known_for_as_long_as_they_are_heard_of(store: Store, clock: ManualClock) -> None:
    one = Instance("one", "news-1", 11, "0.1.0", clock.now)
    two = Instance("two", "news-2", 22, "0.1.0", clock.now + timedelta(seconds=1))
    with store.transaction() as tx:
        instances.beat(tx, one)
        instances.beat(tx, two)
    clock.advance(HOUR)
    with store.transaction() as tx:
        instances.beat(tx, two)
        assert [(each.id, each.beat_at) for each in instances.alive(tx, timedelta(minutes=1))] == [("two", clock.now)]
        assert [each.id for each in instances.alive(tx, 2 * HOUR)] == ["one", "two"]
        instances.forget(tx, "two")
        assert instances.prune(tx, clock.now) == 1
        assert instances.alive(tx, 2 * HOUR) == []


def test_retention_deletes_step_by_step_until_only_what_is_young_or_waiting_is_left(
    store: Store, clock: ManualClock
) -> None:
    with store.transaction() as tx:
        open_house(tx)
        done = publish(tx, *(article(f"done{number}") for number in range(30)))
        fates.settle(tx, "instant", [Settled(each, FateState.MERGED, "") for each in done])
        (waiting,) = publish(tx, article("waiting"))
        articles.save(tx, [article(f"plain{number}", story_keys=(f"k{number}",)) for number in range(30)])
        editions.make(tx, edition("quiet"), [], [])
    clock.advance(timedelta(days=1000))
    with store.transaction() as tx:
        articles.save(tx, [article("young", seen_at=clock.now)])
    steps: list[int] = []
    while not steps or steps[-1]:
        with store.transaction() as tx:
            steps.append(retention.prune(tx, Retention(), limit=20))
    assert max(steps) <= 20
    with store.reading() as tx:
        names = [f"done{number}" for number in range(30)] + ["waiting", "plain0", "young"]
        assert sorted(articles.known(tx, "harbour", names)) == ["waiting", "young"]
        assert [each.match_id for each in fates.pending(tx, "instant")] == [waiting]
        assert matches.count(tx) == 1
        assert editions.last_slot(tx, "instant") is None


def test_a_number_once_given_is_never_given_again(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        (first,) = publish(tx, article("a"))
        fates.settle(tx, "instant", [Settled(first, FateState.MERGED, "")])
        matches.prune(tx, MONDAY + HOUR)
        assert publish(tx, article("b")) > [first]
