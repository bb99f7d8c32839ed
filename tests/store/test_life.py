"""Whatever happens, in whatever order: every match has one fate in every digest, and every edition ends once."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.model import DeliveryState, FateState
from monitor.store import Store, Tx, deliveries, editions, fates, matches, schema
from monitor.store.fates import Settled
from tests.clock import ManualClock
from tests.store.newsroom import (
    LATER,
    LEASE,
    REFUSED,
    SENT,
    UNCERTAIN,
    answer,
    article,
    edition,
    open_house,
    parcel,
    publish,
)

DIGESTS = ("instant", "morning")
ANSWERS = [SENT, REFUSED, LATER, UNCERTAIN]
FINAL = [FateState.MERGED, FateState.EXPIRED, FateState.SILENCED]

number = st.integers(0, 5)
Step = Callable[[Tx, ManualClock], object]


def found(key: int, version: int, rules: int) -> Step:
    """A feed states an article, perhaps changed, and one or two rules take it."""
    return lambda tx, clock: publish(
        tx,
        article(f"k{key}", body=f"version {version}", story_keys=(f"s{key % 3}",), seen_at=clock.now),
        rules=("ferries", "boats")[: 1 + rules % 2],
        digests=DIGESTS,
    )


def made(digest: int, first: int, count: int, recipients: int) -> Step:
    """A digest is planned from some of what waits; the edition's name and slot may be taken already."""

    def step(tx: Tx, clock: ManualClock) -> None:
        digest_id = DIGESTS[digest % 2]
        waiting = [each.match_id for each in fates.pending(tx, digest_id)][first : first + count]
        name = f"{digest_id}/{first}{count}{recipients}"
        parcels = [parcel(name, recipient=f"r{each}@example.org") for each in range(recipients)]
        if parcels or not waiting:
            editions.make(tx, edition(name, digest_id, at=clock.now), waiting, parcels)

    return step


def settled(digest: int, match_id: int, state: int) -> Step:
    """A digest settles, or holds, any match at all without sending it."""
    chosen = [*FINAL, FateState.HELD][state % 4]
    return lambda tx, _clock: fates.settle(tx, DIGESTS[digest % 2], [Settled(match_id, chosen, "because")])


def sent(limit: int, given: int, leave: int) -> Step:
    """Some deliveries are tried; of some the answer never comes."""

    def step(tx: Tx, _clock: ManualClock) -> None:
        for index, row in enumerate(deliveries.claim(tx, limit, LEASE)):
            if index != leave:
                assert answer(tx, row, ANSWERS[given % 4])

    return step


def passed(minutes: int) -> Step:
    """Time passes."""
    return lambda _tx, clock: clock.advance(timedelta(minutes=minutes))


def pruned() -> Step:
    """Everything that may be deleted is."""
    return lambda tx, clock: (editions.prune(tx, clock.now), matches.prune(tx, clock.now))


steps = st.lists(
    st.one_of(
        st.builds(found, number, number, number),
        st.builds(made, number, number, number, number),
        st.builds(settled, number, st.integers(1, 20), number),
        st.builds(sent, number, number, number),
        st.builds(passed, number),
        st.builds(pruned),
    ),
    max_size=30,
)


def emptied(tx: Tx) -> None:
    for table in reversed(schema.metadata.sorted_tables):
        tx.conn.execute(sa.delete(table))


def check(tx: Tx) -> None:
    """Hold the store to its promises."""
    count = matches.count(tx)
    assert sum(fates.count_by_state(tx).values()) == count * len(DIGESTS)
    assert [sum(fates.count_by_state(tx, digest_id).values()) for digest_id in DIGESTS] == [count, count]
    over = {row.id: row.settled_at is not None for row in tx.conn.execute(sa.select(schema.editions))}
    ended = dict.fromkeys(over, True)
    for row in tx.conn.execute(sa.select(schema.deliveries)):
        final = row.next_at is None
        assert final == (row.state in (DeliveryState.SENT, DeliveryState.DEAD))
        ended[row.edition_id] &= final
    assert ended == over
    for row in tx.conn.execute(sa.select(schema.fates).where(schema.fates.c.edition_id.is_not(None))):
        assert (row.state is FateState.PENDING) == (not over[row.edition_id])
        assert row.state in (FateState.PENDING, FateState.SENT, FateState.FAILED)


def live(store: Store, clock: ManualClock, life: list[Step]) -> None:
    with store.transaction() as tx:
        emptied(tx)
        open_house(tx)
    for step in life:
        with store.transaction() as tx:
            step(tx, clock)
            check(tx)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_every_match_has_one_fate_in_every_digest_on_sqlite(
    sqlite_store: Store, clock: ManualClock, life: list[Step]
) -> None:
    live(sqlite_store, clock, life)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_every_match_has_one_fate_in_every_digest_on_postgresql(
    postgres_store: Store, clock: ManualClock, life: list[Step]
) -> None:
    live(postgres_store, clock, life)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, number)
def test_what_can_still_end_does_end_when_the_other_side_takes_everything(
    sqlite_store: Store, clock: ManualClock, life: list[Step], waits: int
) -> None:
    live(sqlite_store, clock, life)
    for _ in range(20):
        clock.advance(timedelta(minutes=5 + waits))
        with sqlite_store.transaction() as tx:
            sent(100, 0, -1)(tx, clock)
            check(tx)
    with sqlite_store.reading() as tx:
        assert set(deliveries.count_by_state(tx)) <= {DeliveryState.SENT, DeliveryState.DEAD}
        waiting = sum(len(fates.pending(tx, digest_id)) for digest_id in DIGESTS)
        states = fates.count_by_state(tx)
        assert waiting == states.get(FateState.PENDING, 0) + states.get(FateState.HELD, 0)
