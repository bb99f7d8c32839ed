"""Formulas: whether words meet one, told in the plainest way, and queries that make large ones."""

from monitor.core.match.indexing import UNREAD, index_words
from monitor.core.match.narrowing import AllOf, Formula, Holds
from monitor.core.model import Document
from monitor.core.query import And, Node, Or, parse


def admits(formula: Formula, words: set[str]) -> bool:
    """Whether an article with these index words meets a formula."""
    if words == {UNREAD}:
        return True
    if isinstance(formula, Holds):
        return any(map(formula.word.__eq__, words)) or (
            formula.beginning and any(each.startswith(formula.word) for each in words)
        )
    met = [admits(each, words) for each in formula.parts]
    return all(met) if isinstance(formula, AllOf) else any(met)


def words_of(document: Document) -> set[str]:
    """Return the index words of a document."""
    return set(index_words(document.title, document.summary, document.body).split(" "))


def nested(levels: int) -> Node:
    """Return (((a AND x0) OR y0) AND x1) OR y1 and so on."""
    query = parse("a")
    for level in range(levels):
        query = Or((And((query, parse(f"x{level}"))), parse(f"y{level}")))
    return query
