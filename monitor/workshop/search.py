"""Searching the archive with one query: the index narrows, the matcher decides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.core.match import Matcher
from monitor.core.match.narrowing import EVERYTHING, narrow
from monitor.core.model import Span
from monitor.core.query import Node, QueryError, QueryWarning
from monitor.core.rules import Rule
from monitor.diagnostics import Diagnostic, Severity
from monitor.store import archive
from monitor.store.archive import Archived, Reading, Window

MOST_OVERRUNS = 3
"""Articles in which a regular expression may run out of time before the search is given up: each takes some tenths of a second."""

_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Found:
    """An article that the query matches, and the parts of its text that satisfied it."""

    article: Archived
    spans: tuple[Span, ...]


class Search:
    """One search: the newest `limit` articles of a window that a query matches.

    What was found so far is in `found`, the latest to come in first, also where the search is broken off. `more` says that there
    are others, `runs_away` that a regular expression took too long and the search was given up.
    """

    def __init__(self, query: Node, window: Window, limit: int) -> None:
        self.found: list[Found] = []
        self.more = False
        self.runs_away = False
        self._matcher = Matcher([Rule("search", query)])
        self._formula = narrow(query)
        self.window = window
        self._limit = limit
        self._overruns = 0

    @property
    def reads_everything(self) -> bool:
        """Whether the query has no word that the index could be asked for."""
        return self._formula == EVERYTHING

    def steps(self, reading: Reading) -> Iterator[None]:
        """Search, one step for each article that is read; `reading` gives transactions."""
        for article in archive.candidates(reading, self._formula, self.window, newest_first=True):
            self._look_at(article)
            if self.more or self.runs_away:
                return
            yield

    def _look_at(self, article: Archived) -> None:
        hits = self._matcher.match(article.document)
        self._overruns += bool(hits.overrun)
        self.runs_away = self._overruns >= MOST_OVERRUNS
        self.more = bool(hits) and len(self.found) == self._limit
        if hits and not self.more:
            self.found.append(Found(article, hits[0].spans))


def diagnostic(text: str, fault: QueryError | QueryWarning) -> Diagnostic:
    """Return what is wrong, or doubtful, with a query that stands in no file."""
    severity = Severity.ERROR if isinstance(fault, QueryError) else Severity.WARNING
    first, last = fault.start + 1, max(fault.end, fault.start + 1) + 1
    return Diagnostic(fault.code, fault.message, "", 1, first, last, _SPACE.sub(" ", text), fault.hint, severity)
