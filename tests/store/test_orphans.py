"""What waits for a digest that was renamed or removed is told by others, and given up only where there are none; on both databases."""

from datetime import timedelta

import pytest

from monitor.core.model import FateState
from monitor.store import Store, Tx, editions, fates, ledger, orphans, rule_versions
from monitor.store.schema import fates as fate_rows
from tests.clock import ManualClock
from tests.store.newsroom import article, edition, open_house, parcel, publish, rule

ALERTS = {"ferries": ("alerts",)}


@pytest.fixture
def house(store: Store) -> Store:
    with store.transaction() as tx:
        open_house(tx)
        rule_versions.record(tx, [rule(version="v2", deliver=("alerts",))])
    return store


def kept(tx: Tx) -> set[tuple[int, str, str, str]]:
    return {(row.match_id, row.digest_id, row.state, row.reason) for row in tx.conn.execute(fate_rows.select())}


def test_what_waits_is_handed_to_the_digests_that_its_rule_delivers_to_now(house: Store) -> None:
    with house.transaction() as tx:
        first, second = publish(tx, article("a"), article("b", title="Another"))
        fates.settle(tx, "instant", [fates.Settled(second, FateState.HELD, "quiet hours")])
        assert orphans.hand_on(tx, ["alerts", "morning"], ALERTS) == {("instant", ("alerts",)): 2}
        handed = "its digest is no longer configured; handed to 'alerts'"
        assert kept(tx) == {
            (match, *fate)
            for match in (first, second)
            for fate in (("instant", "expired", handed), ("alerts", "pending", ""))
        }
        assert [each.match_id for each in fates.pending(tx, "alerts")] == [first, second]
        assert ledger.findings(tx, ["alerts"], timedelta(0)) == []
        assert orphans.hand_on(tx, ["alerts", "morning"], ALERTS) == {}
        assert orphans.listing(tx, ["alerts"]) == []


def test_a_digest_that_tells_it_already_is_handed_nothing_more(house: Store) -> None:
    with house.transaction() as tx:
        rule_versions.record(tx, [rule(deliver=("instant", "morning"))])
        (match,) = publish(tx, article(), digests=["instant", "morning"])
        fates.settle(tx, "morning", [fates.Settled(match, FateState.MERGED, "a copy was told")])
        orphans.hand_on(tx, ["alerts", "morning"], {"ferries": ("alerts", "morning")})
        assert {(digest, state) for _, digest, state, _ in kept(tx)} == {
            ("instant", "expired"),
            ("alerts", "pending"),
            ("morning", "merged"),
        }


def test_what_an_edition_took_and_what_is_settled_stays_as_it_is(house: Store) -> None:
    with house.transaction() as tx:
        taken, told = publish(tx, article("a"), article("b", title="Another"))
        editions.make(tx, edition(), [taken], [parcel()])
        fates.settle(tx, "instant", [fates.Settled(told, FateState.MERGED, "a copy was told")])
        before = kept(tx)
        assert orphans.hand_on(tx, ["alerts"], ALERTS) == {}
        assert kept(tx) == before


def test_more_than_one_statement_takes_is_handed_over_too(house: Store) -> None:
    many = orphans.AT_ONCE + 1
    with house.transaction() as tx:
        publish(tx, *(article(f"ferry-{number}", title=f"{number}") for number in range(many)))
        assert orphans.hand_on(tx, ["alerts"], ALERTS) == {("instant", ("alerts",)): many}
        assert fates.count_by_state(tx) == {"expired": many, "pending": many}


@pytest.mark.parametrize("deliver", [{}, {"ferries": ()}], ids=["gone", "nowhere"])
def test_without_a_rule_that_delivers_elsewhere_it_waits_a_week(
    house: Store, clock: ManualClock, deliver: dict[str, tuple[str, ...]]
) -> None:
    with house.transaction() as tx:
        publish(tx, article("old"))
    until = clock.now + timedelta(days=7)
    clock.advance(timedelta(days=3))
    with house.transaction() as tx:
        publish(tx, article("fresh", title="Another"))
        assert orphans.hand_on(tx, ["alerts"], deliver) == {}
        assert orphans.listing(tx, ["alerts"]) == [orphans.Orphans("instant", 2, until)]
        assert orphans.listing(tx, ["instant"]) == []
        assert orphans.expire(tx, ["alerts"]) == 0
    clock.advance(timedelta(days=5))
    with house.transaction() as tx:
        assert orphans.expire(tx, ["instant"]) == 0
        assert orphans.expire(tx, ["alerts"]) == 1
        assert fates.count_by_state(tx, "instant") == {"expired": 1, "pending": 1}


def test_a_fate_that_nobody_handed_over_is_still_found(house: Store) -> None:
    with house.transaction() as tx:
        orphan, strange = publish(tx, article("a"), article("b", title="Another"))
        fates.add(tx, [fates.NewFate(strange, "alerts")])
        tx.run(
            fate_rows.update()
            .where(fate_rows.c.match_id == strange, fate_rows.c.digest_id == "instant")
            .values(state=FateState.MERGED)
        )
        orphans.hand_on(tx, ["alerts"], ALERTS)
        assert orphan < strange
        assert ledger.findings(tx, ["alerts"], timedelta(0)) == [
            f"1 matches of rule ferries, such as {strange}, have a fate in digest alerts, to which it did not deliver"
        ]
