"""Rules that tell only waves: which of their waiting matches make one, which may still, and which made none."""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.digest.habits import Habit, least
from monitor.core.digest.records import Left, Reason, Settled, Waits
from monitor.core.model import Distinct, FateState, Silence, Spike, Wave, When

_WORDS = {Distinct.MATCH: "matches", Distinct.SOURCE: "outlets", Distinct.STORY: "stories"}
_COUNTED: Mapping[Distinct, Callable[[Waits], Hashable]] = {
    Distinct.MATCH: lambda match: match.match_id,
    Distinct.SOURCE: lambda match: match.outlet,
    Distinct.STORY: lambda match: match.story_id,
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The verdict on the matches of one rule: part of a wave, waiting for one, or of none.

    `since` is when the first wave was whole (UTC), None where there is none. `told` says how large the waves are, in words.
    """

    ready: tuple[Waits, ...] = ()
    since: datetime | None = None
    told: str = ""
    left: tuple[Left, ...] = ()
    lapsed: tuple[Settled, ...] = ()


def gathered(when: When, matches: Sequence[Waits], now: datetime, habit: Habit | None = None) -> Gathered:
    """Decide on the waiting matches of one rule at `now` (UTC). `habit`: what is usual for it, where that matters.

    All that stand in a stretch of length `within` that holds enough are ready. What stands in none waits for as long as a match to come could still
    complete it. A match from a little ahead of now waits, too, as after a clock that was set back; one from farther ahead waits for nothing.
    """
    in_order = sorted(matches, key=lambda each: (each.matched_at, each.match_id))
    if isinstance(when, Silence):
        return Gathered(lapsed=tuple(_not_told(each) for each in in_order))
    measure = _Measure(when, habit)
    stretches = list(_stretches(when, in_order, measure.needed))
    ready: list[Waits] = []
    left, lapsed = [], []
    for each, best in zip(in_order, _best(stretches), strict=True):
        if best.whole:
            ready.append(each)
            continue
        why = measure.missing(best)
        if now - when.within <= each.matched_at <= now + when.within:
            left.append(Left(each.match_id, Reason.GATHERS, f"so far {why}", each.matched_at + when.within))
        else:
            lapsed.append(Settled(each.match_id, FateState.EXPIRED, Reason.NO_WAVE, f"no wave: {why}"))
    whole = [each for each in stretches if each.whole]
    told = measure.told(max(whole, key=lambda each: each.held)) if whole else ""
    return Gathered(tuple(ready), whole[0].end if whole else None, told, tuple(left), tuple(lapsed))


def wanted(when: When) -> str:
    """Return what a rule waits for in words: "3 outlets within 1 h"."""
    if isinstance(when, Wave):
        return f"{when.count} {_WORDS[when.distinct]} {within(when)}"
    if isinstance(when, Silence):
        return f"nothing for {_length(when.after)}"
    return (
        f"at least {when.at_least} matches {within(when)}, and more than chance explains (under {when.chance:g}) "
        f"against the same hours of {when.weeks} weeks"
    )


def within(when: Wave | Spike) -> str:
    """Return the length of a stretch in words: "within 1 h"."""
    return f"within {_length(when.within)}"


def _length(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    size, unit = next(
        ((size, unit) for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")) if seconds % size == 0), (1, "s")
    )
    return f"{seconds // size} {unit}"


def _not_told(match: Waits) -> Settled:
    return Settled(match.match_id, FateState.EXPIRED, Reason.ONLY_SILENCE, Reason.ONLY_SILENCE.sentence)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The stretch that ends with a match at `end`: the place of the first match in it, and how many different ones it holds and needs."""

    first: int
    held: int
    needed: int
    end: datetime

    @property
    def whole(self) -> bool:
        return self.held >= self.needed


class _Measure:
    """How many a stretch needs, and how what it holds is told."""

    def __init__(self, when: Wave | Spike, habit: Habit | None) -> None:
        self._when = when
        self._habit = habit

    def needed(self, end: datetime) -> int:
        return self._when.count if isinstance(self._when, Wave) else least(self._when, self._usual(self._when, end))

    def told(self, stretch: _Stretch) -> str:
        if isinstance(self._when, Wave):
            return f"{stretch.held} {_WORDS[self._when.distinct]} {within(self._when)}"
        usual = round(self._usual(self._when, stretch.end))
        return f"{stretch.held} matches {within(self._when)} against the usual {usual}"

    def missing(self, stretch: _Stretch) -> str:
        if isinstance(self._when, Wave):
            return f"{stretch.held} of the {wanted(self._when)} that its rule waits for"
        return f"{self.told(stretch)}; {stretch.needed} would be more than chance"

    def _usual(self, spike: Spike, end: datetime) -> float:
        return self._habit.usual(spike, end) if self._habit else 0.0


def _stretches(when: Wave | Spike, matches: Sequence[Waits], needed: Callable[[datetime], int]) -> Iterator[_Stretch]:
    """Yield for each match, in order of time, the stretch that ends with it."""
    counted = _COUNTED[when.distinct if isinstance(when, Wave) else Distinct.MATCH]
    held: Counter[Hashable] = Counter()
    first = 0
    for each in matches:
        held[counted(each)] += 1
        while matches[first].matched_at < each.matched_at - when.within:
            gone = counted(matches[first])
            held[gone] -= 1
            if not held[gone]:
                del held[gone]
            first += 1
        yield _Stretch(first, len(held), needed(each.matched_at), each.matched_at)


def _best(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Return for each match the stretch that it stands in which lacks the least."""
    best: list[_Stretch] = []
    # Ends of the stretches that may still be some match's best: the nearer the end, the more it lacks. None that lacks more
    # than a nearer one is kept, as it also reaches less far back.
    ends: deque[int] = deque()
    for place in reversed(range(len(stretches))):
        while ends and _margin(stretches[ends[0]]) <= _margin(stretches[place]):
            ends.popleft()
        ends.appendleft(place)
        while stretches[ends[-1]].first > place:
            ends.pop()
        best.append(stretches[ends[-1]])
    return best[::-1]


def _margin(stretch: _Stretch) -> int:
    return stretch.held - stretch.needed
