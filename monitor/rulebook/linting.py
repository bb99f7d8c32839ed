"""What could be better in rules that are sound: the same said twice, terms that find nothing more, rules without examples."""

from collections.abc import Iterator, Sequence
from itertools import chain

from monitor.core.query import Node, Or, Stem, Term
from monitor.core.query.nodes import parts
from monitor.diagnostics import Diagnostic, Severity
from monitor.rulebook.faults import Faults, shown
from monitor.rulebook.loading import Rulebook
from monitor.rulebook.meanings import Alternatives, Meanings
from monitor.rulebook.rules import Draft
from monitor.rulebook.tree import YamlText, YamlValue
from monitor.rulebook.wording import Group, Passage, Wording, line_of, passages, scope


def lint(book: Rulebook) -> list[Diagnostic]:
    """Return warnings about a sound rulebook, beyond those of loading it, file by file."""
    faults, meanings, wording = Faults(), Meanings(), Wording(book)
    _same_queries(book, meanings, faults)
    for each in book.drafts:
        if not each.examples:
            _warn(each.name, "PW413", f"rule '{each.rule.id}' has no examples", "add a headline it should find", faults)
    lists = [Group("any", tuple(passages(each))) for each in book.lists]
    for group in chain(lists, _groups_of(book.drafts, wording)):
        if group.kind != "all":
            _repeated(group.passages, meanings, faults)
            _covered(group.passages, faults)
        for passage in group.passages:
            if not passage.groups:
                _covered_within(passage, wording, faults)
    return sorted(faults.warnings, key=lambda each: (each.path, each.line, each.column))


def _same_queries(book: Rulebook, meanings: Meanings, faults: Faults) -> None:
    first: dict[tuple[object, ...], Draft] = {}
    for each in book.drafts:
        rule = each.rule
        said = (meanings.of(rule.query), frozenset(rule.languages), frozenset(rule.sources))
        if (other := first.setdefault(said, each)) is not each:
            told = f"rule '{rule.id}' has the same query as '{other.rule.id}'"
            _warn(each.name, "PW412", told, f"first at {other.rule.path}:{other.rule.line}", faults)


def _repeated(items: Sequence[Passage], meanings: Meanings, faults: Faults) -> None:
    first: dict[str, Passage] = {}
    for each in items:
        if (other := first.setdefault(meanings.of(each.query), each)) is not each:
            told = f"{shown(each.text)} stands twice in this list"
            _warn(each.written, "PW414", told, f"first on line {line_of(other.written)}", faults)


def _covered(items: Sequence[Passage], faults: Faults) -> None:
    terms = [each.query for each in items if isinstance(each.query, Term)]
    among = Alternatives(terms)
    for each in items:
        if isinstance(each.query, Term) and (other := among.covering(each.query)):
            told = f"{shown(each.text)} finds nothing that {_bare(other)} in the same list does not find"
            _warn(each.written, "PW415", told, "delete one of the two", faults)


def _covered_within(passage: Passage, wording: Wording, faults: Faults) -> None:
    """Warn of the terms of every OR that is written within an item."""
    for either in _alternatives(passage.query, wording):
        terms = [each for each in either.queries if isinstance(each, Term)]
        among = Alternatives(terms)
        for term in terms:
            if other := among.covering(term):
                told = f"{_bare(term)} finds nothing that {_bare(other)} beside it does not find"
                _warn(passage.written, "PW415", told, "delete one of the two", faults)


def _alternatives(query: Node, wording: Wording) -> Iterator[Or]:
    """Yield every OR in a query, without those of its lists, and of what it looks for in all its forms."""
    if wording.list_of(query) or isinstance(query, Stem):
        return
    if isinstance(query, Or):
        yield query
    for each in parts(query):
        yield from _alternatives(each, wording)


def _groups_of(drafts: Sequence[Draft], wording: Wording) -> Iterator[Group]:
    """Yield the groups of all rules but those that look for word forms: these widen a word beyond what its prefix finds."""
    for draft in drafts:
        if not scope(draft).language:
            yield from _groups(wording.groups(draft))


def _groups(groups: Sequence[Group]) -> Iterator[Group]:
    for group in groups:
        yield group
        for each in group.passages:
            yield from _groups(each.groups)


def _bare(term: Term) -> str:
    """Return a term as messages show it, without quotes of its own."""
    return shown(str(term).strip('"'))


def _warn(value: YamlValue, code: str, message: str, hint: str, faults: Faults) -> None:
    if isinstance(value, YamlText):
        faults.warn(value, (0, len(value.text)), code, message, hint)
    else:
        faults.add(value.source.diagnostic(code, message, value.start, value.end, hint, Severity.WARNING))
