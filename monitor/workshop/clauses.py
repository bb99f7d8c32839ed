"""Why a rule matches an article, or does not, clause by clause as its file has them, each with its place there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.core.match.explaining import Admission, Explainer, Part, admissions
from monitor.core.match.expressing import Scope
from monitor.core.model import Span
from monitor.core.query import Not, Or, Term
from monitor.core.rules import Rule
from monitor.rulebook import Draft
from monitor.rulebook.wording import Group, Passage, Wording, scope

MOST_SHOWN = 10
"""Items of one list that are told of."""

WHERE = "where"


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a rule.

    `kind` is any, all, none, match (a query of one text), where (languages, sources), or "" for a part of another clause.
    `holds` is None where it was not looked at. `spans` are what in the text decides it; `why` says in words what is amiss.
    """

    kind: str
    holds: bool | None
    text: str
    why: str = ""
    spans: tuple[Span, ...] = ()
    path: str = ""
    line: int = 0
    inside: tuple["Clause", ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule and one article: it matches where no clause fails, and each clause that fails is enough to stop it."""

    rule: Rule
    holds: bool
    clauses: tuple[Clause, ...]


class Clauses:
    """Explains the rules of one rulebook for one article. `placeless`: it is a mere text, of no source and no language."""

    def __init__(self, wording: Wording, explainer: Explainer, *, placeless: bool = False) -> None:
        self._wording = wording
        self._explainer = explainer
        self._placeless = placeless

    def explain(self, draft: Draft) -> Explanation:
        """Return what becomes of each clause of a rule."""
        within = scope(draft)
        found = [clause for group in self._wording.groups(draft) for clause in self._group(group, within)]
        found += [self._admission(each) for each in admissions(draft.rule, self._explainer.document)]
        return Explanation(draft.rule, all(each.holds is not False for each in found), tuple(found))

    def nearly(self, draft: Draft) -> bool:
        """Whether a rule that does not match would, if one condition were otherwise."""
        short = self._explainer.shortfall(draft.rule.query)
        refused = [] if self._placeless else admissions(draft.rule, self._explainer.document)
        missing = short.missing + sum(not each.holds for each in refused)
        return replace(short, missing=missing).is_small

    def _group(self, group: Group, within: Scope) -> Iterator[Clause]:
        holding = [each for each in group.passages if self._explainer.holds(each.query, within)]
        if group.kind == "none":
            yield from self._none(group, holding, within)
        elif group.kind == "any" and not holding and len(group.passages) > 1:
            inside = tuple(self._passage("", each, within) for each in group.passages[:MOST_SHOWN])
            yield Clause("any", holds=False, text=f"none of {len(group.passages):,} is there", inside=inside)
        else:
            told = holding[:MOST_SHOWN] if group.kind == "any" and holding else group.passages
            for each in told:
                yield self._passage(group.kind, each, within)

    def _none(self, group: Group, holding: list[Passage], within: Scope) -> Iterator[Clause]:
        for each in holding[:MOST_SHOWN]:
            clause = self._passage("none", each, within)
            yield replace(clause, holds=False)
        if not holding:
            yield Clause("none", holds=True, text=f"none of {len(group.passages):,} is there")

    def _passage(self, kind: str, passage: Passage, within: Scope) -> Clause:
        if passage.groups:
            inside = tuple(clause for group in passage.groups for clause in self._group(group, within))
            holds = all(each.holds for each in inside)
            return Clause(kind, holds, "all of these", path=passage.path, line=passage.line, inside=inside)
        clause = self._part(self._explainer.explain(passage.query, within), kind)
        text = clause.text if self._wording.list_of(passage.query) else _quoted(passage)
        return replace(clause, text=text, path=passage.path, line=passage.line)

    def _part(self, part: Part, kind: str = "") -> Clause:
        named = self._wording.list_of(part.query)
        text = f"list {named.name.text}" if named else self._wording.named(part.query)
        return Clause(kind, part.holds, text, part.why, part.spans, inside=tuple(self._inside(part)))

    def _inside(self, part: Part) -> Iterator[Clause]:
        if isinstance(part.query, Not):
            yield from self._inside(part.parts[0])
            return
        named = self._wording.list_of(part.query)
        shown = part.parts[:MOST_SHOWN] if named else part.parts
        if named and not isinstance(part.query, Or):
            shown = (part,) if part.holds else ()
        elif isinstance(part.query, Or) and not named and all(isinstance(each.query, Term) for each in shown):
            shown = ()  # the marks say which
        for each in shown:
            place = self._wording.passage(named, each.query) if named else None
            if place:
                clause = Clause("", each.holds, _quoted(place), each.why, each.spans, place.path, place.line)
                yield clause if each is part else replace(clause, inside=tuple(self._inside(each)))
            else:
                yield self._part(each)

    def _admission(self, admission: Admission) -> Clause:
        wants = f"{admission.key}: {', '.join(admission.wants)}"
        if self._placeless:
            return Clause(WHERE, None, wants, "not evaluated: a text alone has none")
        has = ", ".join(admission.has)
        told = f"the article has {has}" if has else f"the article names no {admission.key.removesuffix('s')}"
        return Clause(WHERE, admission.holds, wants, told)


def _quoted(passage: Passage) -> str:
    """Return what was written, in quotes where it is one word or phrase."""
    return f"'{passage.text.strip(chr(34))}'" if isinstance(passage.query, Term) else passage.text
