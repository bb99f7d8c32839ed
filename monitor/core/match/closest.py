"""The word of a document that is nearly one that a query asks for: most often one of the two is misspelt."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice

from monitor.core.model import Document
from monitor.core.query import Node, Not, Term
from monitor.core.query.nodes import parts
from monitor.core.text import fold, words

MOST_COMPARED = 300
"""Words of a query, and of a document, that are compared."""
ALIKE = 0.75
"""How alike two words are that may be meant to be one (difflib's ratio)."""


def closest(query: Node, document: Document) -> tuple[str, str] | None:
    """Return the first word that a query asks for and a document has not, but nearly; with what the document has instead."""
    texts = (document.title, document.summary, document.body)
    written = (word.text for text in texts for word in words(text))
    given = {fold(word): word for word in islice(written, MOST_COMPARED)}
    for wanted in islice(_wanted(query), MOST_COMPARED):
        near = [] if fold(wanted) in given else get_close_matches(fold(wanted), given, n=1, cutoff=ALIKE)
        if near:
            return wanted, given[near[0]]
    return None


def _wanted(query: Node) -> Iterator[str]:
    """Yield the words that a query asks for, without those behind a NOT."""
    if isinstance(query, Term):
        yield from (word.text for word in query.words if not word.prefix)
    if not isinstance(query, Not):
        for part in parts(query):
            yield from _wanted(part)
