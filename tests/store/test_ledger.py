"""The ledger of fates is gone over: what closes is left alone, and each way in which it cannot close is found, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.core.model import FateState
from monitor.store import Store, Tx, deliveries, editions, fates, gates, ledger, matches, notices, rule_versions
from monitor.store.schema import deliveries as delivery_rows
from monitor.store.schema import fates as fate_rows
from tests.clock import ManualClock
from tests.store.newsroom import LEASE, REFUSED, SENT, answer, article, edition, open_house, parcel, publish, rule

WEEK = timedelta(days=7)


@pytest.fixture
def house(store: Store) -> Store:
    with store.transaction() as tx:
        open_house(tx)
    return store


def found(tx: Tx) -> list[str]:
    return ledger.findings(tx, ["instant"], WEEK)


def test_a_ledger_that_closes_has_no_findings(house: Store) -> None:
    with house.transaction() as tx:
        _, sent, failed, muted = publish(tx, *(article(f"ferry-{number}", title=f"{number}") for number in range(4)))
        assert editions.make(tx, edition(), [sent], [parcel()])
        assert editions.make(tx, edition("instant/2"), [failed], [parcel("instant/2")])
        assert found(tx) == []
        for row, told in zip(deliveries.claim(tx, 9, LEASE), (SENT, REFUSED), strict=True):
            answer(tx, row, told)
        fates.settle(tx, "instant", [fates.Settled(muted, FateState.SILENCED, "muted")])
        assert fates.count_by_state(tx) == {"pending": 1, "sent": 1, "failed": 1, "silenced": 1}
        assert found(tx) == []


def test_a_match_without_a_fate_is_found(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article())
        publish(tx, article("ferry-2", title="Another"), digests=[])
        assert found(tx) == ["1 matches of rule ferries have no fate in digest instant"]


def test_a_fate_in_a_digest_that_the_rule_does_not_deliver_to_is_found(house: Store) -> None:
    with house.transaction() as tx:
        (number,) = publish(tx, article(), digests=["instant", "morning"])
        assert found(tx) == [
            f"1 matches of rule ferries, such as {number}, have a fate in digest morning, to which it did not deliver"
        ]


def test_a_fate_that_waits_in_an_edition_which_nothing_settles_is_found(house: Store) -> None:
    with house.transaction() as tx:
        (number,) = publish(tx, article())
        assert editions.make(tx, edition(), [number], [parcel()])
        tx.run(sa.update(delivery_rows).values(next_at=None))
        assert found(tx) == [
            f"1 matches, such as {number}, wait in edition instant/1, of which no message is on its way"
        ]


def test_a_fate_that_waits_for_a_digest_which_nobody_makes_is_found(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        (number,) = publish(tx, article())
        assert ledger.findings(tx, [], WEEK) == []
    clock.advance(2 * WEEK)
    with house.transaction() as tx:
        assert found(tx) == []
        assert ledger.findings(tx, [], WEEK) == [
            f"1 matches, such as {number}, wait for digest instant, which is not configured"
        ]


def test_an_edition_without_messages_is_found(house: Store) -> None:
    with house.transaction() as tx:
        taken = publish(tx, article())
        assert editions.make(tx, edition("instant/0"), [], [])
        assert editions.make(tx, edition(), taken, [parcel()])
        tx.run(sa.update(fate_rows).values(state=FateState.SENT))
        tx.run(sa.delete(delivery_rows))
        assert found(tx) == ["edition instant/1 has 1 matches and no message"]


def test_a_match_owes_what_its_rule_delivered_to_when_it_was_made(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article())
        elsewhere = replace(rule(version="v2"), deliver=("instant", "morning"))
        rule_versions.record(tx, [elsewhere, rule(version="v3")])
        for version in ("v2", "v3"):
            assert found(tx) == []
            (row,) = tx.conn.execute(sa.text("SELECT article_id, story_id FROM matches")).all()
            edited = matches.NewMatch(row.article_id, row.story_id, "ferries", version, ())
            assert matches.add(tx, [edited], changed=[row.article_id]) == {}
        assert found(tx) == []
        assert tx.conn.execute(sa.text("SELECT rule_version FROM matches")).scalars().all() == ["v3"]


def test_what_was_found_stands_as_a_notice_until_the_ledger_closes(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        assert ledger.due(tx)
        ledger.write_down(tx, [f"fault {number}" for number in range(5)], WEEK)
        assert not ledger.due(tx)
        notices.clear(tx)
        told = gates.get(tx, notices.FATES)
        assert told is not None
        assert told.why == "fault 0; fault 1; fault 2; and 2 more"
    clock.advance(WEEK)
    with house.transaction() as tx:
        assert ledger.due(tx)
        ledger.write_down(tx, [], WEEK)
        assert gates.get(tx, notices.FATES) is None
