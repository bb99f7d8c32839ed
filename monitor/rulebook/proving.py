"""The examples of all rules, put to the matcher that will be in force."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.core.match import Hit, Matcher
from monitor.core.match.closest import closest
from monitor.core.model import Document, Span
from monitor.core.query import Not
from monitor.core.query.nodes import parts
from monitor.core.rules import Rule
from monitor.rulebook.examples import Example
from monitor.rulebook.faults import MOST_FAULTS, Faults, shown
from monitor.rulebook.rules import Draft


def prove(drafts: Iterable[Draft], matcher: Matcher, faults: Faults) -> None:
    """Add a fault for every example that its rule does not treat as the example says."""
    for draft in drafts:
        for example in draft.examples:
            hits = matcher.match(example.document)
            hit = next((each for each in hits if each.rule is draft.rule), None)
            _judge(draft, example, hit, faults)


def _judge(draft: Draft, example: Example, hit: Hit | None, faults: Faults) -> None:
    if example.should_match and hit is None:
        hint = _why_not(draft.rule, example.document) if faults.count < MOST_FAULTS else ""
        faults.at(example.value, "PW210", "example should match but does not", hint)
    elif hit is not None and not example.should_match:
        marked = ", ".join(shown(each) for each in _marked(example.document, hit.spans)[:5])
        faults.at(
            example.value, "PW211", "example should not match but does", f"found in it: {marked}" if marked else ""
        )
    elif hit is not None and example.marks is not None:
        marks = _marked(example.document, hit.spans)
        if marks != list(example.marks):
            found = ", ".join(shown(each) for each in marks[:10]) or "nothing"
            faults.at(example.value, "PW212", "example matches, but its marks differ", f"marked in it: {found}")


def _marked(document: Document, spans: Sequence[Span]) -> list[str]:
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
        return "its words match, but not its language or its source"
    for part in parts(rule.query):
        if isinstance(part, Not) and (kept := Matcher([replace(ungated, query=part.query)]).match(document)):
            marks = _marked(document, kept[0].spans)
            return f"kept away by {shown(marks[0] if marks else str(part.query))}"
    near = closest(rule.query, document)
    return f"closest: the rule has '{near[0]}', the example '{near[1]}'" if near else ""
