"""Where every key and value of a TOML text stands.

tomllib gives values without positions. This scanner walks a text that tomllib has accepted already, so it only has to follow
the grammar (https://toml.io/en/v1.0.0), never to judge it.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

#: Keys and list indexes from the top of the document to a value.
Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
# A long string ends at its first three quotes, of which two more may belong to the text.
_STRING = re.compile(r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL)
_BARE = re.compile(r"[^,\]}#\n]+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Character offsets [start, end) of a key and of its value; an element of a list is its own key."""

    key: tuple[int, int]
    value: tuple[int, int]


class Lines:
    """Turns offsets into a text to lines and columns."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset) - 1
        return line + 1, offset - self._starts[line] + 1

    def text(self, line: int) -> str:
        """Return a line (from 1) without its end."""
        return self._lines[line - 1]


def spots(text: str) -> dict[Path, Spot]:
    r"""Return where each path of the document stands. `text` is valid TOML with `\n` line ends."""
    return _Scanner(text).document()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: dict[Path, Spot] = {}
        self._newest: dict[Path, int] = {}

    def document(self) -> dict[Path, Spot]:
        table: Path = ()
        while self._blank() < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._found

    def _blank(self) -> int:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _header(self) -> Path:
        start, of_list = self._at, self._text.startswith("[[", self._at)
        self._at += 2 if of_list else 1
        path: Path = ()
        parts = self._key_parts()
        for place, (part, span) in enumerate(parts):
            path = (*path, part)
            self._found.setdefault(path, Spot(span, span))
            if of_list and place == len(parts) - 1:
                self._newest[path] = self._newest.get(path, -1) + 1
            if path in self._newest:
                path = (*path, self._newest[path])
        self._at += 2 if of_list else 1
        self._found.setdefault(path, Spot((start, self._at), (start, self._at)))
        return path

    def _pair(self, table: Path) -> None:
        path = table
        keys: list[tuple[Path, tuple[int, int]]] = []
        for part, span in self._key_parts():
            path = (*path, part)
            keys.append((path, span))
        self._at += 1  # the equals sign
        value = self._value(path)
        for key, span in keys:
            self._found.setdefault(key, Spot(span, value))

    def _key_parts(self) -> list[tuple[str, tuple[int, int]]]:
        """Read `a . "b" . c` and the blanks after it."""
        parts: list[tuple[str, tuple[int, int]]] = []
        while True:
            start = self._blank()
            found = _KEY_PART.match(self._text, start)
            self._at = found.end() if found else start + 1
            parts.append((_unquoted(self._text[start : self._at]), (start, self._at)))
            if not self._text.startswith(".", self._blank()):
                return parts
            self._at += 1

    def _value(self, path: Path) -> tuple[int, int]:
        start = self._blank()
        if self._text[start] == "[":
            self._members("]", path)
        elif self._text[start] == "{":
            self._members("}", path)
        else:
            found = _STRING.match(self._text, start) or _BARE.match(self._text, start)
            self._at = start + len(found.group().rstrip()) if found else start + 1
        return start, self._at

    def _members(self, closing: str, path: Path) -> None:
        self._at += 1
        index = 0
        while self._blank() < len(self._text) and self._text[self._at] != closing:
            if self._text[self._at] == ",":
                self._at += 1
            elif closing == "}":
                self._pair(path)
            else:
                span = self._value((*path, index))
                self._found[(*path, index)] = Spot(span, span)
                index += 1
        self._at += 1


def _unquoted(key: str) -> str:
    if key[:1] == "'":
        return key[1:-1]
    if key[:1] != '"':
        return key
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _SHORT.get(m[3], m[3]), key[1:-1])
