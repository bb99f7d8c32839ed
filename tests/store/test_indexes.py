"""The questions asked again and again are answered from an index, however large the tables grow."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.core.match.narrowing import Holds
from monitor.store import (
    Store,
    Tx,
    archive,
    articles,
    copies,
    deliveries,
    editions,
    fates,
    feeds,
    matches,
    proof,
    stories,
)
from monitor.store.archive import Window
from tests.clock import MONDAY
from tests.store.newsroom import LEASE, SENT, answer, article, edition, open_house, parcel, publish

LARGE = (
    "feeds",
    "articles",
    "story_keys",
    "story_bands",
    "stories",
    "matches",
    "fates",
    "editions",
    "deliveries",
    "attempts",
)


@contextmanager
def listening(statements: list[tuple[str, Any]]) -> Iterator[None]:
    """Take down every statement that reads or changes rows."""

    def take_down(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            statements.append((statement, parameters[0] if many else parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", take_down)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", take_down)


def deliver(tx: Tx) -> None:
    for row in deliveries.claim(tx, 10, LEASE):
        answer(tx, row, SENT)


def look_up(tx: Tx) -> None:
    window = Window(MONDAY - timedelta(days=2), MONDAY + timedelta(days=2))
    archive.count(tx, window)
    archive.count_candidates(tx, Holds("ferry"), window)
    for newest_first in (True, False):
        list(archive.candidates(lambda: nullcontext(tx), Holds("ferry"), window, newest_first=newest_first))


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda tx: feeds.claim(tx, 10, LEASE), id="which feeds are due"),
        pytest.param(feeds.next_due, id="when is the next feed due"),
        pytest.param(lambda tx: feeds.clamp(tx, LEASE), id="which feeds did a wrong clock put off"),
        pytest.param(
            lambda tx: publish(tx, article("new", story_keys=("a", "b"), bands=(1, 2, 3))),
            id="is this article new, and its story",
        ),
        pytest.param(lambda tx: fates.waiting_for(tx, "instant"), id="what waits for a digest"),
        pytest.param(lambda tx: fates.among(tx, "instant", [1, 2]), id="what an edition shows"),
        pytest.param(lambda tx: editions.make(tx, edition("new"), [1], [parcel("new")]), id="make an edition"),
        pytest.param(lambda tx: editions.last_slot(tx, "instant"), id="the last slot"),
        pytest.param(lambda tx: editions.sent_since(tx, "instant", MONDAY), id="how often lately"),
        pytest.param(deliver, id="which deliveries are due, and settle them"),
        pytest.param(deliveries.oldest_waiting, id="how old is the oldest delivery"),
        pytest.param(proof.standing, id="how things stand"),
        pytest.param(lambda tx: articles.prune(tx, MONDAY + timedelta(days=1)), id="which articles are old"),
        pytest.param(lambda tx: stories.prune(tx, MONDAY + timedelta(days=1)), id="which stories are old"),
        pytest.param(lambda tx: copies.prune(tx, MONDAY + timedelta(days=4)), id="which bands are old"),
        pytest.param(lambda tx: matches.prune(tx, MONDAY), id="which matches are old"),
        pytest.param(lambda tx: editions.prune(tx, MONDAY), id="which editions are old"),
        pytest.param(look_up, id="which articles hold a word"),
    ],
)
def test_no_everyday_question_reads_a_whole_table(sqlite_store: Store, question: Callable[[Tx], object]) -> None:
    asked: list[tuple[str, Any]] = []
    with sqlite_store.transaction() as tx:
        open_house(tx)
        publish(tx, article("a"), article("b"))
        editions.make(tx, edition("first"), [2], [parcel("first")])
    with sqlite_store.transaction() as tx, listening(asked):
        question(tx)
    assert asked
    with sqlite_store.transaction() as tx:
        for statement, parameters in asked:
            for row in tx.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                assert not row.detail.startswith(tuple(f"SCAN {table}" for table in LARGE)) or "INDEX" in row.detail, (
                    statement
                )
