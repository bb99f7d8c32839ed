"""What was found wrong so far, over all files, each fault placed where it stands."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.diagnostics import Diagnostic, Severity
from monitor.rulebook.places import place
from monitor.rulebook.tree import YamlText, YamlValue

#: A file with more faults than this has one cause, or an enemy.
MOST_FAULTS = 100
#: Comparing long texts letter by letter is slow, and nobody misspells a word of this length.
LONGEST_NAME = 64
#: Names that are compared: of thousands, a hundred faults would take minutes.
MOST_NAMES = 1_000


@dataclass(slots=True)
class Faults:
    """Collects diagnostics. At most `MOST_FAULTS` of each severity are kept for a file, and one that says so."""

    #: Files that are only looked into, and of which nothing is told.
    unheard: frozenset[str] = frozenset()
    errors: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    #: How many faults there were so far, those not told included.
    count: int = 0
    _counts: Counter[tuple[str, Severity]] = field(default_factory=Counter)

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic, unless its file has had enough of its severity."""
        path, severity = diagnostic.path, diagnostic.severity
        if path in self.unheard:
            return
        kept = self.errors if severity is Severity.ERROR else self.warnings
        self.count += 1
        self._counts[path, severity] += 1
        if self._counts[path, severity] <= MOST_FAULTS:
            kept.append(diagnostic)
        elif self._counts[path, severity] == MOST_FAULTS + 1:
            told = f"has more than {MOST_FAULTS} {severity}s; the rest is not told"
            kept.append(Diagnostic("PW117", told, path, severity=severity))

    def full(self, path: str, severity: Severity = Severity.ERROR) -> bool:
        """Whether nothing more is told of a file; after so many errors there is no need to read on in it."""
        return self._counts[path, severity] > MOST_FAULTS

    def at(self, value: YamlValue, code: str, message: str, hint: str = "") -> None:
        """Place an error on a whole value, or on a key."""
        self.add(value.source.diagnostic(code, message, value.start, value.end, hint))

    def cut(self, value: YamlText, comment: re.Match[str], what: str, hint: str) -> None:
        """Place an error on a comment that seems to be meant as a part of the value before it."""
        told = f"YAML takes this for a comment and cuts {what}"
        self.add(value.source.diagnostic("PW105", told, comment.start("comment"), comment.end("comment"), hint))

    def within(self, value: YamlText, span: tuple[int, int], code: str, message: str, hint: str = "") -> None:
        """Place an error on the characters `span` of a text's value."""
        self.add(value.source.diagnostic(code, message, *place(value, *span), hint))

    def warn(self, value: YamlText, span: tuple[int, int], code: str, message: str, hint: str = "") -> None:
        """Place a warning on the characters `span` of a text's value."""
        if self.full(value.source.path, Severity.WARNING):
            return
        self.add(value.source.diagnostic(code, message, *place(value, *span), hint, Severity.WARNING))


def close(given: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the name that is spelt most like what was given; "" where none is."""
    if len(given) > LONGEST_NAME:
        return ""
    return next(iter(difflib.get_close_matches(given, sorted(names)[:MOST_NAMES], n=1, cutoff=cutoff)), "")


def meant(given: str, names: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the name nearest to what was given, else the names there are, if they are few."""
    names = sorted(names)
    if near := close(given, names):
        return f"did you mean '{near}'?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= 12 else ""


def shown(text: str) -> str:
    """Return a text as messages show it: in single quotes, one line, not endless."""
    line = " ".join(text.split())
    return f"'{line[:79]}…'" if len(line) > 80 else f"'{line}'"
