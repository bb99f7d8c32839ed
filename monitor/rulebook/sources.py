"""A rule file as text: read within bounds, and able to say where in it something stands."""

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path

from monitor.diagnostics import Diagnostic, Severity

LARGEST_FILE = 2**20
#: A line longer than this is not shown: a caret under it helps nobody, and a hostile file has one such line.
LONGEST_CONTEXT = 500

_BREAK = re.compile(r"\r\n|\n|\r")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Source:
    """The text of one rule file. `path` is shown as it was given."""

    path: str
    text: str
    _starts: "array[int]" = field(init=False)

    def __post_init__(self) -> None:
        self._starts = array("l", [0])
        self._starts.extend(found.end() for found in _BREAK.finditer(self.text))

    def line_of(self, offset: int) -> int:
        """Return the line, counted from 1, that a character stands on."""
        return bisect_right(self._starts, offset)

    def begins_line(self, offset: int) -> bool:
        """Whether nothing but spaces stands before a character on its line."""
        start = self._starts[self.line_of(offset) - 1]
        return offset - start <= LONGEST_CONTEXT and not self.text[start:offset].strip()

    def line_span(self, offset: int) -> tuple[int, int]:
        """Return where the line around a character begins and ends, without its line break."""
        start = self._starts[self.line_of(offset) - 1]
        end = _BREAK.search(self.text, start)
        return start, end.start() if end else len(self.text)

    def diagnostic(
        self, code: str, message: str, start: int, end: int, hint: str = "", severity: Severity = Severity.ERROR
    ) -> Diagnostic:
        """Place a fault at the characters [start, end); only the first line of them is marked."""
        first, last = self.line_span(start)
        column = start - first + 1
        end_column = max(column + 1, min(end, last) - first + 1)
        context = self.text[first:last] if last - first <= LONGEST_CONTEXT else ""
        return Diagnostic(code, message, self.path, self.line_of(start), column, end_column, context, hint, severity)


@dataclass(frozen=True, slots=True)
class Typed:
    """Rules that stand in no file, such as those of standard input, and what they are called in faults."""

    name: str
    content: bytes

    def __str__(self) -> str:
        return self.name


def read(file: Path | Typed) -> Source | Diagnostic:
    """Read a rule file, or say why it can't be: missing, over 1 MiB, not UTF-8, control characters."""
    shown = str(file)
    try:
        raw = file.content if isinstance(file, Typed) else _beginning(file)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a possible file name"
        return Diagnostic("PW100", f"cannot be read: {reason.lower()}", shown)
    if len(raw) > LARGEST_FILE:
        return Diagnostic("PW101", "is larger than 1 MiB", shown, hint="split it into several files")
    return _decoded(shown, raw)


def _beginning(file: Path) -> bytes:
    """Return a file, of one that is too large only so much that this can be seen."""
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def _decoded(shown: str, raw: bytes) -> Source | Diagnostic:
    try:
        source = Source(shown, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        before = Source(shown, raw[: problem.start].decode("utf-8-sig", "replace"))
        line, column = before.line_of(len(before.text)), len(before.text) - before.line_span(len(before.text))[0] + 1
        hint = (
            "save the file as UTF-8"
            if raw[:2] not in (b"\xff\xfe", b"\xfe\xff")
            else "this is UTF-16: save it as UTF-8"
        )
        return Diagnostic("PW102", "is not UTF-8 text", shown, line, column, column + 1, hint=hint)
    if found := _FORBIDDEN.search(source.text):
        told = f"holds a character that YAML does not allow (U+{ord(found.group()):04X})"
        return source.diagnostic("PW102", told, found.start(), found.end(), "delete it")
    return source
