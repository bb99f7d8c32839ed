"""From a character of a YAML text's value back to where it stands in the file."""

import re
from collections.abc import Callable
from functools import partial

from monitor.rulebook.tree import YamlText

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_SPACE = " \t\r\n"
_SPACES = re.compile(r"[ \t\r\n]*")
_SPACES_CONTINUED = re.compile(r"(?:[ \t\r\n]|\\\r?\n)*")


def place(value: YamlText, start: int, end: int) -> tuple[int, int]:
    """Return the file's characters [start, end) that give the characters [start, end) of the value.

    Folding, indentation, doubled quotes and escapes are undone. Where they can't be, it is the whole value.
    """
    raw = value.source.text[value.start : value.end]
    if not value.style and raw == value.text:
        return value.start + start, value.start + max(end, start + 1)
    spans = _spans(value, raw)
    if spans is None or start >= len(spans):
        return value.start, value.end
    last = max(start, min(end, len(spans)) - 1)
    return value.start + spans[start][0], value.start + spans[last][1]


def _spans(value: YamlText, raw: str) -> list[tuple[int, int]] | None:
    """Return, for each character of the value, what of `raw` writes it; None if the two can't be brought together."""
    at = raw.find("\n") + 1 if value.style in {"|", ">"} else len(value.style)
    width_of = _WIDTHS.get(value.style, _spelt)
    spaces = _SPACES_CONTINUED if value.style == '"' else _SPACES
    spans = []
    for char in value.text:
        if char in _SPACE and raw[at : at + 1] != "\\":
            width = int(raw[at : at + 1] in _SPACE)
        else:
            found = spaces.match(raw, at)
            at = found.end() if found else at
            width = width_of(raw, at, char)
            if not width:
                return None
        spans.append((at, at + max(width, 1)))
        at += width
    return spans


def _spelt(raw: str, at: int, char: str, doubled: str = "") -> int:
    """Return how many characters of `raw` write `char` at `at`, 0 if they don't."""
    if raw[at : at + 1] != char:
        return 0
    return 2 if char == doubled else 1


def _double_quoted(raw: str, at: int, char: str) -> int:
    if found := _ESCAPE.match(raw, at):
        return found.end() - at
    return _spelt(raw, at, char)


#: How many characters of the file write one of the value, by the sign that the value begins with.
_WIDTHS: dict[str, Callable[[str, int, str], int]] = {'"': _double_quoted, "'": partial(_spelt, doubled="'")}
