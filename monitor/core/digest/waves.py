"""Rules that tell only waves: which of their waiting matches make one, which may still, and which made none."""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.digest.records import Left, Reason, Settled, Waits
from monitor.core.model import Distinct, FateState, Wave

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


def gathered(wave: Wave, matches: Sequence[Waits], now: datetime) -> Gathered:
    """Decide on the waiting matches of one rule at `now` (UTC).

    All that stand in a stretch of length `within` that holds enough are ready. What stands in none waits for as long as a match to come could still
    complete it. A match from a little ahead of now waits, too, as after a clock that was set back; one from farther ahead waits for nothing.
    """
    in_order = sorted(matches, key=lambda each: (each.matched_at, each.match_id))
    stretches = list(_stretches(wave, in_order))
    ready: list[Waits] = []
    left, lapsed = [], []
    for each, most in zip(in_order, _fullest(stretches), strict=True):
        why = f"{most} of the {wanted(wave)} that its rule waits for"
        if most >= wave.count:
            ready.append(each)
        elif now - wave.within <= each.matched_at <= now + wave.within:
            left.append(Left(each.match_id, Reason.GATHERS, f"so far {why}", each.matched_at + wave.within))
        else:
            lapsed.append(Settled(each.match_id, FateState.EXPIRED, Reason.NO_WAVE, f"no wave: {why}"))
    whole = (last.matched_at for last, each in zip(in_order, stretches, strict=True) if each.held >= wave.count)
    told = f"{max(each.held for each in stretches)} {_WORDS[wave.distinct]} {within(wave)}" if ready else ""
    return Gathered(tuple(ready), next(whole, None), told, tuple(left), tuple(lapsed))


def wanted(wave: Wave) -> str:
    """Return what makes a wave in words: "3 outlets within 1 h"."""
    return f"{wave.count} {_WORDS[wave.distinct]} {within(wave)}"


def within(wave: Wave) -> str:
    """Return the stretch of a wave in words: "within 1 h"."""
    seconds = int(wave.within.total_seconds())
    size, unit = next(
        ((size, unit) for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")) if seconds % size == 0), (1, "s")
    )
    return f"within {seconds // size} {unit}"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The stretch that ends with a match: the place of the first match in it, and how many different ones it holds."""

    first: int
    held: int


def _stretches(wave: Wave, matches: Sequence[Waits]) -> Iterator[_Stretch]:
    """Yield for each match, in order of time, the stretch that ends with it."""
    counted = _COUNTED[wave.distinct]
    held: Counter[Hashable] = Counter()
    first = 0
    for each in matches:
        held[counted(each)] += 1
        while matches[first].matched_at < each.matched_at - wave.within:
            gone = counted(matches[first])
            held[gone] -= 1
            if not held[gone]:
                del held[gone]
            first += 1
        yield _Stretch(first, len(held))


def _fullest(stretches: Sequence[_Stretch]) -> list[int]:
    """Return for each match how many the fullest stretch that it stands in holds."""
    fullest = [0] * len(stretches)
    # Ends of the stretches that may still be some match's fullest: the nearer the end, the less it holds. None that is emptier
    # than a nearer one is kept, as it also reaches less far back.
    ends: deque[int] = deque()
    for place in reversed(range(len(stretches))):
        while ends and stretches[ends[0]].held <= stretches[place].held:
            ends.popleft()
        ends.appendleft(place)
        while stretches[ends[-1]].first > place:
            ends.pop()
        fullest[place] = stretches[ends[-1]].held
    return fullest
