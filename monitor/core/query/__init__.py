"""The query language: what people write in rules, read into a tree."""

from monitor.core.query.combine import combine
from monitor.core.query.doubts import weakness
from monitor.core.query.errors import CODES, QueryError, QueryWarning
from monitor.core.query.nodes import (
    TEXT_FIELDS,
    VALUE_FIELDS,
    And,
    AtLeast,
    Distance,
    Field,
    KOf,
    Near,
    Node,
    Not,
    Or,
    Raw,
    Regex,
    Stem,
    Term,
    TermWord,
    Value,
    searched,
)
from monitor.core.query.parser import examined, parse, warnings
from monitor.core.query.patterns import compiled

__all__ = [
    "CODES",
    "TEXT_FIELDS",
    "VALUE_FIELDS",
    "And",
    "AtLeast",
    "Distance",
    "Field",
    "KOf",
    "Near",
    "Node",
    "Not",
    "Or",
    "QueryError",
    "QueryWarning",
    "Raw",
    "Regex",
    "Stem",
    "Term",
    "TermWord",
    "Value",
    "combine",
    "compiled",
    "examined",
    "parse",
    "searched",
    "warnings",
    "weakness",
]
