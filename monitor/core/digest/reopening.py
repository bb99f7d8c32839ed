"""Whether a story that was told is told once more: where a heavier outlet has it, and once only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.digest.spec import DigestSpec


@dataclass(frozen=True, slots=True)
class Telling:
    """An edition that told a story by a rule: when it was made (UTC), and the greatest weight among the feeds that it named for that."""

    made_at: datetime
    weight: int


def reopens_at(spec: DigestSpec, weight: int, told: Sequence[Telling]) -> datetime | None:
    """Return from when on (UTC) a digest may tell a story once more that a feed of `weight` brings after it was `told`; None for never.

    The weight is the only thing that people say of how much a source matters, so it is what decides. A scheduled digest takes its next time.
    """
    if len(told) != 1 or weight <= told[0].weight:
        return None
    return told[0].made_at + (spec.again if spec.instant else timedelta(0))
