"""The query language: what people write in rules, read into a tree."""

from monitor.core.query.combine import combine
from monitor.core.query.errors import CODES, QueryError, QueryWarning
from monitor.core.query.nodes import (
    TEXT_FIELDS,
    VALUE_FIELDS,
    And,
    Field,
    Node,
    Not,
    Or,
    Raw,
    Term,
    TermWord,
    Value,
)
from monitor.core.query.parser import parse, warnings

__all__ = [
    "CODES",
    "TEXT_FIELDS",
    "VALUE_FIELDS",
    "And",
    "Field",
    "Node",
    "Not",
    "Or",
    "QueryError",
    "QueryWarning",
    "Raw",
    "Term",
    "TermWord",
    "Value",
    "combine",
    "parse",
    "warnings",
]
