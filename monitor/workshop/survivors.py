"""The mutation check: which mutants of a rule its examples and scenarios tell from the rule itself, and which survive them."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.match import Hit, Matcher
from monitor.core.model import Document
from monitor.rulebook import Draft
from monitor.rulebook.proving import holds
from monitor.rulebook.queries import Queries
from monitor.workshop.mutants import Mutant, mutants
from monitor.workshop.rehearsal import Rehearsal
from monitor.workshop.scenarios import Newsroom, Stage


@dataclass(frozen=True, slots=True)
class Mutated:
    """The mutants of one rule: how many were tried, and which nothing noticed. `cut`: there would have been more."""

    draft: Draft
    tried: int
    survivors: tuple[Mutant, ...]
    cut: bool

    @property
    def noticed(self) -> int:
        """How many some example or scenario noticed."""
        return self.tried - len(self.survivors)


def mutated(draft: Draft, queries: Queries, newsroom: Newsroom, rehearsal: Rehearsal) -> Mutated:
    """Try the mutants of a rule whose examples and scenarios all hold."""
    made, cut = mutants(draft, queries)
    matcher = Matcher([draft.rule, *(each.rule for each in made)])
    left = list(made)
    for example in draft.examples:
        hits = _hits(matcher, example.document)
        left = [each for each in left if holds(example, hits.get(id(each.rule)))]
    for scenario in draft.scenarios:
        left = _unnoticed(left, draft, Stage(scenario, newsroom), matcher, rehearsal)
    return Mutated(draft, len(made), tuple(left), cut)


def _hits(matcher: Matcher, document: Document) -> dict[int, Hit]:
    """Return the hits of a document by the `id()` of their rule: mutants bear the name of the rule that they are made of."""
    return {id(hit.rule): hit for hit in matcher.match(document)}


def _unnoticed(
    left: Sequence[Mutant], draft: Draft, stage: Stage, matcher: Matcher, rehearsal: Rehearsal
) -> list[Mutant]:
    """Return the mutants of which a scenario tells just what it tells of the rule."""
    found = [_hits(matcher, each.document) for each in stage.staged]

    def hits(rule_id: int) -> list[tuple[Hit, ...]]:
        return [(each[rule_id],) if rule_id in each else () for each in found]

    told = stage.told(hits(id(draft.rule)), draft.rule, rehearsal)
    return [each for each in left if stage.told(hits(id(each.rule)), each.rule, rehearsal) == told]
