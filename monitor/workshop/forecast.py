"""What the digests of a rule would have sent for what it found: the daemon's own planning, on a virtual clock."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from monitor.core.digest import DigestSpec, DigestState, PendingMatch, Reason, plan, slots
from monitor.core.digest.habits import Habit
from monitor.core.model import Silence, Spike
from monitor.core.rules import Rule

_HOUR = timedelta(hours=1)
#: The daemon plans every second: so long after the last edition of a full stretch has left it is the next made.
_BEAT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Alert:
    """A match that a digest is given: of which story, when (UTC), and of which outlet."""

    story: int
    at: datetime
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one digest would have sent for one rule.

    `stories` is the median of an edition; `most_in_an_hour` counts editions. `waiting` are stories that wait for its next time.
    """

    digest_id: str
    instant: bool
    editions: int = 0
    stories: float = 0
    most_in_an_hour: int = 0
    waiting: int = 0


def forecast(spec: DigestSpec, rule: Rule, alerts: Sequence[Alert], until: datetime) -> Forecast:
    """Return what `spec` would have sent for `alerts`, which are in the order of their times, all of them before `until`.

    A scheduled digest ends with the last time it was due by `until`; an instant one ends when nothing waits any more.
    """
    if isinstance(rule.when, Silence):
        return Forecast(spec.id, spec.instant, _silences(rule.when, alerts, until))
    desk = _Desk(spec, rule, alerts)
    moments = _moments_of_waves if rule.when or rule.cooldown else _moments
    for now in moments(desk, alerts) if spec.instant else _slots(spec, alerts, until):
        desk.take(alerts, now)
        if desk.waiting:
            desk.decide(now)
    desk.take(alerts, until)
    sizes = [size for _, size in desk.made]
    return Forecast(
        spec.id,
        spec.instant,
        len(sizes),
        median(sizes) if sizes else 0,
        most_within([at for at, _ in desk.made], _HOUR),
        len({each.story for each in desk.waiting} - desk.told),
    )


def most_within(moments: Sequence[datetime], span: timedelta) -> int:
    """Return how many of `moments`, which are in order, at most lie within a stretch of length `span`."""
    return max((at + 1 - bisect_left(moments, moment - span) for at, moment in enumerate(moments)), default=0)


def _silences(silence: Silence, alerts: Sequence[Alert], until: datetime) -> int:
    """Return how often nothing came for so long after something had."""
    moments = [*(each.at for each in alerts), until]
    return sum(later - earlier >= silence.after for earlier, later in pairwise(moments))


class _Desk:
    """A digest at work: what waits, what was told, and what was made when, of how many stories."""

    def __init__(self, spec: DigestSpec, rule: Rule, alerts: Sequence[Alert]) -> None:
        self.spec = spec
        self.rule = rule
        self.waiting: list[Alert] = []
        self.told: set[int] = set()
        self.made: list[tuple[datetime, int]] = []
        self.held_until: datetime | None = None
        self.again: datetime | None = None
        self._taken = 0
        self._habit = Habit([each.at for each in alerts], alerts[0].at) if alerts else None
        self._last_due: datetime | None = None

    def take(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Take what came in by `now`."""
        while self._taken < len(alerts) and alerts[self._taken].at <= now:
            self.waiting.append(alerts[self._taken])
            self._taken += 1

    def next_alert(self, alerts: Sequence[Alert]) -> Alert | None:
        """Return what decides when there is something to do next: the first that waits, else the first to come."""
        if self.waiting:
            return self.waiting[0]
        return self.next_to_come(alerts)

    def next_to_come(self, alerts: Sequence[Alert]) -> Alert | None:
        """Return the first that has not been taken."""
        return alerts[self._taken] if self._taken < len(alerts) else None

    def decide(self, now: datetime) -> None:
        """Make the edition that is due, if one is."""
        pending = [_pending(number, each, self.told, self.rule) for number, each in enumerate(self.waiting)]
        verdict = plan(self.spec, pending, self._state(now), now)
        gone = {each.match_id for each in verdict.settled}
        self.held_until = None
        self.again = min((each.until + _BEAT for each in verdict.left if each.until), default=None)
        if verdict.edition:
            gone.update(verdict.edition.match_ids)
            stories = {self.waiting[each].story for each in verdict.edition.match_ids}
            self.told |= stories
            self.made.append((now, len(stories)))
            self._last_due = verdict.edition.slot.due
        elif held := self.spec.held(self.rule.priority, now):
            self.held_until = held[0]
        elif verdict.reason is Reason.OVER_RATE and self.spec.max_rate:
            self.held_until = self.made[-self.spec.max_rate.count][0] + self.spec.max_rate.per + _BEAT
            self.again = min(self.again or self.held_until, self.held_until)
        self.waiting = [each for number, each in enumerate(self.waiting) if number not in gone]

    def _state(self, now: datetime) -> DigestState:
        when, cooldown = self.rule.when, self.rule.cooldown
        cooling = {self.rule.id: self.made[-1][0] + cooldown} if cooldown and self.made else {}
        waves = {self.rule.id: when} if when else {}
        habits = {self.rule.id: self._habit} if isinstance(when, Spike) and self._habit else {}
        return DigestState(self._last_due, self._made_lately(now), waves=waves, habits=habits, cooling=cooling)

    def _made_lately(self, now: datetime) -> int:
        rate = self.spec.max_rate
        return len(self.made) - bisect_left(self.made, (now - rate.per, 0)) if rate else 0


def _moments(desk: _Desk, alerts: Sequence[Alert]) -> Iterator[datetime]:
    """Yield when an instant digest has something to decide, as its decisions bring it about."""
    while following := desk.next_alert(alerts):
        yield max(following.at + desk.spec.wait, desk.held_until or following.at)


def _moments_of_waves(desk: _Desk, alerts: Sequence[Alert]) -> Iterator[datetime]:
    """Yield when there is something to decide of a rule that does not tell every match: any that comes can change it, and so can time."""
    while True:
        coming = desk.next_to_come(alerts)
        moments = [coming.at + desk.spec.wait] if coming else []
        moments += [desk.again] if desk.waiting and desk.again else []
        if not moments:
            return
        yield min(moments)


def _slots(spec: DigestSpec, alerts: Sequence[Alert], until: datetime) -> Iterator[datetime]:
    if spec.schedule and alerts:
        yield from (each.due for each in slots(spec.schedule, spec.zone, alerts[0].at - _BEAT, until))


def _pending(number: int, alert: Alert, told: set[int], rule: Rule) -> PendingMatch:
    return PendingMatch(
        match_id=number,
        article_id=number,
        story_id=alert.story,
        rule_id=rule.id,
        rule_title=rule.title,
        priority=rule.priority,
        matched_at=alert.at,
        told=alert.story in told,
        feed_id=alert.outlet,
        feed_title="",
        weight=1,
        title="",
        summary="",
        body="",
        url="",
        published=alert.at,
    )
