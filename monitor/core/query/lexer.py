"""Cutting the text of a query into tokens. Every character belongs to one token, so the tokens rebuild the text."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from monitor.core.query.nodes import VALUE_FIELDS


class Kind(Enum):
    """What a token is; the value is its pattern. Where several fit, the first does."""

    SPACE = r"\s+"
    OPEN = r"\("
    CLOSE = r"\)"
    COMMA = r","
    QUOTED = r'"[^"]*"'
    UNCLOSED = r'"[^"]*'
    OPERATOR = r'(?:AND|OR|NOT)(?=[\s()",]|\Z)'
    DISTANCE = r'(?:O?NEAR|ATLEAST)(?:/[^\s()",]*)?(?=[\s()",]|\Z)'
    CHOICE = r"\d+\s+OF(?=\s*\()"
    LIST = r"\$[\w-]+"
    REGEX = r"/(?=\S)(?:[^/\\]|\\.)+/"
    STEM = r'stem:[^\s()",]*'
    FIELD = r"[^\W\d]\w*:"
    WORD = r'[^\s()",]+'

    # As each is one object, and by far sooner than by its name.
    __hash__ = object.__hash__


# Python finds a member by its enumeration ten times as slowly as by a name of its own.
SPACE, OPEN, CLOSE, COMMA, QUOTED, UNCLOSED, OPERATOR, DISTANCE, CHOICE, LIST, REGEX, STEM, FIELD, WORD = Kind


class Token(NamedTuple):
    """Characters [start, end) of a query."""

    kind: Kind
    text: str
    start: int
    end: int


_TOKEN = re.compile("|".join(f"(?P<{kind.name}>{kind.value})" for kind in Kind))
# What follows `url:` or `raw:` is taken as it stands: it may hold colons, slashes and dollar signs.
_LITERAL = re.compile("|".join(f"(?P<{kind.name}>{kind.value})" for kind in (*list(Kind)[:7], Kind.WORD)))
_KINDS: dict[str | None, Kind] = {kind.name: kind for kind in Kind}
_LITERAL_FIELDS = frozenset(f"{name}:" for name in (*VALUE_FIELDS, "raw"))


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of `text`, in order; never raises."""
    literal = False
    depth = at = 0
    while found := (_LITERAL if literal or depth else _TOKEN).match(text, at):
        kind, start, at = _KINDS[found.lastgroup], at, found.end()
        yield Token(kind, found[0], start, at)
        if kind is FIELD:
            literal = found[0] in _LITERAL_FIELDS
        elif literal or depth:
            depth += (kind is OPEN) - (kind is CLOSE and depth > 0)
            literal = literal and kind is SPACE
