"""What waits for a digest that is no longer configured: where else it is to be told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

GONE = "its digest is no longer configured"
"""Why a match is not told by a digest that nobody makes any more."""
HANDED = f"{GONE}; handed to "
"""Why it is told by others, which are named behind this."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A match that waits for a digest which is not configured."""

    match_id: int
    digest_id: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class Handing:
    """The digests that are to tell an orphan instead, and what is said of that where it waited."""

    orphan: Orphan
    heirs: tuple[str, ...]

    @property
    def reason(self) -> str:
        """As in "its digest is no longer configured; handed to 'alerts'"."""
        return HANDED + ", ".join(f"'{each}'" for each in self.heirs)


def hand_over(orphans: Iterable[Orphan], deliver: Mapping[str, Sequence[str]]) -> Iterator[Handing]:
    """Yield who is to tell the orphans: the digests that their rules deliver to now (`deliver`, by rule). Those of rules that are gone, or deliver nowhere, stay."""
    for each in orphans:
        if heirs := tuple(deliver.get(each.rule_id, ())):
            yield Handing(each, heirs)
