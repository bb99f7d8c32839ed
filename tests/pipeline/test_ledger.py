"""No match without a fate: whatever is polled, planned, delivered, reloaded, refused and broken off, the ledger closes."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.digest import DigestSpec, Schedule
from monitor.core.model import FateState, Outcome, Receipt
from monitor.errors import FetchError, StoreUnavailable
from monitor.render.renderer import Renderer
from monitor.store import deliveries, gates, ledger
from monitor.store.schema import editions, fates, matches, rule_versions
from monitor.workers import Workers
from tests.clock import ManualClock
from tests.pipeline.house import INSTANT, LOCAL, MINUTES, WIRE, House, rule
from tests.pipeline.peers import Faulty, away

HOURLY = DigestSpec("hourly", ("desk",), schedule=Schedule("0 * * * *"))
RULES = [rule("ferry", deliver=("instant", "hourly")), rule("storm", deliver=("hourly",), max_age=timedelta(hours=2))]
EDITED = [rule("ferry", deliver=("instant",)), rule("market", deliver=("hourly",))]
TITLES = [f"{subject} {number}" for subject in ("Ferry", "Storm", "Ferry in a storm", "Market") for number in range(3)]

NEWS = st.tuples(st.just("publish"), st.sampled_from([WIRE, LOCAL]), st.sampled_from(TITLES), st.integers(0, 300))
TROUBLE = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from(Outcome)),
    st.tuples(st.just("away"), st.sampled_from(["commit", "make", "_conclude", "claim", "_settle", "release"])),
    st.sampled_from([("back",), ("break_off",), ("fail",), ("reload",), ("wait", 1), ("wait", 70)]),
)
WORK = st.lists(st.sampled_from([("poll",), ("plan",), ("deliver",)]), min_size=2, max_size=5)
TURNS = st.tuples(
    st.lists(NEWS, min_size=1, max_size=4), st.lists(TROUBLE, max_size=2), WORK, st.lists(TROUBLE, max_size=2)
)


class Script:
    """What the steps of a script do to a house."""

    def __init__(self, house: House, store: Faulty) -> None:
        self.house, self.store = house, store

    async def publish(self, feed: object, title: str, age: int) -> None:
        url = WIRE.url if feed is WIRE else LOCAL.url
        self.house.press.publish(url, self.house.story(title, age=age * MINUTES))

    async def poll(self) -> None:
        await self.house.poll()

    async def plan(self) -> None:
        await self.house.planner.plan_due()

    async def deliver(self) -> None:
        await self.house.sender.deliver_due()
        await self.house.sender.settle()

    async def answer(self, outcome: Outcome) -> None:
        self.house.desk.receipts.append(Receipt(outcome))

    async def away(self, function: str) -> None:
        self.store.fault = away(function)

    async def back(self) -> None:
        self.store.fault = None
        self.house.press.answers.clear()

    async def fail(self) -> None:
        self.house.press.answers[WIRE.url] = FetchError("timeout", "no answer")

    async def break_off(self) -> None:
        """Stop in the middle of polls and sends, and begin anew."""
        self.house.desk.hung = asyncio.Event()
        begin = (self.house.poller.poll_due(), self.house.sender.deliver_due())
        await asyncio.gather(*begin, return_exceptions=True)
        end = (self.house.poller.stop(), self.house.sender.stop(patience=0))
        await asyncio.gather(*end, return_exceptions=True)
        self.house.desk.hung = None
        self.house.restart()

    async def reload(self) -> None:
        self.house.change(rules=EDITED if self.house.setup.rules == tuple(RULES) else RULES)

    async def wait(self, minutes: int) -> None:
        self.house.clock.advance(minutes * MINUTES)

    async def mend(self) -> None:
        """Let every trouble end, and what waits go its way."""
        await self.back()
        self.house.desk.receipts.clear()
        with self.store.transaction() as tx:
            gates.lift(tx, gates.channel("desk"))
        self.house.restart()
        for _ in range(4):
            self.house.clock.advance(70 * MINUTES)
            await self.house.poll()
            await self.house.deliver()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(TURNS, min_size=2, max_size=5))
async def test_every_match_has_exactly_one_fate_in_each_of_its_digests(
    turns: list[tuple[list[tuple[object, ...]], ...]],
    tmp_path: Path,
    migrated_file: Path,
    workers: Workers,
    renderer: Renderer,
) -> None:
    for left in tmp_path.iterdir():
        left.unlink()
    clock = ManualClock()
    store = Faulty(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'ledger.db')}", clock=clock)
    store.open()
    try:
        house = House(store, clock, workers, renderer)
        house.change(sources=[WIRE, LOCAL], rules=RULES, digests=[INSTANT, HOURLY])
        await house.first_sight()
        play = Script(house, store)
        for name, *values in (step for turn in turns for part in turn for step in part):
            try:
                await getattr(play, str(name))(*values)
            except StoreUnavailable:
                assert store.fault is not None  # told to whoever asked; the next beat asks again
            the_ledger_closes(house)
        await play.mend()
        the_ledger_closes(house)
        assert FateState.PENDING not in house.fates()
    finally:
        store.close()


def the_ledger_closes(house: House) -> None:
    """Fates are matches times the digests of their rules; what was taken is in an edition that agrees with its deliveries."""
    due = matches.join(rule_versions)
    goes_to = house.rows(sa.select(matches.c.id, rule_versions.c.deliver).select_from(due))
    owed = sorted((row.id, digest) for row in goes_to for digest in row.deliver)
    kept = house.rows(sa.select(fates.c.match_id, fates.c.digest_id, fates.c.state, fates.c.edition_id))
    assert sorted((row.match_id, row.digest_id) for row in kept) == owed
    assert sum(house.fates().values()) == len(owed)
    sizes = {row.id: row.size for row in house.rows(sa.select(editions.c.id, editions.c.size))}
    for edition_id, size in sizes.items():
        taken = {row.state for row in kept if row.edition_id == edition_id}
        assert len([row for row in kept if row.edition_id == edition_id]) == size
        assert len(taken) <= 1, "one edition, one end"
    with house.store.reading() as tx:
        assert sum(deliveries.count_by_state(tx).values()) == len(sizes)
        assert ledger.findings(tx, list(house.setup.digests), timedelta(0)) == []
