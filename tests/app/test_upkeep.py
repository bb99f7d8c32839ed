"""Upkeep: the heartbeat and its gauges, and the hourly tidying, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from monitor.app import upkeep
from monitor.core.model import FateState, Retention
from monitor.metrics import Metrics
from monitor.store import Store, deliveries, editions, fates, feeds, gates, instances, notices, rule_versions
from monitor.store.instances import Instance
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import LEASE, article, edition, open_house, parcel, publish, rule

DAYS = timedelta(days=1)
ME = Instance("me", "desk-1", 4711, "1.0", MONDAY)


async def test_a_heartbeat_is_written_down_and_brings_the_gauges_up_to_date(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        editions.make(tx, edition(), publish(tx, article()), [parcel()])
    clock.advance(timedelta(minutes=5))
    metrics = Metrics()
    await upkeep.beat(store, ME, metrics)
    with store.reading() as tx:
        assert [row.id for row in instances.alive(tx, timedelta(minutes=1))] == ["me"]
    value = metrics.registry.get_sample_value
    assert value("presswatch_feeds", {"state": "new"}) == 2
    assert value("presswatch_feeds", {"state": "failing"}) == 0
    assert value("presswatch_outbox", {"state": "pending"}) == 1
    assert value("presswatch_outbox_oldest_age_seconds") == 300
    assert value("presswatch_outbox_dead") == 0


async def test_what_is_old_is_deleted_and_what_still_waits_is_kept(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        publish(tx, *(article(f"unmatched-{number}") for number in range(30)), rules=[])
        publish(tx, article("waits"))
    clock.advance(200 * DAYS)
    await upkeep.housekeeping(store, Retention(), ["instant"])
    with store.reading() as tx:
        assert fates.count_by_state(tx) == {FateState.PENDING: 1}
        assert [each.title for each in fates.pending(tx, "instant")] == ["Ferry line opens"]


async def test_what_waits_for_a_digest_that_is_gone_expires_after_a_week(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        rule_versions.record(tx, [rule(version="v0", deliver=("gone",))])
        publish(tx, article(), digests=["instant", "gone"])
    await upkeep.housekeeping(store, Retention(), ["instant"])
    clock.advance(8 * DAYS)
    await upkeep.housekeeping(store, Retention(), ["instant"])
    with store.reading() as tx:
        assert fates.count_by_state(tx) == {FateState.PENDING: 1, FateState.EXPIRED: 1}


async def test_a_ledger_that_does_not_close_is_told_once_a_day_until_it_does(
    store: Store, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics()

    async def broken() -> float | None:
        await upkeep.beat(store, ME, metrics)
        return metrics.registry.get_sample_value("presswatch_ledger_broken")

    with store.transaction() as tx:
        open_house(tx)
        publish(tx, article(), digests=[])
    assert await broken() == 0
    for hours, told in ((0, 1), (23, 1), (1, 2)):
        clock.advance(timedelta(hours=hours))
        await upkeep.housekeeping(store, Retention(), ["instant"])
        assert caplog.text.count("1 matches of rule ferries have no fate in digest instant") == told
    with store.transaction() as tx:
        assert gates.get(tx, notices.FATES) is not None
        fates.add(tx, [fates.NewFate(1, "instant")])
    assert await broken() == 1
    clock.advance(DAYS)
    await upkeep.housekeeping(store, Retention(), ["instant"])
    assert await broken() == 0
    with store.reading() as tx:
        assert gates.get(tx, notices.FATES) is None


async def test_feeds_that_a_wrong_clock_put_off_are_due_again(store: Store, clock: ManualClock) -> None:
    clock.advance(400 * DAYS)
    with store.transaction() as tx:
        open_house(tx)
    clock.advance(-400 * DAYS)
    with store.transaction() as tx:
        assert feeds.claim(tx, 9, LEASE) == []
        upkeep.recover(tx)
        assert len(feeds.claim(tx, 9, LEASE)) == 2


async def test_messages_and_channels_that_a_wrong_clock_put_off_are_due_again(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        editions.make(tx, edition(), publish(tx, article()), [parcel()])
    clock.advance(366 * DAYS)
    with store.transaction() as tx:
        (row,) = deliveries.claim(tx, 1, LEASE)
        gates.put(tx, gates.channel(row.channel_id), tx.now + timedelta(hours=1), "asked to wait")
    clock.advance(-366 * DAYS)
    await upkeep.housekeeping(store, Retention(), ["instant"])
    with store.transaction() as tx:
        assert gates.get(tx, gates.channel(row.channel_id)) is None
        assert len(deliveries.claim(tx, 1, LEASE)) == 1


async def test_a_start_takes_up_what_a_killed_daemon_had_under_way(sqlite_store: Store) -> None:
    with sqlite_store.transaction() as tx:
        open_house(tx)
        editions.make(tx, edition(), publish(tx, article()), [parcel()])
        assert len(feeds.claim(tx, 9, LEASE)) == 2
        assert len(deliveries.claim(tx, 9, LEASE)) == 1
        upkeep.recover(tx)
        assert len(feeds.claim(tx, 9, LEASE)) == 2
        assert len(deliveries.claim(tx, 9, LEASE)) == 1


async def test_the_lag_of_the_loop_is_measured() -> None:
    metrics = Metrics()
    watching = asyncio.create_task(upkeep.watch_lag(metrics))
    async with asyncio.timeout(20):
        while not metrics.registry.get_sample_value("presswatch_loop_lag_seconds_count"):
            await asyncio.sleep(0.01)
    watching.cancel()
