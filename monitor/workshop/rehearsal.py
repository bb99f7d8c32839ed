"""The daemon's own stages on a clock that jumps: articles are stored, matches planned, editions made, and nothing is sent.

Stories, matches, fates and editions are the store's, in a database that is thrown away, and the plan is the planner's. So what
is told here is what the daemon would tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from monitor.core.delivery import after, delivery_key
from monitor.core.digest import DigestSpec, EditionPlan, Left, Reason, next_slot
from monitor.core.feeds import FeedState
from monitor.core.match import Hit
from monitor.core.model import Article, Feed, Outcome, Parcel, Receipt
from monitor.core.rules import Rule
from monitor.pipeline import planning, silences, waiting
from monitor.pipeline.committing import Poll, commit
from monitor.pipeline.matching import Finding, unseen
from monitor.pipeline.setup import conditions
from monitor.pipeline.waiting import Waiting
from monitor.store import Store, Tx, articles, deliveries, editions, feeds, rule_versions
from monitor.store.deliveries import Attempt
from monitor.store.feeds import Claim, PollResult

#: How long after its last article a rehearsal goes on where something still waits: a weekly digest comes within it.
PATIENCE = timedelta(days=8)
#: The daemon looks once a second at what is due.
TICK = timedelta(seconds=1)
LEASE = timedelta(minutes=2)
SENT = Receipt(Outcome.SENT)


@dataclass(frozen=True, slots=True)
class Coming:
    """An article that a feed brings, when it is first seen (in `article`), and what matches it."""

    article: Article
    feed: Feed
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """An edition: the minute by its digest's clock (without a zone), its digest, and how many stories it tells."""

    at: datetime
    digest: str
    items: int


class Rehearsal:
    """Plays what comes, each time from an empty database. The first play makes the database; `with` ends it.

    `digests` are those of the configuration, by id.
    """

    def __init__(self, digests: Mapping[str, DigestSpec]) -> None:
        self._digests = digests
        self._open = ExitStack()
        self._store: Store | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def play(self, rule: Rule, coming: Sequence[Coming]) -> list[Told]:
        """Return the editions that tell of the rule's matches, in order, up to the last that waits for its digest.

        `coming` is in order of time; its hits are those of the rule.
        """
        specs = [self._digests[each] for each in rule.deliver if each in self._digests]
        with self._database().transaction() as tx, tx.savepoint() as everything:
            told = list(_Play(tx, rule, specs, coming[0].article.seen_at - TICK).told(coming)) if coming else []
            everything.rollback()
        return told

    def _database(self) -> Store:
        if self._store is None:
            folder = Path(self._open.enter_context(TemporaryDirectory(prefix="presswatch-")))
            store = Store(f"sqlite:///{folder / 'rehearsal.db'}")
            store.open()
            self._store = self._open.enter_context(store)
        return self._store


@dataclass(slots=True)
class _Play:
    """One play, within one transaction that is undone: each instant has a `Tx` of its own, with its own time."""

    tx: Tx
    rule: Rule
    specs: Sequence[DigestSpec]
    now: datetime
    claims: dict[str, Claim] = field(default_factory=dict)
    made: dict[str, list[datetime]] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)

    def told(self, coming: Sequence[Coming]) -> Iterator[Told]:
        """Yield the editions."""
        waves = [(at, list(wave)) for at, wave in groupby(coming, key=lambda each: each.article.seen_at)]
        self._begin(coming)
        end = waves[-1][0] + PATIENCE
        upcoming: datetime | None = waves[0][0]
        while upcoming is not None and upcoming <= end:
            self.now = upcoming
            tx = self._instant()
            comes = bool(waves) and waves[0][0] == self.now
            if comes:
                self._store(tx, waves.pop(0)[1])
            for spec in self.specs:
                if comes or self.due.get(spec.id) == self.now:
                    yield from self._plan(tx, spec)
            upcoming = min([*self.due.values(), *(at for at, _ in waves[:1])], default=None)

    def _instant(self) -> Tx:
        return Tx(self.tx.conn, lambda: self.now)

    def _begin(self, coming: Sequence[Coming]) -> None:
        """Let the feeds have been read before, so that nothing is a first sight."""
        tx = self._instant()
        brought = {each.feed.id: each.feed for each in coming}
        rule_versions.record(tx, [self.rule])
        feeds.sync(tx, list(brought.values()))
        claims = feeds.claim(tx, len(brought), LEASE)
        read = FeedState(baseline_at=self.now)
        commit(tx, [Poll(each, PollResult(self.now, state=read)) for each in claims], timedelta(0))
        self.claims = {each.feed_id: replace(each, state=read) for each in claims}

    def _store(self, tx: Tx, wave: Sequence[Coming]) -> None:
        """Store what comes at one instant, a poll for each feed."""
        polls = []
        for feed_id, claim in self.claims.items():
            found = {each.article.key: each for each in wave if each.feed.id == feed_id}
            come = [each.article for each in found.values()]
            fresh = unseen(come, articles.known(tx, feed_id, [key for each in come for key in each.keys]))
            if fresh:
                findings = tuple(Finding(each, found[each.key].hits) for each in fresh)
                polls.append(Poll(claim, PollResult(self.now, state=claim.state), findings))
        commit(tx, polls, timedelta(0))

    def _plan(self, tx: Tx, spec: DigestSpec) -> Iterator[Told]:
        """Make the edition that is due, if one is, and note when the digest is due again."""
        found = waiting.read(tx, spec, conditions([self.rule]))
        verdict = found.verdict(spec)
        waiting.settle(tx, spec.id, verdict, found)
        # An empty edition says nothing of the rule, whether it goes out or not.
        if verdict.edition and verdict.edition.match_ids:
            yield self._made(tx, spec, verdict.edition, found)
        yield from self._silences(tx, spec)
        following = self._next(spec, verdict.left)
        silent = [each.due_at for each in silences.untold(tx, spec, [self.rule])]
        self.due.pop(spec.id, None)
        if moments := [*([following] if following else []), *silent]:
            self.due[spec.id] = min(moments)

    def _silences(self, tx: Tx, spec: DigestSpec) -> Iterator[Told]:
        """Tell that the rule is silent, where it is time; a rehearsal reads all the time."""
        for each in silences.untold(tx, spec, [self.rule]):
            if each.due_at <= self.now:
                editions.make(tx, silences.edition_of(spec, each, self.now), [], [])
                yield Told(self._local(spec), spec.id, 0)

    def _local(self, spec: DigestSpec) -> datetime:
        return self.now.astimezone(ZoneInfo(spec.zone)).replace(second=0, microsecond=0, tzinfo=None)

    def _made(self, tx: Tx, spec: DigestSpec, planned: EditionPlan, found: Waiting) -> Told:
        edition = planning.new_edition(spec, planned, self.now)
        parcel = Parcel(delivery_key("rehearsal", "", edition.id, 0), "rehearsal", "", 0, "")
        editions.make(tx, edition, planned.match_ids, [parcel])
        self._deliver(tx)
        self.made.setdefault(spec.id, []).append(self.now)
        stories = {each.story_id for each in found.pending if each.match_id in planned.match_ids}
        return Told(self._local(spec), spec.id, len(stories))

    def _deliver(self, tx: Tx) -> None:
        """Let what is due arrive."""
        for row in deliveries.claim(tx, 1, LEASE):
            verdict = after(SENT, row.attempts, row.first_at, self.now, row.key)
            deliveries.settle(tx, row.id, row.token, Attempt(self.now, timedelta(0), SENT), verdict)

    def _next(self, spec: DigestSpec, left: Sequence[Left]) -> datetime | None:
        """Return when a digest may next be due, given what waits for it; None where nothing does."""
        if not left:
            return None
        if spec.schedule is None:
            return self._next_instant(spec, left)
        with suppress(OverflowError):  # a schedule that does not come before the calendar ends
            return next_slot(spec.schedule, spec.zone, self.now).due
        return None

    def _next_instant(self, spec: DigestSpec, left: Sequence[Left]) -> datetime | None:
        # A wave that is not whole lapses after the last instant at which it could become so.
        until = [each.until + (TICK if each.reason is Reason.GATHERS else timedelta(0)) for each in left if each.until]
        if until:
            return min(until)
        per = spec.max_rate.per if spec.max_rate else timedelta(0)
        counted = [at for at in self.made.get(spec.id, ()) if at >= self.now - per]
        return min(counted) + per + TICK if counted else None
