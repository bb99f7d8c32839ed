"""How often a feed brings something new, and at which hours of the week, learned from what it has brought.

What is known fits into a short text that only this module reads. Two things are kept: how many articles came in how many hours,
both fading with time, for how often to ask; and how many came in each of the 168 hours of a week, fading slower, for when
silence is no longer usual. The hours are counted in steps that shrink as time goes by, so that fading touches no count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HOUR = timedelta(hours=1)
WEEK = 168
"""Hours of a week; the first is Monday's from midnight, in UTC."""
HALF_LIFE = timedelta(days=7)
"""After so long an article counts half for how often to ask; `HABIT` is the same for the hours of the week."""
HABIT = timedelta(weeks=4)
REACH = timedelta(days=28)
"""How far back the dates of a feed's first document say something of its rhythm."""
LEARNED = timedelta(days=14)
"""A habit takes two weeks to be known at the least, and `ARTICLES` articles."""
ARTICLES = 10

_MOST = 93
_FINEST = 16  # steps that one article may count
_FIRST = 33  # counts are written as the signs from "!" to "~"
_COUNTS = bytes(max(0, sign - _FIRST) for sign in range(256))
_SIGNS = bytes(min(count + _FIRST, 255) for count in range(256))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`count` articles in `hours`, both faded to `at`; `week` counts articles by the hour, each `step` of one (also at `at`), for `known`."""

    at: datetime
    count: float = 0.0
    hours: float = 0.0
    known: float = 0.0
    step: float = 1.0
    week: bytes = bytes(WEEK)


def learn(text: str, times: Iterable[datetime], now: datetime, *, first: bool = False) -> str:
    """Return what is known after a poll at `now` that brought new articles dated `times` (none, if it brought none).

    At the `first` reading of a feed the dates in it tell of the time before; later on what counts is when we saw it.
    """
    rhythm = _read(text)
    if first or rhythm is None:
        return _begun(times, now)
    rhythm = _faded(rhythm, now)
    fresh = sum(1 for _ in times)
    return _written(_counted(rhythm, [now] * fresh))


def rate(text: str, now: datetime) -> float | None:
    """Return the articles an hour that the feed brings, None where too little is known of it."""
    rhythm = _read(text)
    if rhythm is None:
        return None
    rhythm = _faded(rhythm, now)
    # Half an article more than there was: one that has brought none so far is not one that never will.
    return (rhythm.count + 0.5) / rhythm.hours if rhythm.hours >= 1 else None


def expected(text: str, since: datetime, now: datetime) -> float | None:
    """Return how many articles the feed would have brought between `since` and `now` by its habit, None where it has none yet."""
    rhythm = _read(text)
    if rhythm is None or rhythm.known < LEARNED / HOUR or sum(rhythm.week) * rhythm.step < ARTICLES:
        return None
    weeks = rhythm.known / WEEK
    hours = max(0, int((now - since) / HOUR))
    full, rest = divmod(hours, WEEK)
    begun = _hour(since)
    some = sum(rhythm.week[(begun + each) % WEEK] for each in range(1, rest + 1))
    return (full * sum(rhythm.week) + some) * rhythm.step / weeks


def _begun(times: Iterable[datetime], now: datetime) -> str:
    dated = sorted(each for each in times if now - REACH < each <= now)
    if len(dated) < 2:
        return _written(Rhythm(now))
    hours = (now - dated[0]) / HOUR
    # The document may hold a window of what the feed brought: what is older than its oldest item is not known.
    rhythm = Rhythm(now, hours=max(hours, 1.0), known=hours)
    return _written(_counted(rhythm, dated[1:]))


def _counted(rhythm: Rhythm, times: list[datetime]) -> Rhythm:
    week, step = list(rhythm.week), rhythm.step
    for each in times:
        hour = _hour(each)
        while week[hour] + max(1, round(1 / step)) > _MOST or step < 1 / _FINEST:
            week, step = [round(count / 2) for count in week], step * 2
        week[hour] += max(1, round(1 / step))
    return Rhythm(rhythm.at, rhythm.count + len(times), rhythm.hours, rhythm.known, step, bytes(week))


def _faded(rhythm: Rhythm, now: datetime) -> Rhythm:
    past = max(timedelta(0), min(now - rhythm.at, 10 * HABIT))
    recent, habit = 0.5 ** (past / HALF_LIFE), 0.5 ** (past / HABIT)
    hours = past / HOUR
    return Rhythm(
        max(now, rhythm.at) if past else rhythm.at,
        rhythm.count * recent,
        rhythm.hours * recent + hours * (1 + recent) / 2,
        rhythm.known * habit + hours * (1 + habit) / 2,
        rhythm.step * habit,
        rhythm.week,
    )


def _hour(moment: datetime) -> int:
    moment = moment.astimezone(UTC)
    return moment.weekday() * 24 + moment.hour


def _written(rhythm: Rhythm) -> str:
    numbers = (rhythm.at.timestamp(), rhythm.count, rhythm.hours, rhythm.known, rhythm.step)
    return " ".join([*(f"{each:.12g}" for each in numbers), rhythm.week.translate(_SIGNS).decode("ascii")])


def _read(text: str) -> Rhythm | None:
    parts = text.split(" ", 5)
    if len(parts) != 6 or len(parts[5]) != WEEK:
        return None
    try:
        at, count, hours, known, step = (float(each) for each in parts[:5])
        moment = datetime.fromtimestamp(at, UTC)
        week = parts[5].encode("ascii").translate(_COUNTS)
    except (ValueError, OverflowError, OSError):
        return None
    return Rhythm(moment, count, hours, known, step, week)
