"""How large a query is with its lists written out: what the matcher has to build for it."""

from dataclasses import dataclass, field

from monitor.core.query import And, Node, Or, Term
from monitor.core.query.nodes import parts

FEW_HYPHENS = 2
"""Words with hyphens in one phrase that are no burden."""


@dataclass(slots=True)
class Sizes:
    """Counts the parts and the levels of queries. What was counted once is remembered, as queries share lists."""

    _known: dict[int, tuple[Node, int, int]] = field(default_factory=dict)

    def of(self, query: Node) -> tuple[int, int]:
        """Return how many parts a query has, itself included, and on how many levels."""
        if id(query) in self._known:
            _, count, levels = self._known[id(query)]
            return count, levels
        count, levels = _spellings(query), 0
        for part in parts(query):
            inner, depth = self.of(part)
            count, levels = count + inner, max(levels, depth)
        if isinstance(query, And | Or):
            # The node is kept beside its size: its id is its own for as long as it lives.
            self._known[id(query)] = query, count, levels + 1
        return count, levels + 1


def _spellings(query: Node) -> int:
    """Return what a term comes to: each word with a hyphen is looked for as one and as two, and every combination is a phrase."""
    if not isinstance(query, Term) or len(query.words) <= FEW_HYPHENS:
        return 1
    hyphens = sum("-" in word.text for word in query.words)
    return (4 << hyphens) * hyphens if hyphens > FEW_HYPHENS else 1
