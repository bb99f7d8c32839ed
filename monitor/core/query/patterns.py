"""Regular expressions in queries: which of them are let in."""

import re
from math import prod

import regex

from monitor.core.query.errors import QueryError
from monitor.core.query.lexer import Token
from monitor.core.query.nodes import Regex

LONGEST = 1_000
MOST_REPEATED = 10_000
"""How often a part of the pattern may have to stand, repetitions within repetitions multiplied: they are written out in memory."""

_REPEAT = re.compile(r"\{(\d{1,9})")


def read_regex(token: Token) -> Regex:
    """Return the regular expression of a token with its slashes. Raises QueryError where it cannot be searched for."""
    pattern = token.text[1:-1]
    if len(pattern) > LONGEST or prod(max(1, int(each)) for each in _REPEAT.findall(pattern)) > MOST_REPEATED:
        told = f"this regular expression is too large: at most {LONGEST:,} characters and {MOST_REPEATED:,} repetitions"
        raise QueryError("PW133", told, token.start, token.end, "list the words with OR")
    try:
        compiled(pattern)
    except (regex.error, OverflowError, RecursionError) as problem:
        told = f"this regular expression cannot be read: {problem}"
        raise QueryError("PW133", told, token.start, token.end) from problem
    return Regex(pattern)


def compiled(pattern: str) -> regex.Pattern[str]:
    """Return the pattern to search with, blind to case. Raises regex.error where it is none."""
    return regex.compile(pattern, regex.IGNORECASE)
