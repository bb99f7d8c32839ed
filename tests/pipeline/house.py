"""The three stages over a real store, with a press and a desk that a test directs, on the test's clock."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import sqlalchemy as sa

from monitor.channels.making import Channel
from monitor.core.digest import DigestSpec
from monitor.core.match import Matcher
from monitor.core.model import Feed
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.metrics import Metrics
from monitor.pipeline import Limits, Planner, Poller, Sender, Setup
from monitor.render.renderer import Renderer
from monitor.store import Store, Tx, feeds, rule_versions
from monitor.store.schema import articles, fates, matches
from monitor.workers import Workers
from tests.clock import ManualClock
from tests.endtoend.newsstand import Story
from tests.pipeline.peers import Desk, Press

MINUTES = timedelta(minutes=1)
WIRE = Feed("wire", "https://wire.example/feed")
LOCAL = Feed("local", "https://local.example/feed")
INSTANT = DigestSpec("instant", ("desk",), wait=timedelta(0))


def rule(word: str, *, deliver: tuple[str, ...] = ("instant",), max_age: timedelta = timedelta(days=7)) -> Rule:
    """A rule, called like the word it looks for."""
    return Rule(id=word, query=parse(word), deliver=deliver, max_age=max_age, version=f"{deliver}/{max_age}")


@dataclass(slots=True)
class House:
    """Everything that `presswatch run` has, but its clockwork."""

    store: Store
    clock: ManualClock
    workers: Workers
    renderer: Renderer
    press: Press = field(default_factory=Press)
    desk: Desk = field(default_factory=Desk)
    metrics: Metrics = field(default_factory=Metrics)
    limits: Limits = field(default_factory=Limits)
    setup: Setup = field(init=False)
    sources: list[Feed] = field(init=False)
    poller: Poller = field(init=False)
    planner: Planner = field(init=False)
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.put_in_force([WIRE], [rule("ferry")], [INSTANT], {"desk": self.desk})
        self.restart()

    def restart(self, limits: Limits | None = None) -> None:
        """Begin with new stages, as a process that starts does."""
        self.limits = limits or self.limits
        current = lambda: self.setup  # noqa: E731
        self.poller = Poller(
            self.store, current, self.press.retrieve, self.workers, self.metrics, self.clock, self.limits
        )
        self.planner = Planner(self.store, current, self.renderer, self.metrics)
        self.sender = Sender(self.store, current, self.metrics, self.clock, self.limits)

    def put_in_force(
        self,
        sources: Sequence[Feed],
        rules: Sequence[Rule],
        digests: Sequence[DigestSpec],
        channels: Mapping[str, Channel],
    ) -> None:
        """Configure everything anew."""
        by_id = {spec.id: spec for spec in digests}
        self.setup = Setup({}, tuple(rules), Matcher(rules), by_id, dict(channels))
        self.sources = list(sources)
        with self.store.transaction() as tx:
            feeds.sync(tx, sources)
            rule_versions.record(tx, rules)

    def change(
        self,
        *,
        sources: Sequence[Feed] | None = None,
        rules: Sequence[Rule] | None = None,
        digests: Sequence[DigestSpec] | None = None,
        channels: Mapping[str, Channel] | None = None,
    ) -> None:
        """Configure something anew and leave the rest."""
        now = self.setup
        self.put_in_force(
            sources if sources is not None else self.sources,
            rules if rules is not None else now.rules,
            digests if digests is not None else list(now.digests.values()),
            channels if channels is not None else now.channels,
        )

    async def poll(self) -> None:
        """Let the time for the next poll come, and poll what is due."""
        self.clock.advance(15 * MINUTES)
        await self.poller.poll_due()
        await self.poller.settle()

    async def deliver(self) -> None:
        """Plan, and send what is due."""
        await self.planner.plan_due()
        await self.sender.deliver_due()
        await self.sender.settle()

    async def first_sight(self, *names: str) -> None:
        """Let every feed be read for the first time, with old stories of these titles in it."""
        for source in self.sources:
            self.press.publish(source.url, *(self.story(name, age=timedelta(days=1)) for name in names))
        await self.poll()

    def story(self, title: str, text: str = "", *, age: timedelta = timedelta(0), guid: str = "") -> Story:
        """A story published `age` ago."""
        return Story(title, text, guid, self.clock() - age)

    def titles(self) -> list[str]:
        """The titles of all articles, sorted."""
        return sorted(row.title for row in self.rows(sa.select(articles.c.title)))

    def fates(self) -> dict[str, int]:
        """How many fates there are in each state."""
        return Counter(str(row.state) for row in self.rows(sa.select(fates.c.state)))

    def matches(self) -> int:
        """How many matches there are."""
        return len(self.rows(sa.select(matches.c.id)))

    def feed(self, feed_id: str = "wire") -> feeds.FeedRow:
        """How a feed stands."""
        with self.store.reading() as tx:
            return next(row for row in feeds.overview(tx) if row.id == feed_id)

    def rows(self, query: sa.Select[tuple[object, ...]]) -> Sequence[sa.Row[tuple[object, ...]]]:
        """The rows of a query."""
        with self.store.reading() as tx:
            return _all(tx, query)

    def figure(self, name: str, **labels: str) -> float:
        """What a metric says, 0 where it has not been touched."""
        return self.metrics.registry.get_sample_value(f"presswatch_{name}", labels) or 0.0


def _all(tx: Tx, query: sa.Select[tuple[object, ...]]) -> Sequence[sa.Row[tuple[object, ...]]]:
    return tx.conn.execute(query).all()


def with_polls(limits: Limits, polls: int) -> Limits:
    """The same limits with another number of polls in flight."""
    return replace(limits, polls=polls)
