"""Thousands of polls of feeds as the web has them, with deaths at random: each item is stored, matched, settled and told exactly once."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Concatenate, ParamSpec, TypeVar

import pytest
import sqlalchemy as sa

from monitor.app.upkeep import recover
from monitor.core.digest import DigestSpec
from monitor.core.model import Feed
from monitor.errors import StoreUnavailable
from monitor.render.renderer import Renderer
from monitor.store import Store, Tx
from monitor.store.schema import articles, fates, matches
from monitor.workers import Workers
from tests.clock import ManualClock
from tests.pipeline.house import MINUTES, House, rule
from tests.pipeline.newsroom import Newsroom, only
from tests.pipeline.peers import Desk

P = ParamSpec("P")
T = TypeVar("T")

PAPERS = 60
TURNS = {"sqlite": 36, "postgresql": 18}
"""What half a minute allows."""

TOKEN = re.compile(r"paper\d+x\d+")


class Mortal(Store):
    """A store whose daemon dies at random: before, in the middle of or after a transaction. The dead do nothing until they are woken."""

    def __init__(self, url: str, clock: ManualClock, chance: random.Random) -> None:
        super().__init__(url, clock=clock)
        self.chance = chance
        self.mortality = 0.0
        self.dead = False
        self.deaths: Counter[str] = Counter()

    async def run(self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As the real one, as long as it lives."""
        if self.dead:
            raise StoreUnavailable("dead")
        if self.chance.random() >= self.mortality:
            return await super().run(function, *args, **kwargs)
        self.dead, moment = True, self.chance.choice(("before", "amid", "after"))
        self.deaths[f"{moment} {function.__name__}"] += 1
        if moment == "after":
            await super().run(function, *args, **kwargs)
        elif moment == "amid":
            await super().run(_cut_short, lambda tx: function(tx, *args, **kwargs))
        raise StoreUnavailable("dead")


def _cut_short(tx: Tx, function: Callable[[Tx], object]) -> None:
    """Do everything, and be undone before it is committed."""
    function(tx)
    raise StoreUnavailable("dead")


@pytest.fixture
def mortal(database_url: str, clock: ManualClock) -> Iterator[Mortal]:
    store = Mortal(database_url, clock, random.Random(20261126))
    store.open()
    yield store
    store.close()


async def turn(house: House, store: Mortal, pass_by: timedelta = 15 * MINUTES) -> None:
    """Let time pass, and the daemon do what is due; who died is started again first."""
    house.clock.advance(pass_by)
    if store.dead:
        store.dead = False
        house.restart()
        await store.run(recover)
    try:
        while await house.poller.poll_due():
            await house.poller.settle()
        await house.deliver()
    except StoreUnavailable:
        pass
    await house.poller.settle()
    await house.sender.settle()


def tokens(house: House, query: sa.Select[tuple[object, ...]]) -> Counter[str]:
    """How often each item is among the titles that a query finds."""
    return Counter(TOKEN.findall(str([row.title for row in house.rows(query)])))


def told(desk: Desk) -> Counter[str]:
    """How many different messages tell of each item."""
    messages = {parcel.key: parcel.payload for parcel, _ in desk.parcels}
    assert all(parcel.payload == messages[parcel.key] for parcel, _ in desk.parcels), "a repeat is the same message"
    return Counter(token for each in messages.values() for token in set(TOKEN.findall(each)))


async def test_each_item_is_stored_matched_and_told_exactly_once(
    mortal: Mortal, database_url: str, clock: ManualClock, workers: Workers, renderer: Renderer
) -> None:
    turns = TURNS[database_url.partition(":")[0]]
    room, night = Newsroom(7, PAPERS, clock), Desk("night")
    house = House(mortal, clock, workers, renderer, press=room)
    house.put_in_force(
        [Feed(paper.name, url, every=5 * MINUTES, max_every=10 * MINUTES) for url, paper in room.papers.items()],
        [rule("ferry"), rule("storm", deliver=("nightly",))],
        [
            DigestSpec("instant", ("desk",), wait=timedelta(0), max_items=1000),
            DigestSpec("nightly", ("night",), wait=timedelta(0), max_items=1000),
        ],
        {"desk": house.desk, "night": night},
    )
    await turn(house, mortal)
    mortal.mortality, room.failing = 0.03, 0.05
    for _ in range(turns):
        room.turn()
        await turn(house, mortal)
    mortal.mortality, room.failing = 0.0, 0.0
    for _ in range(5):
        await turn(house, mortal, timedelta(hours=7))
    assert len(room.requests) > 50 * turns
    assert sum(mortal.deaths.values()) > turns // 4, mortal.deaths
    once = Counter(only(room.items))
    assert tokens(house, sa.select(articles.c.title)) == once
    hits = sa.select(articles.c.title).join_from(matches, articles)
    assert tokens(house, hits.where(matches.c.rule_id == "ferry")) == once
    assert tokens(house, hits.where(matches.c.rule_id == "storm")) == Counter(only(room.items, stormy=True))
    assert len(house.rows(sa.select(fates.c.match_id))) == house.matches()
    assert set(house.fates()) == {"baseline", "sent"}
    assert told(house.desk) == Counter(only(room.items, late=True))
    assert told(night) == Counter(only(room.items, stormy=True))
