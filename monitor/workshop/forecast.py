"""What the digests of a rule would have sent for what it found: the daemon's own planning, on a virtual clock."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from monitor.core.digest import DigestSpec, DigestState, EditionPlan, Plan, Reason, WaitingMatch, plan, slots
from monitor.core.digest.habits import Habit
from monitor.core.digest.reopening import Telling, reopens_at
from monitor.core.digest.silences import due_at
from monitor.core.model import Silence, Spike
from monitor.core.rules import Rule

_HOUR = timedelta(hours=1)
#: The daemon plans every second: so long after the last edition of a full stretch has left it is the next made.
_BEAT = timedelta(seconds=1)
#: While one of these holds a match of a rule, it holds all of them, whatever comes.
_HOLDING = (Reason.QUIET, Reason.COOLING)


@dataclass(frozen=True, slots=True)
class Alert:
    """A match that a digest is given: of which story, when (UTC), of which outlet, and its feed's weight.

    One that is `too_old` is not told, but says what is usual for its rule, and that this is not silent.
    """

    story: int
    at: datetime
    outlet: str = ""
    weight: int = 1
    too_old: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one digest would have sent for one rule.

    `stories` is the median of an edition, `told_again` how many were told once more, and `most_in_an_hour` counts editions. `waiting` are stories
    that wait for its next time. `silences`: the editions tell that nothing came.
    """

    digest_id: str
    instant: bool
    editions: int = 0
    stories: float = 0
    most_in_an_hour: int = 0
    waiting: int = 0
    told_again: int = 0
    silences: bool = False


def forecast(spec: DigestSpec, rule: Rule, alerts: Sequence[Alert], since: datetime, until: datetime) -> Forecast:
    """Return what `spec` would have sent for `alerts`, which are in the order of their times, had the rule come into force at `since`.

    A scheduled digest ends with the last time it was due by `until`; an instant one ends when nothing waits any more.
    """
    heard = [each.at for each in alerts]
    if isinstance(rule.when, Silence):
        told = _silences(spec, rule, rule.when, [since, *heard], until)
        return Forecast(spec.id, spec.instant, len(told), most_in_an_hour=most_within(told, _HOUR), silences=True)
    desk = _Desk(spec, rule, [each for each in alerts if not each.too_old], Habit(heard, since))
    for now in _moments(desk) if spec.instant else _slots(desk, until):
        desk.take(now)
        if desk.waiting:
            desk.decide(now)
    desk.take(until)
    sizes = [size for _, size in desk.made]
    return Forecast(
        spec.id,
        spec.instant,
        len(sizes),
        median(sizes) if sizes else 0,
        most_within([at for at, _ in desk.made], _HOUR),
        desk.still_waiting(),
        sum(len(tellings) - 1 for tellings in desk.told.values()),
    )


def most_within(moments: Sequence[datetime], span: timedelta) -> int:
    """Return how many of `moments`, which are in order, at most lie within a stretch of length `span`."""
    return max((at + 1 - bisect_left(moments, moment - span) for at, moment in enumerate(moments)), default=0)


def _silences(
    spec: DigestSpec, rule: Rule, silence: Silence, heard: Sequence[datetime], until: datetime
) -> list[datetime]:
    """Return when it would have been told that nothing came since one of `heard`, news of other kinds having come all the time."""
    found = ((due_at(spec, silence, last, rule.priority), ends) for last, ends in pairwise([*heard, until + _BEAT]))
    return [due for due, ends in found if due < ends]


class _Desk:
    """A digest at work: what waits, by which editions each story was told, and what was made when, of how many stories.

    `again` is when time alone changes what becomes of what waits, `held_until` until when nothing that comes could change it.
    """

    def __init__(self, spec: DigestSpec, rule: Rule, alerts: Sequence[Alert], habit: Habit) -> None:
        self.spec = spec
        self.rule = rule
        self.waiting: list[Alert] = []
        self.told: defaultdict[int, list[Telling]] = defaultdict(list)
        self.made: list[tuple[datetime, int]] = []
        self.again: datetime | None = None
        self.held_until: datetime | None = None
        self._alerts = alerts
        self._taken = 0
        self._habit = habit
        self._last_due: datetime | None = None

    @property
    def coming(self) -> Alert | None:
        """The first that has not been taken."""
        return self._alerts[self._taken] if self._taken < len(self._alerts) else None

    def take(self, now: datetime) -> None:
        """Take what came in by `now`."""
        while self.coming and self.coming.at <= now:
            self.waiting.append(self.coming)
            self._taken += 1

    def decide(self, now: datetime) -> None:
        """Make the edition that is due, if one is."""
        verdict = plan(self.spec, list(map(self._pending, range(len(self.waiting)))), self._state(now), now)
        gone = {each.match_id for each in verdict.settled}
        if verdict.edition:
            self._make(verdict.edition, now)
            gone.update(verdict.edition.match_ids)
        lapse = {Reason.GATHERS: _BEAT}  # what gathers does so up to and with that moment
        self.again = min(
            (each.until + lapse.get(each.reason, timedelta(0)) for each in verdict.left if each.until), default=None
        )
        self.held_until = self._held(verdict)
        self.waiting = [each for number, each in enumerate(self.waiting) if number not in gone]

    def still_waiting(self) -> int:
        """Return how many stories wait that are to be told."""
        left = (each for number, each in enumerate(self.waiting) if not self._is_done(number))
        return len({each.story for each in left})

    def _is_done(self, number: int) -> bool:
        pending = self._pending(number)
        return pending.told and pending.reopens_at is None

    def _pending(self, number: int) -> WaitingMatch:
        alert = self.waiting[number]
        told = self.told.get(alert.story, [])
        return WaitingMatch(
            match_id=number,
            story_id=alert.story,
            rule_id=self.rule.id,
            priority=self.rule.priority,
            matched_at=alert.at,
            told=bool(told),
            outlet=alert.outlet,
            reopens_at=reopens_at(self.spec, alert.weight, told),
        )

    def _make(self, edition: EditionPlan, now: datetime) -> None:
        weights: dict[int, int] = {}
        for each in (self.waiting[number] for number in edition.match_ids):
            weights[each.story] = max(weights.get(each.story, each.weight), each.weight)
        for story, weight in weights.items():
            self.told[story].append(Telling(now, weight))
        self.made.append((now, len(weights)))
        self._last_due = edition.slot.due

    def _held(self, verdict: Plan) -> datetime | None:
        rate = self.spec.max_rate
        if verdict.reason is Reason.OVER_RATE and rate:
            return self.made[-rate.count][0] + rate.per + _BEAT
        return next((each.until for each in verdict.left if each.reason in _HOLDING), None)

    def _state(self, now: datetime) -> DigestState:
        when, cooldown = self.rule.when, self.rule.cooldown
        cooling = {self.rule.id: self.made[-1][0] + cooldown} if cooldown and self.made else {}
        waves = {self.rule.id: when} if when else {}
        habits = {self.rule.id: self._habit} if isinstance(when, Spike) else {}
        return DigestState(self._last_due, self._made_lately(now), waves=waves, habits=habits, cooling=cooling)

    def _made_lately(self, now: datetime) -> int:
        rate = self.spec.max_rate
        return len(self.made) - bisect_left(self.made, (now - rate.per, 0)) if rate else 0


def _moments(desk: _Desk) -> Iterator[datetime]:
    """Yield when an instant digest has something to decide, as its decisions bring it about."""
    while desk.waiting or desk.coming:
        if desk.waiting and desk.held_until:
            yield desk.held_until
            continue
        moments = [desk.coming.at + desk.spec.wait] if desk.coming else []
        moments += [desk.again] if desk.waiting and desk.again else []
        yield min(moments)


def _slots(desk: _Desk, until: datetime) -> Iterator[datetime]:
    if desk.spec.schedule and desk.coming:
        yield from (each.due for each in slots(desk.spec.schedule, desk.spec.zone, desk.coming.at - _BEAT, until))
