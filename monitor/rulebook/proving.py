"""The examples of all rules, put to the matcher that will be in force."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice

from monitor.core.match import Hit, Matcher
from monitor.core.model import Document, Span
from monitor.core.query import Node, Not, Term, searched
from monitor.core.query.nodes import parts
from monitor.core.rules import Rule
from monitor.core.text import fold
from monitor.core.text import words as words_of
from monitor.rulebook.examples import Example
from monitor.rulebook.faults import MOST_FAULTS, Faults, shown
from monitor.rulebook.rules import Draft

#: Words of a query, and of an example, that are looked at for a spelling that is nearly right.
MOST_COMPARED = 300
#: Examples on which a regular expression may run out of its time; each takes all of it.
MOST_OVERRUNS = 3


def prove(drafts: Sequence[Draft], matcher: Matcher, faults: Faults) -> None:
    """Add a fault for every example that its rule does not treat as the example says, or that its regular expression takes too long for.

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
            if hits.overrun:
                overruns += 1
                told = "the regular expression of the rule takes too long for this example"
                faults.at(example.value, "PW215", told, "repeat no part that is repeated already, as (a+)+ does")
                continue
            _judge(draft, example, next((each for each in hits if each.rule is draft.rule), None), faults)


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
    return _closest(rule.query, document)


def _closest(query: Node, document: Document) -> str:
    """Return the first word of the query that is not in the document, but nearly."""
    words = (fold(word.text) for text in _texts(document).values() for word in words_of(text))
    given = set(islice(words, MOST_COMPARED))
    for wanted in islice(_wanted(query), MOST_COMPARED):
        near = [] if fold(wanted) in given else get_close_matches(fold(wanted), given, n=1, cutoff=0.75)
        if near:
            return f"closest: the rule has '{wanted}', the example '{near[0]}'"
    return ""


def _wanted(query: Node) -> Iterator[str]:
    """Yield the words that a query asks for, without those behind a NOT."""
    if isinstance(query, Term):
        yield from (word.text for word in query.words if not word.prefix)
    if not isinstance(query, Not):
        for part in parts(query):
            yield from _wanted(part)
