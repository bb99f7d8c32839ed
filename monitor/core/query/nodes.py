"""The tree of a query. `str(node)` is a query that reads as the same tree.

Operators that are still to come are further nodes beside these: what evaluates them handles one node class at a time.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from monitor.core.text.letters import UNSPACED

TEXT_FIELDS = ("title", "summary", "body", "lead")
"""Fields whose words are looked at; lead is the title and the first 50 words of the summary and of the body."""
VALUE_FIELDS = ("author", "source", "url", "lang", "tag")
"""Fields that are compared as a whole."""
OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR", "ONEAR", "ATLEAST"})

_BETWEEN_UNSPACED = re.compile(rf"(?<=[{UNSPACED}]) (?=[{UNSPACED}])")


@dataclass(frozen=True, slots=True)
class TermWord:
    """One word of a term as written: "Witkoff", "cease-fire" (three spellings), or with `prefix` the beginning of one."""

    text: str
    prefix: bool = False

    def __str__(self) -> str:
        return f"{self.text}*" if self.prefix else self.text


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several in a row: a phrase."""

    words: tuple[TermWord, ...]

    def __str__(self) -> str:
        text = _BETWEEN_UNSPACED.sub("", " ".join(map(str, self.words)))
        return text if len(self.words) == 1 and text not in OPERATORS else f'"{text}"'


@dataclass(frozen=True, slots=True)
class Raw:
    """Text to be found exactly as written: case, accents and signs."""

    text: str

    def __str__(self) -> str:
        return f'raw:"{self.text}"'


@dataclass(frozen=True, slots=True)
class Value:
    """A value field equal to a pattern in which * stands for anything."""

    field: str
    pattern: str

    def __str__(self) -> str:
        return f'{self.field}:"{self.pattern}"'


@dataclass(frozen=True, slots=True)
class Field:
    """A query that looks in one text field only. Holds no other field."""

    name: str
    query: "Node"

    def __str__(self) -> str:
        return f"{self.name}:{_bracketed(self.query, Term, Raw)}"


@dataclass(frozen=True, slots=True)
class Not:
    """True where `query` is not."""

    query: "Node"

    def __str__(self) -> str:
        return f"NOT {_bracketed(self.query, Term, Raw, Value, Field)}"


@dataclass(frozen=True, slots=True)
class And:
    """True where all of at least two queries are."""

    queries: tuple["Node", ...]

    def __str__(self) -> str:
        return " AND ".join(_bracketed(each, Term, Raw, Value, Field, Not) for each in self.queries)


@dataclass(frozen=True, slots=True)
class Or:
    """True where any of at least two queries is."""

    queries: tuple["Node", ...]

    def __str__(self) -> str:
        return " OR ".join(_bracketed(each, Term, Raw, Value, Field, Not) for each in self.queries)


Node: TypeAlias = Term | Raw | Value | Field | Not | And | Or


def _bracketed(query: Node, *bare: type[Node]) -> str:
    return str(query) if isinstance(query, bare) else f"({query})"


def parts(query: Node) -> tuple[Node, ...]:
    """Return the queries directly inside `query`."""
    match query:
        case And(queries) | Or(queries):
            return queries
        case Not(inner) | Field(_, inner):
            return (inner,)
        case _:
            return ()


def has_positive(query: Node, *, negated: bool = False) -> bool:
    """Whether some term of `query` asks for something to be there, rather than absent."""
    if isinstance(query, Not):
        return has_positive(query.query, negated=not negated)
    inside = parts(query)
    return any(has_positive(each, negated=negated) for each in inside) if inside else not negated


def true_of_nothing(query: Node) -> bool:
    """Whether `query` is true of an article in which none of its terms occurs."""
    match query:
        case Not(inner):
            return not true_of_nothing(inner)
        case Field(_, inner):
            return true_of_nothing(inner)
        case And(queries):
            return all(map(true_of_nothing, queries))
        case Or(queries):
            return any(map(true_of_nothing, queries))
        case _:
            return False
