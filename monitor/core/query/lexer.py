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
        token = Token(_KINDS[found.lastgroup], found[0], at, found.end())
        yield token
        at = token.end
        if token.kind is Kind.OPEN and (literal or depth):
            depth += 1
        elif token.kind is Kind.CLOSE and depth:
            depth -= 1
        opens_literal = token.kind is Kind.FIELD and token.text in _LITERAL_FIELDS
        literal = opens_literal or (literal and token.kind is Kind.SPACE)
