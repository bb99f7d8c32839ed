"""The examples and scenarios of rule files, tried: what holds, what does not, and which rules have none."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.core.match import Matcher
from monitor.diagnostics import Diagnostic
from monitor.rulebook import Draft, Examined
from monitor.rulebook.proving import Proof
from monitor.rulebook.queries import Queries
from monitor.rulebook.tree import YamlValue
from monitor.workshop.rehearsal import Rehearsal
from monitor.workshop.scenarios import Newsroom, Stage
from monitor.workshop.suggestions import suggestions
from monitor.workshop.survivors import mutated


@dataclass(frozen=True, slots=True)
class Case:
    """An example or a scenario that was tried. `name` says in its words what it is; `fault` is None where it holds."""

    kind: str
    name: str
    line: int
    fault: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutations of a rule were tried, how many of them some example noticed, and warnings of the others."""

    tried: int
    noticed: int
    survivors: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule, where it stands, and everything that was tried of it, in the order of the file.

    `score` is None where it was not mutated: nobody asked, it has no example, or one that fails.
    """

    rule_id: str
    path: str
    line: int
    cases: tuple[Case, ...]
    score: Score | None = None

    @property
    def faults(self) -> list[Diagnostic]:
        """What does not hold."""
        return [each.fault for each in self.cases if each.fault]

    def count(self, kind: str) -> int:
        """Return how many examples, or scenarios, were tried."""
        return sum(each.kind == kind for each in self.cases)


@dataclass(frozen=True, slots=True)
class Trials:
    """All rules that were tried, in the order of the files, and what is wrong with the files beside what was tried."""

    rules: tuple[Trial, ...]
    faults: tuple[Diagnostic, ...]

    @property
    def cases(self) -> list[Case]:
        """Every example and scenario."""
        return [case for each in self.rules for case in each.cases]

    @property
    def failed(self) -> int:
        """How many of them do not hold."""
        return sum(case.fault is not None for case in self.cases)

    @property
    def scores(self) -> list[Score]:
        """The scores of the rules that were mutated."""
        return [each.score for each in self.rules if each.score]

    @property
    def survivors(self) -> list[Diagnostic]:
        """What no example notices."""
        return [survivor for each in self.scores for survivor in each.survivors]

    @property
    def untried(self) -> list[str]:
        """The rules that have neither an example nor a scenario."""
        return [each.rule_id for each in self.rules if not each.cases]


def tried(found: Examined, newsroom: Newsroom, only: Collection[str] = (), *, mutate: bool = False) -> Trials:
    """Play the scenarios of all rules, or of `only` these, and put what came beside their examples.

    `mutate`: see as well which parts of each rule none of them holds in place.
    """
    chosen = [each for each in found.rulebook.drafts if not only or each.rule.id in only]
    proofs: dict[str, list[Proof]] = {}
    for proof in found.proofs:
        proofs.setdefault(proof.draft.rule.id, []).append(proof)
    with Rehearsal(newsroom.digests) as rehearsal:
        rules = [_trial(each, proofs.get(each.rule.id, ()), newsroom, rehearsal) for each in chosen]
        if mutate:
            rules = [
                _scored(each, draft, found.queries, newsroom, rehearsal)
                for each, draft in zip(rules, chosen, strict=True)
            ]
    of_examples = {each.fault for each in found.proofs if each.fault}
    return Trials(tuple(rules), tuple(each for each in found.errors if each not in of_examples))


def _trial(draft: Draft, proofs: Sequence[Proof], newsroom: Newsroom, rehearsal: Rehearsal) -> Trial:
    examples = [Case("example", name_of(each), _line(each.example.value), each.fault) for each in proofs]
    played = _played(draft, newsroom, rehearsal)
    return Trial(draft.rule.id, draft.rule.path, draft.rule.line, (*examples, *played))


def _scored(trial: Trial, draft: Draft, queries: Queries, newsroom: Newsroom, rehearsal: Rehearsal) -> Trial:
    if not trial.cases or trial.faults:
        return trial
    found = mutated(draft, queries, newsroom, rehearsal)
    return replace(trial, score=Score(found.tried, found.noticed, tuple(suggestions(found))))


def _played(draft: Draft, newsroom: Newsroom, rehearsal: Rehearsal) -> Iterator[Case]:
    """Yield the rule's scenarios, each played by this rule alone."""
    if not draft.scenarios:
        return
    matcher = Matcher([draft.rule])
    for scenario in draft.scenarios:
        stage = Stage(scenario, newsroom)
        hits = stage.hits(matcher, draft.rule)
        fault = stage.fault(stage.told(hits, draft.rule, rehearsal), matches=any(hits))
        yield Case("scenario", scenario.name, _line(scenario.value), fault)


def name_of(proof: Proof) -> str:
    """Return what an example is called: what it should do, and how its article begins."""
    document = proof.example.document
    verb = "matches" if proof.example.should_match else "does not match"
    return f"{verb}: {document.title or document.summary or document.body or document.url}"


def _line(value: YamlValue) -> int:
    return value.source.line_of(value.start)
