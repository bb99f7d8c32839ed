"""Articles on PostgreSQL lie in a partition for each month of first sight, and none is refused or left out."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from monitor.core.model import Retention
from monitor.errors import StoreUnavailable
from monitor.store import Store, archive, articles, matches, partitions, retention, schema
from monitor.store.archive import Window
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import article, open_house, publish

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def house(postgres_store: Store) -> Store:
    with postgres_store.transaction() as tx:
        open_house(tx)
        partitions.make(tx)
    return postgres_store


def seen(house: Store, *moments: datetime) -> None:
    with house.transaction() as tx:
        articles.save(tx, [article(f"{each:%c %f}", seen_at=each) for each in moments])


def places(house: Store) -> dict[datetime, str]:
    """The partition of each article, by its time."""
    query = sa.select(schema.articles.c.seen_at, sa.text("tableoid::regclass::text"))
    with house.reading() as tx:
        return {row[0]: row[1] for row in tx.conn.execute(query)}


def test_there_are_partitions_for_this_month_and_the_next_ones(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        assert set(partitions.months(tx)) >= {f"articles_2026_{month:02}" for month in (3, 4, 5, 6)}
        assert partitions.make(tx) == 0
    clock.advance(timedelta(days=300))
    with house.transaction() as tx:
        partitions.make(tx)
        assert "articles_2027_03" in partitions.months(tx)


def test_a_month_begins_and_ends_in_utc(house: Store) -> None:
    april = datetime(2026, 4, 1, tzinfo=UTC)
    seen(house, MARCH, april - MOMENT, april)
    assert places(house) == {
        MARCH: "articles_2026_03",
        april - MOMENT: "articles_2026_03",
        april: "articles_2026_04",
    }


def test_a_clock_that_jumps_far_loses_nothing_and_its_month_takes_over_what_came_early(
    house: Store, clock: ManualClock
) -> None:
    future, past = datetime(2031, 5, 9, tzinfo=UTC), datetime(1999, 12, 31, 23, tzinfo=UTC)
    seen(house, MONDAY, future, past)
    assert places(house) == {MONDAY: "articles_2026_03", future: partitions.REST, past: partitions.REST}
    clock.advance(future - MONDAY)
    with house.transaction() as tx:
        partitions.make(tx)
    assert places(house) == {MONDAY: "articles_2026_03", future: "articles_2031_05", past: partitions.REST}
    with house.reading() as tx:
        assert archive.count(tx, Window(since=MONDAY)) == 2
        assert len(articles.known(tx, "harbour", [f"{future:%c %f}", f"{past:%c %f}"])) == 2


def test_an_article_is_edited_where_it_lies(house: Store, clock: ManualClock) -> None:
    seen(house, MONDAY)
    later = clock.advance(timedelta(days=40))
    with house.transaction() as tx:
        changed = article(f"{MONDAY:%c %f}", title="Edited in April", seen_at=later)
        assert len(articles.save(tx, [changed])) == 1
    assert places(house) == {MONDAY: "articles_2026_03"}


def test_partitions_that_hold_nothing_any_more_are_dropped(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        publish(tx, article("matched"))
        articles.save(tx, [article("april", seen_at=MONDAY + timedelta(days=40))])
    now = clock.advance(timedelta(days=300))
    keep = Retention(articles=timedelta(days=180), matches=timedelta(days=500))
    for _ in range(5):
        with house.transaction() as tx:
            retention.prune(tx, keep)
    with house.transaction() as tx:
        partitions.make(tx)
        assert partitions.drop_empty(tx) > 0
        left = partitions.months(tx)
    assert "articles_2026_03" in left  # a match keeps its article
    assert "articles_2026_04" not in left
    assert f"articles_{now:%Y_%m}" in left
    seen(house, MONDAY + timedelta(days=41))
    assert partitions.REST in places(house).values()


def test_a_partition_is_not_dropped_while_others_are_long_at_it(house: Store, clock: ManualClock) -> None:
    clock.advance(timedelta(days=300))
    with house.reading() as tx:
        archive.count(tx)
        with pytest.raises(StoreUnavailable), house.transaction() as other:
            partitions.drop_empty(other)


def test_two_daemons_that_start_at_once_make_each_partition_once(house: Store, clock: ManualClock) -> None:
    clock.advance(timedelta(days=2000))
    made: list[int] = []

    def start() -> None:
        with house.transaction() as tx:
            made.append(partitions.make(tx))

    threads = [threading.Thread(target=start) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(made) == [0, 0, partitions.AHEAD + 1]


def test_what_gives_a_time_looks_only_into_the_partitions_of_that_time(house: Store) -> None:
    seen(house, MONDAY, MONDAY + timedelta(days=40))
    window = sa.select(sa.func.count()).select_from(schema.articles)
    window = window.where(schema.articles.c.seen_at >= MARCH, schema.articles.c.seen_at < MARCH + timedelta(days=31))
    with house.reading() as tx:
        told = window.compile(tx.conn, compile_kwargs={"literal_binds": True})
        plan = "\n".join(tx.conn.exec_driver_sql(f"EXPLAIN {told}").scalars())
    assert "articles_2026_03" in plan
    assert "articles_2026_04" not in plan
    assert partitions.REST not in plan


def test_a_match_that_comes_while_its_article_is_pruned_keeps_it(house: Store) -> None:
    """Nothing in PostgreSQL refers to a partitioned table by half its key, so the code must hold what a foreign key would."""
    with house.transaction() as tx:
        articles.save(tx, [article("old")])
    pruned: list[int] = []

    def prune() -> None:
        with house.transaction() as tx:
            pruned.append(articles.prune(tx, MONDAY + timedelta(days=1)))

    with house.transaction() as tx:
        publish(tx, article("old", title="Edited"))
        thread = threading.Thread(target=prune)
        thread.start()
        thread.join(10)
    assert pruned == [0]
    with house.reading() as tx:
        assert (matches.count(tx), archive.count(tx)) == (1, 1)


def test_on_sqlite_there_are_none(sqlite_store: Store) -> None:
    with sqlite_store.transaction() as tx:
        assert (partitions.make(tx), partitions.drop_empty(tx), partitions.months(tx)) == (0, 0, [])
