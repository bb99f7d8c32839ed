"""What a query may say without its author meaning it: warnings, each with what is read and what to write instead."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from monitor.core.query.errors import QueryWarning
from monitor.core.query.lexer import Token
from monitor.core.query.nodes import Field, Near, Node, Not, Regex, Term, parts

WIDEST_OPERAND = 40
SHORT_PREFIX = 3
"""Letters of a prefix that finds much that is not meant."""

_LOWER_CASE = re.compile(r"and|or|not|(?:o?near|atleast)/\w+", re.IGNORECASE)
#: Operators of other services: NEAR5, NEAR~5, W/5, WITHIN/5, ADJ5, PRE/5, W/S, ATL5, ANDNOT.
_ELSEWHERE = re.compile(
    r"(?P<name>o?near|w/|within|adj|pre/|atl(?:east)?)[^\w\s]?(?P<count>\d{1,6}|(?<=w/)s)|(?P<not>andnot)",
    re.IGNORECASE,
)
_OURS = {"w/": "NEAR", "within": "NEAR", "adj": "ONEAR", "pre/": "ONEAR", "atl": "ATLEAST"}
_TYPOGRAPHIC = re.compile("[\u201c-\u201f\u00ab\u00bb]")
_SIGNED = re.compile(r"[-+]+\w")


class Operand(NamedTuple):
    """A query between two operators, with the text that it was read from."""

    query: Node
    text: str


def mixed_levels(levels: Sequence[Sequence[Operand]], start: int, end: int) -> QueryWarning:
    """Return the warning for ORs of ANDs in one level, with both ways to read them.

    `levels` are the alternatives, each with what it joins by AND.
    """
    others: list[list[Operand]] = [[]]
    for level in levels:
        others[-1].append(level[0])
        others += [[operand] for operand in level[1:]]
    told = f"AND and OR in one level are read as {_shown(levels, 'AND', 'OR')}"
    return QueryWarning(
        "PW420", told, start, end, f"write the brackets; the other reading is {_shown(others, 'OR', 'AND')}"
    )


def lower_case_operators(row: Sequence[Token], phrase: str) -> list[QueryWarning]:
    """Return a warning for each operator in lower case, or of another service, among unquoted words in a row."""
    found = []
    for token in row:
        if operator := meant_operator(token.text):
            told = f"'{token.text}' is a word here, part of the phrase \"{_clipped(phrase)}\""
            hint = f"write {operator} for the operator, or put the phrase in quotes"
            found.append(QueryWarning("PW421", told, token.start, token.end, hint))
    return found


def meant_operator(word: str) -> str:
    """Return the operator that a word may be meant as; "" where it is only a word."""
    if _LOWER_CASE.fullmatch(word):
        return word.upper()
    found = _ELSEWHERE.fullmatch(word)
    if not found:
        return ""
    if found["not"]:
        return "NOT"
    name = found["name"].lower()
    return f"{_OURS.get(name, name.upper())}/{found['count'].lower()}"


def stray_signs(row: Sequence[Token]) -> list[QueryWarning]:
    """Return a warning for each word that begins with a minus or a plus, which other languages take for operators."""
    return [
        QueryWarning(
            "PW422",
            f"the {token.text[0]} before this word does nothing",
            token.start,
            token.end,
            "write NOT to exclude it" if token.text[0] == "-" else "write AND between words that must all be there",
        )
        for token in row
        if _SIGNED.match(token.text)
    ]


def typographic_quotes(text: str) -> list[QueryWarning]:
    """Return a warning for the first quotation mark that word processors make of the plain one."""
    found = None if text.isascii() else _TYPOGRAPHIC.search(text)
    told = "a typographic quotation mark is no quotation mark in a query"
    return [QueryWarning("PW426", told, found.start(), found.end(), 'write a plain "')] if found else []


def apart(near: Near, start: int, end: int) -> QueryWarning | None:
    """Return the warning for neighbours beside NEAR that are looked for in different fields, and so are never near each other."""
    for one, other in pairwise(near.queries):
        if isinstance(one, Field) and isinstance(other, Field) and one.name != other.name:
            if "lead" in (one.name, other.name):
                continue
            told = f"{one.name}: and {other.name}: are never near each other, as NEAR does not reach from one field into another"
            return QueryWarning("PW427", told, start, end, f"join them by AND, or write {one.name}:(… NEAR/5 …)")
    return None


def weakness(query: Node) -> QueryWarning | None:
    """Return the warning for a whole query that looks for nothing but regular expressions or short prefixes."""
    prefixes = False
    for each in _sought(query):
        if _is_short_prefix(each):
            prefixes = True
        elif not isinstance(each, Regex):
            return None
    if prefixes:
        told = "this looks for nothing but a short beginning of words, which finds much that is not meant"
        return QueryWarning("PW425", told, 0, 0, "write more of the word, or list words with OR")
    told = "this looks for nothing but a regular expression, which is tried on every article"
    return QueryWarning("PW424", told, 0, 0, "join it by AND to a word that must be there too")


def _sought(query: Node, *, negated: bool = False) -> Iterator[Node]:
    """Yield what the query wants to be there: terms, values, regular expressions."""
    inside = parts(query)
    for part in inside:
        yield from _sought(part, negated=negated is not isinstance(query, Not))
    if not inside and not negated:
        yield query


def _is_short_prefix(query: Node) -> bool:
    return (
        isinstance(query, Term)
        and len(query.words) == 1
        and query.words[0].prefix
        and len(query.words[0].text) <= SHORT_PREFIX
    )


def _shown(levels: Sequence[Sequence[Operand]], inner: str, outer: str) -> str:
    joined = [f" {inner} ".join(_clipped(operand.text) for operand in level) for level in levels]
    shown = [f"({text})" if len(level) > 1 else text for text, level in zip(joined, levels, strict=True)]
    return f" {outer} ".join(shown)


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDEST_OPERAND else f"{text[: WIDEST_OPERAND - 1]}…"
