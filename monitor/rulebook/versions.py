"""The version of a rule: a short hash of everything that decides what it matches and where its matches go."""

import hashlib
from dataclasses import dataclass, field, fields
from operator import attrgetter

from monitor.core.query import And, AtLeast, Field, KOf, Near, Node, Or, Stem
from monitor.core.query.nodes import parts
from monitor.rulebook.settings import Settings

_settings = attrgetter(*(each.name for each in fields(Settings)))


@dataclass(slots=True)
class Versions:
    """Makes versions. What was hashed once is remembered, as one long list may be a part of a thousand rules."""

    _known: dict[int, tuple[Node, str]] = field(default_factory=dict)
    _last: tuple[Settings, str] | None = None

    def of(self, query: Node, settings: Settings) -> str:
        """Return 16 hexadecimal digits, the same in every process."""
        # Most rules have the settings of their file, which are one object.
        if self._last is None or self._last[0] is not settings:
            self._last = settings, repr(_settings(settings))
        return _hash(f"{self._spelled(query)} {self._last[1]}")

    def _spelled(self, query: Node) -> str:
        """Return a text that differs where queries do."""
        inside = parts(query)
        if not inside:
            return repr(query)
        if known := self._known.get(id(query)):
            return known[1]
        spelled = f"{type(query).__name__} {_saying(query)}({', '.join(map(self._spelled, inside))})"
        if isinstance(query, And | Or):
            # The node is kept beside its hash: its id is its own for as long as it lives.
            self._known[id(query)] = query, _hash(spelled)
            return self._known[id(query)][1]
        return spelled


def _saying(query: Node) -> str:
    """Return what a query says beside the queries in it."""
    match query:
        case Field(name, _) | Stem(name, _):
            return name
        case AtLeast(count, _) | KOf(count, _):
            return str(count)
        case Near(_, distances):
            return " ".join(map(str, distances))
        case _:
            return ""


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
