"""The examples of all rules, put to the matcher that will be in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.core.match import Hit, Matcher
from monitor.core.match.closest import closest
from monitor.core.model import Document, Span
from monitor.core.query import Not, searched
from monitor.core.query.nodes import parts
from monitor.core.rules import Rule
from monitor.diagnostics import Diagnostic
from monitor.rulebook.examples import Example
from monitor.rulebook.faults import MOST_FAULTS, Faults, shown
from monitor.rulebook.rules import Draft

#: Examples on which a regular expression may run out of its time; each takes all of it.
MOST_OVERRUNS = 3


@dataclass(frozen=True, slots=True)
class Proof:
    """An example of a rule that was tried, and what is wrong with how the rule treats it; None: it is treated as it says."""

    draft: Draft
    example: Example
    fault: Diagnostic | None = None


def prove(drafts: Sequence[Draft], matcher: Matcher, faults: Faults) -> Iterator[Proof]:
    """Try every example, and add a fault for each that its rule does not treat as it says, or takes too long for.

    A rule with regular expressions is tried alone: among the others, its expressions would be searched for in their examples too.
    """
    tried = [draft for draft in drafts if draft.examples]
    alone = {draft.rule.id for draft in drafts if tried and searched(draft.rule.query)}
    together = Matcher(rule for rule in matcher.rules if rule.id not in alone) if alone else matcher
    overruns = 0
    for draft in tried:
        own = Matcher([draft.rule]) if draft.rule.id in alone else together
        for example in draft.examples if overruns < MOST_OVERRUNS or own is together else ():
            hits = own.match(example.document)
            overruns += bool(hits.overrun)
            hit = next((each for each in hits if each.rule is draft.rule), None)
            explained = faults.count < MOST_FAULTS
            fault = _too_long(example) if hits.overrun else _fault(draft, example, hit, explained=explained)
            if fault:
                faults.add(fault)
            yield Proof(draft, example, fault)


def _too_long(example: Example) -> Diagnostic:
    told = "the regular expression of the rule takes too long for this example"
    hint = "repeat no part that is repeated already, as (a+)+ does"
    return example.value.source.diagnostic("PW215", told, example.value.start, example.value.end, hint)


def holds(example: Example, hit: Hit | None) -> bool:
    """Whether an example is treated as it says by a rule that has this hit in it, or none."""
    if hit is None or not example.should_match:
        return example.should_match is (hit is not None)
    return example.marks is None or marked(example.document, hit.spans) == list(example.marks)


def _fault(draft: Draft, example: Example, hit: Hit | None, *, explained: bool) -> Diagnostic | None:
    if holds(example, hit):
        return None
    if hit is None:
        code, told = "PW210", "example should match but does not"
        hint = _why_not(draft.rule, example.document) if explained else ""
    elif not example.should_match:
        code, told = "PW211", "example should not match but does"
        marks = ", ".join(shown(each) for each in marked(example.document, hit.spans)[:5])
        hint = f"found in it: {marks}" if marks else ""
    else:
        code, told = "PW212", "example matches, but its marks differ"
        marks = ", ".join(shown(each) for each in marked(example.document, hit.spans)[:10])
        hint = f"marked in it: {marks or 'nothing'}"
    return example.value.source.diagnostic(code, told, example.value.start, example.value.end, hint)


def marked(document: Document, spans: Sequence[Span]) -> list[str]:
    """Return the marked texts, from the title to the end of the body."""
    fields = _texts(document)
    in_order = sorted(spans, key=lambda span: (list(fields).index(span.field), span.start))
    return [fields[span.field][span.start : span.end] for span in in_order]


def _texts(document: Document) -> dict[str, str]:
    return {"title": document.title, "summary": document.summary, "body": document.body}


def _why_not(rule: Rule, document: Document) -> str:
    """Return what is most likely amiss: the language or source, a NOT, or a word spelt another way; "" where none is."""
    ungated = replace(rule, languages=(), sources=())
    if Matcher([ungated]).match(document):
        by_language = Matcher([replace(rule, languages=())]).match(document)
        by_source = Matcher([replace(rule, sources=())]).match(document)
        gate = "language" if by_language else "source" if by_source else "language and source"
        return f"its words match, but its {gate} {'do' if not by_language and not by_source else 'does'} not"
    for part in parts(rule.query):
        if isinstance(part, Not) and (kept := Matcher([replace(ungated, query=part.query)]).match(document)):
            marks = marked(document, kept[0].spans)
            return f"kept away by {shown(marks[0] if marks else str(part.query))}"
    near = closest(rule.query, document)
    return f"closest: the rule has '{near[0]}', the example '{near[1]}'" if near else ""
