"""Regular expressions in the texts of one article, each searched for once and for a limited time."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

from monitor.core.match.writing import NAMES, Writing
from monitor.core.model import Span
from monitor.core.query import compiled

LEAD_WORDS = 50
"""How many words of the summary and of the body count as its lead, beside the title."""

LONGEST_TEXT = 65_536
"""Characters of a text field that are searched."""
LONGEST_SEARCH = 0.25
"""Seconds that the search of one text field may take."""


@dataclass(slots=True)
class Searches:
    """What regular expressions find in a document; `overrun` are those that ran out of time, which count as not found."""

    writing: Writing
    overrun: set[str] = field(default_factory=set)
    _known: dict[tuple[str, str], list[Span]] = field(default_factory=dict)

    def found(self, pattern: str, within: str) -> list[Span]:
        """Return where a pattern is found first in each of the text fields of `within` ("" is all of them)."""
        known = self._known.get((pattern, within))
        if known is None:
            known = self._known[pattern, within] = self._search(pattern, within)
        return known

    def _search(self, pattern: str, within: str) -> list[Span]:
        if pattern in self.overrun:
            return []
        try:
            return list(self._each(compiled(pattern), within))
        except TimeoutError:
            self.overrun.add(pattern)
            return []

    def _each(self, pattern: regex.Pattern[str], within: str) -> Iterator[Span]:
        for name in NAMES if within in ("", "lead") else (within,):
            text = self.writing.texts[name][: self._end(name, within)]
            # Concurrent: other threads run on while this one searches.
            if found := pattern.search(text, timeout=LONGEST_SEARCH, concurrent=True):
                yield Span(name, *found.span())

    def _end(self, name: str, within: str) -> int:
        if within != "lead" or name == "title":
            return LONGEST_TEXT
        lead = self.writing.words(name)[:LEAD_WORDS]
        return min(LONGEST_TEXT, lead[-1][1]) if lead else 0
