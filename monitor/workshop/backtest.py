"""A rule tried on articles of the past: what it found, how that spreads, and how it differs from the version before."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from monitor.core.digest import DigestSpec
from monitor.core.match import Hit, Matcher
from monitor.core.model import Document, Span
from monitor.core.rules import Rule
from monitor.workshop.bars import Chart, chart
from monitor.workshop.forecast import Alert, Forecast, forecast
from monitor.workshop.past import Past, Stories

MOST_OUTLETS = 5
"""Outlets that are named."""
MOST_OVERRUNS = 20
"""Articles in which a regular expression may run out of time before a trial is given up."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An article with where the rule matched in it."""

    number: int
    outlet: str
    seen_at: datetime | None
    document: Document
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed against the version before, which found `before` articles. Of what is new and gone, the newest."""

    before: int
    gained: int
    lost: int
    new: tuple[Sample, ...]
    gone: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a rule found. `articles` were there, `read` of them by the matcher; in `overrun` a regular
    expression ran out of time, and `given_up` says that the rest was not read for that.

    `chart` is None where no article says when it was. `samples` are the newest stories, by their first copy; newest first.
    """

    articles: int
    read: int
    matches: int
    stories: int
    overrun: int
    given_up: bool
    since: datetime | None
    until: datetime | None
    chart: Chart | None
    outlets: tuple[tuple[str, int], ...]
    samples: tuple[Sample, ...]
    forecasts: tuple[Forecast, ...]
    difference: Difference | None

    @property
    def share(self) -> float:
        """Which part of the articles the rule found."""
        return self.matches / self.articles if self.articles else 0.0


Kept: TypeAlias = tuple[Past, Hit]
"""What may become a sample. Where a hit is in its article is only looked up for those that do."""


class Trial:
    """Tries one rule, and the version of it to compare with, on one article after another; keeps little of each hit.

    Days are those of `zone`. At most `most` samples are kept of each kind.
    """

    def __init__(self, rule: Rule, before: Rule | None, zone: ZoneInfo, most: int) -> None:
        self._rule = rule
        self._before = before
        self._zone = zone
        self._matcher = Matcher([rule] if before is None else [rule, before])
        self._stories = Stories()
        self._seen: set[int] = set()
        self._days: Counter[date] = Counter()
        self._outlets: Counter[str] = Counter()
        self._alerts: list[Alert] = []
        self._samples: deque[Kept] = deque(maxlen=most)
        self._new: deque[Kept] = deque(maxlen=most)
        self._gone: deque[Kept] = deque(maxlen=most)
        self._count: Counter[str] = Counter()
        self.first: datetime | None = None
        self.last: datetime | None = None

    @property
    def read(self) -> int:
        """How many articles were looked at."""
        return self._count["read"]

    @property
    def runs_away(self) -> bool:
        """Whether it takes too long to go on."""
        return self._count["overrun"] >= MOST_OVERRUNS

    def look(self, past: Past) -> None:
        """Try the rule on an article."""
        self._count["read"] += 1
        if past.seen_at:
            self.first = min(self.first or past.seen_at, past.seen_at)
            self.last = max(self.last or past.seen_at, past.seen_at)
        hits = self._matcher.match(past.document)
        self._count["overrun"] += bool(hits.overrun)
        # The two versions have one id: which of them a hit is of only the rule itself tells.
        now = next((each for each in hits if each.rule is self._rule), None)
        then = next((each for each in hits if each.rule is self._before), None)
        if now:
            self._keep(past, now)
        if then:
            self._count["before"] += 1
        if self._before and now and not then:
            self._count["gained"] += 1
            self._new.append((past, now))
        if then and not now:
            self._count["lost"] += 1
            self._gone.append((past, then))

    def _keep(self, past: Past, hit: Hit) -> None:
        self._count["matches"] += 1
        self._outlets[past.outlet] += 1
        story = self._stories.of(past)
        if story not in self._seen:
            self._seen.add(story)
            self._samples.append((past, hit))
        if past.seen_at is None:
            return
        self._days[past.seen_at.astimezone(self._zone).date()] += 1
        too_old = past.seen_at - (past.published or past.seen_at) > self._rule.max_age
        if not past.silent:
            outlet = past.publisher or past.document.source
            self._alerts.append(Alert(story, past.seen_at, outlet, past.weight, too_old))

    def findings(
        self, articles: int, since: datetime | None, until: datetime | None, digests: Mapping[str, DigestSpec]
    ) -> Findings:
        """Return what was found among `articles` first seen in [since, until]; None stands for the first and last of them."""
        since, until = since or self.first, until or self.last
        return Findings(
            articles=articles,
            read=self.read,
            matches=self._count["matches"],
            stories=len(self._seen),
            overrun=self._count["overrun"],
            given_up=self.runs_away,
            since=since,
            until=until,
            chart=self._chart(since, until),
            outlets=tuple(sorted(self._outlets.items(), key=lambda each: (-each[1], each[0]))[:MOST_OUTLETS]),
            samples=_newest(self._samples),
            forecasts=self._forecasts(since, until, digests),
            difference=self._difference(),
        )

    def _chart(self, since: datetime | None, until: datetime | None) -> Chart | None:
        if since is None or until is None:
            return None
        return chart(self._days, since.astimezone(self._zone).date(), until.astimezone(self._zone).date())

    def _forecasts(
        self, since: datetime | None, until: datetime | None, digests: Mapping[str, DigestSpec]
    ) -> tuple[Forecast, ...]:
        if since is None or until is None:
            return ()
        # An article that was asked for at one moment may be told after one of the next: the order of ids is not that of times.
        alerts = sorted(self._alerts, key=lambda each: each.at)
        return tuple(
            forecast(digests[each], self._rule, alerts, since, until) for each in self._rule.deliver if each in digests
        )

    def _difference(self) -> Difference | None:
        if self._before is None:
            return None
        count = self._count
        return Difference(count["before"], count["gained"], count["lost"], _newest(self._new), _newest(self._gone))


def _newest(kept: Sequence[Kept]) -> tuple[Sample, ...]:
    return tuple(
        Sample(past.number, past.outlet, past.seen_at, past.document, hit.spans) for past, hit in reversed(kept)
    )
