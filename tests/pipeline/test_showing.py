"""What an edition shows beside its matches, on both databases."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from monitor.core.digest import DigestSpec, Schedule
from monitor.core.model import FateState
from monitor.pipeline import showing
from monitor.store import Store, editions, fates
from monitor.store.schema import deliveries
from tests.clock import ManualClock
from tests.store.newsroom import article, edition, open_house, parcel, publish

HOUR = timedelta(hours=1)
INSTANT = DigestSpec("instant", ("desk",))
MORNING = DigestSpec("morning", ("desk",), schedule=Schedule.at("07:00"))


def test_alerts_count_a_day_and_scheduled_editions_from_the_one_before(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        taken = publish(tx, article(), digests=("instant", "morning"))
    clock.advance(HOUR)
    with store.transaction() as tx:
        for each in ("instant", "morning"):
            name = f"{each}/1"
            assert editions.make(tx, edition(name, each, at=clock.now), taken, [parcel(name)])
        assert showing.read(tx, INSTANT, []).proof.articles == 1
        assert showing.read(tx, MORNING, []).proof.articles == 0
        assert showing.read(tx, MORNING, [], since=clock.now - 2 * HOUR).proof.articles == 1


def test_what_is_held_is_counted_without_what_is_told_now(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        ids = publish(tx, article("one"), article("two"), digests=("instant", "morning"))
        held = [fates.Settled(each, FateState.HELD, "these are quiet hours") for each in ids]
        fates.settle(tx, "instant", held)
        assert showing.read(tx, INSTANT, []).proof.held == 2
        assert showing.read(tx, INSTANT, fates.among(tx, "instant", ids[:1])).proof.held == 1
        assert showing.read(tx, MORNING, []).proof.held == 0


def test_what_was_told_is_read_again_also_of_editions_that_were_told_together(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        for number in range(3):
            taken = publish(tx, article(str(number), title=f"Ferry {number}"))
            assert editions.make(tx, edition(f"instant/{number}"), taken, [parcel(f"instant/{number}")])
        tx.run(sa.update(deliveries).values(told_in="instant/together"))
        assert editions.make(tx, edition("instant/together"), [], [parcel("instant/together")])
    with store.reading() as tx:
        row, told = showing.told_in(tx, "instant/1")
        assert [each.title for each in told] == ["Ferry 1"]
        together, all_told = showing.told_in(tx, "instant/together")
        assert [each.title for each in all_told] == ["Ferry 0", "Ferry 1", "Ferry 2"]
        assert showing.told_in(tx, "instant/9") == (None, [])
    assert row
    assert together
    listed: Any = showing.listing(showing.spec_of({}, "instant/1", "Europe/Vienna"), row, told)
    assert (listed["digest"]["title"], listed["made"]["zone"], listed["counts"]["stories"]) == ("Instant", "CET", 1)
