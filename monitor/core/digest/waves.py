"""Rules that tell only waves: which of their waiting matches make one, which may still, and which made none."""

from collections import Counter
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
    complete it; one from the future (a clock was set back) waits for nothing.
    """
    in_order = sorted(matches, key=lambda each: (each.matched_at, each.match_id))
    ready, since, most = _whole(wave, in_order)
    left, lapsed = [], []
    for each, about in zip(in_order, _about(wave, in_order), strict=True):
        if each.match_id in ready:
            continue
        why = f"{about} of the {wanted(wave)} that its rule waits for"
        if each.matched_at <= now <= each.matched_at + wave.within:
            left.append(Left(each.match_id, Reason.GATHERS, f"so far {why}", each.matched_at + wave.within))
        else:
            lapsed.append(Settled(each.match_id, FateState.EXPIRED, Reason.NO_WAVE, f"no wave: {why}"))
    told = f"{most} {_WORDS[wave.distinct]} {within(wave)}" if ready else ""
    whole = tuple(each for each in in_order if each.match_id in ready)
    return Gathered(whole, since, told, tuple(left), tuple(lapsed))


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


class _Stretch:
    """A stretch that moves along matches in order, and how many different ones it holds."""

    def __init__(self, wave: Wave, matches: Sequence[Waits]) -> None:
        self._counted = _COUNTED[wave.distinct]
        self._matches = matches
        self._held: Counter[Hashable] = Counter()
        self.first = self.end = 0

    def __len__(self) -> int:
        return len(self._held)

    def take_in(self) -> None:
        """Take the next match in."""
        self._held[self._counted(self._matches[self.end])] += 1
        self.end += 1

    def leave_behind(self, before: datetime) -> None:
        """Leave behind what was made before `before` (UTC)."""
        while self.first < self.end and self._matches[self.first].matched_at < before:
            gone = self._counted(self._matches[self.first])
            self._held[gone] -= 1
            if not self._held[gone]:
                del self._held[gone]
            self.first += 1


def _whole(wave: Wave, matches: Sequence[Waits]) -> tuple[set[int], datetime | None, int]:
    """Return which matches stand in stretches that hold enough, when the first of them did, and what the fullest holds."""
    stretch = _Stretch(wave, matches)
    ready: set[int] = set()
    since: datetime | None = None
    done = most = 0
    for each in matches:
        stretch.take_in()
        stretch.leave_behind(each.matched_at - wave.within)
        if len(stretch) >= wave.count:
            # What an earlier stretch holds is ready already.
            ready.update(some.match_id for some in matches[max(stretch.first, done) : stretch.end])
            done = stretch.end
            since = since or each.matched_at
            most = max(most, len(stretch))
    return ready, since, most


def _about(wave: Wave, matches: Sequence[Waits]) -> Iterator[int]:
    """Yield for each match how many stand within reach of it, at the most."""
    stretch = _Stretch(wave, matches)
    for each in matches:
        while stretch.end < len(matches) and matches[stretch.end].matched_at <= each.matched_at + wave.within:
            stretch.take_in()
        stretch.leave_behind(each.matched_at - wave.within)
        yield min(len(stretch), wave.count - 1)
