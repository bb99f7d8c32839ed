"""The tree of a query. `str(node)` is a query that reads as the same tree."""

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
    """One word of a term as written: "Witkoff", "cease-fire" (three spellings), or with `prefix` the beginning of one.

    A ? in it is any one letter.
    """

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
class Regex:
    """A regular expression, searched in the text itself, blind to case."""

    pattern: str

    def __str__(self) -> str:
        return f"/{self.pattern}/"


@dataclass(frozen=True, slots=True)
class Field:
    """A query that looks in one text field only. Holds no other field."""

    name: str
    query: "Node"

    def __str__(self) -> str:
        return f"{self.name}:{_tight(self.query)}"


@dataclass(frozen=True, slots=True)
class Stem:
    """A query whose words are found in every form they have in a language: by their Snowball stems."""

    language: str
    query: "Node"

    def __str__(self) -> str:
        return f"stem:{self.language} {_tight(self.query)}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """True where `query`, which is something that stands in the text, is found `count` times."""

    count: int
    query: "Node"

    def __str__(self) -> str:
        return f"ATLEAST/{self.count} {_tight(self.query)}"


@dataclass(frozen=True, slots=True)
class KOf:
    """True where at least `count` of the queries are."""

    count: int
    queries: tuple["Node", ...]

    def __str__(self) -> str:
        return f"{self.count} OF ({', '.join(map(str, self.queries))})"


@dataclass(frozen=True, slots=True)
class Distance:
    """How two neighbours beside NEAR stand: at most `words` words between them (None: in one sentence), in order or not."""

    words: int | None
    ordered: bool = False

    def __str__(self) -> str:
        return f"{'ONEAR' if self.ordered else 'NEAR'}/{'s' if self.words is None else self.words}"


@dataclass(frozen=True, slots=True)
class Near:
    """True where each query stands near the one before it; `distances` are one fewer than the queries."""

    queries: tuple["Node", ...]
    distances: tuple[Distance, ...]

    def __str__(self) -> str:
        first, *others = (_bracketed(each, And, Or, Not, Near) for each in self.queries)
        return first + "".join(f" {distance} {each}" for distance, each in zip(self.distances, others, strict=True))


@dataclass(frozen=True, slots=True)
class Not:
    """True where `query` is not."""

    query: "Node"

    def __str__(self) -> str:
        return f"NOT {_bracketed(self.query, And, Or, Not)}"


@dataclass(frozen=True, slots=True)
class And:
    """True where all of at least two queries are."""

    queries: tuple["Node", ...]

    def __str__(self) -> str:
        return " AND ".join(_bracketed(each, And, Or) for each in self.queries)


@dataclass(frozen=True, slots=True)
class Or:
    """True where any of at least two queries is."""

    queries: tuple["Node", ...]

    def __str__(self) -> str:
        return " OR ".join(_bracketed(each, And, Or) for each in self.queries)


Node: TypeAlias = Term | Raw | Value | Regex | Field | Stem | AtLeast | KOf | Near | Not | And | Or


def _bracketed(query: Node, *loose: type[Node]) -> str:
    return f"({query})" if isinstance(query, loose) else str(query)


def _tight(query: Node) -> str:
    return _bracketed(query, And, Or, Not, Near, Field, Stem, AtLeast)


def parts(query: Node) -> tuple[Node, ...]:
    """Return the queries directly inside `query`."""
    match query:
        case And(queries) | Or(queries) | Near(queries, _) | KOf(_, queries):
            return queries
        case Not(inner) | Field(_, inner) | Stem(_, inner) | AtLeast(_, inner):
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
        case Field(_, inner) | Stem(_, inner):
            return true_of_nothing(inner)
        case KOf(count, queries):
            return sum(map(true_of_nothing, queries)) >= count
        case And(queries):
            return all(map(true_of_nothing, queries))
        case Or(queries):
            return any(map(true_of_nothing, queries))
        case _:
            return False


def has_places(query: Node) -> bool:
    """Whether `query` is something that stands somewhere in the text, so that it can be near something, or be counted."""
    match query:
        case Term() | Raw():
            return True
        case Or(queries) | Near(queries, _):
            return all(map(has_places, queries))
        case Field(_, inner) | Stem(_, inner):
            return has_places(inner)
        case _:
            return False


def searched(query: Node) -> set[str]:
    """Return the regular expressions in `query`."""
    inside = set().union(*map(searched, parts(query)))
    return inside | {query.pattern} if isinstance(query, Regex) else inside
