"""Queries as rule files write them: a text, a list of texts, any/all/none; and the named lists that they use."""

import re
from collections.abc import Iterator, Mapping

from monitor.core.query import TEXT_FIELDS, VALUE_FIELDS, Node, QueryError, combine, parse, warnings
from monitor.rulebook.faults import Faults
from monitor.rulebook.reading import comment_after, is_text, keyed, kind, parts
from monitor.rulebook.syntax import QUOTE_IT
from monitor.rulebook.tree import DEEPEST, YamlList, YamlText, YamlValue

KEYS = ("any", "all", "none")

#: What can only be the rest of a query, though YAML takes it for a comment.
_GOES_ON = re.compile(r"#\s*(AND|OR|NOT|NEAR/|ONEAR/)\b")


#: What a query may have before a colon.
_FIELDS = frozenset({*TEXT_FIELDS, *VALUE_FIELDS, "raw", "stem"})
#: The codes of a bracket or a quote that is never closed, and of an operator that lacks a side.
_UNFINISHED = frozenset({"PW121", "PW123", "PW124"})


class _Broken(Exception):  # noqa: N818 - not an error of its own: the list's own faults are told where they stand
    """A query uses a list that is faulty itself."""


class _Unusable(Exception):  # noqa: N818 - becomes a fault where the list is named
    """A list cannot be used where it is named."""

    def __init__(self, name: str, code: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.code = code
        self.message = message


class Queries(Mapping[str, Node]):
    """Reads queries. Lists are read when a query first uses one, so they may stand in any order and any file.

    As a mapping it is what the query parser asks for lists by name.
    """

    def __init__(
        self, lists: Mapping[str, tuple[YamlText, YamlValue]], faults: Faults, *, complete: bool = True
    ) -> None:
        """`complete` is false where a file could not be read, so that a list may be missing through no fault of the rule."""
        self._lists = lists
        self._faults = faults
        self._complete = complete
        self._nodes: dict[str, Node | None] = {}
        self._reading: list[str] = []
        self._used: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def __contains__(self, name: object) -> bool:
        return name in self._lists or not self._complete

    def __getitem__(self, name: str) -> Node:
        """Return a list as a query. Raises KeyError where there is none of this name."""
        if name not in self._lists and self._complete:
            raise KeyError(name)
        self._used.add(name)
        if name in self._reading:
            circle = " → ".join((*self._reading[self._reading.index(name) :], name))
            raise _Unusable(name, "PW116", f"list '{name}' contains itself: {circle}")
        if len(self._reading) >= DEEPEST:
            raise _Unusable(name, "PW106", f"lists are nested more than {DEEPEST} deep")
        if name not in self._nodes:
            self._nodes[name] = self._list(name) if name in self._lists else None
        node = self._nodes[name]
        if node is None:
            raise _Broken(name)
        return node

    def unused(self) -> Iterator[YamlText]:
        """Yield the names of lists that no query used so far, reading them too, as they may be faulty."""
        for name, (key, _) in self._lists.items():
            if name not in self._used:
                if name not in self._nodes:
                    self._nodes[name] = self._list(name)
                yield key

    def read(self, value: YamlValue) -> Node | None:
        """Return a query in any of its forms; None after a fault."""
        if isinstance(value, YamlText):
            return self._query(value)
        if isinstance(value, YamlList):
            return self._combined(value, {"any": value})
        for key, _ in value.pairs:
            if key.text in _FIELDS:
                told = f"YAML takes '{key.text}: ' for a key"
                hint = f"write {key.text}: without a space behind it, or {QUOTE_IT}"
                self._faults.at(key, "PW105", told, hint)
                return None
        found = keyed(value, KEYS, "a query", self._faults)
        return (
            self._combined(value, {key: inner for key, (_, inner) in found.items()})
            if found or not value.pairs
            else None
        )

    def _combined(self, value: YamlValue, groups: Mapping[str, YamlValue]) -> Node | None:
        """Return any/all/none as one query; None where a part of it, or the whole, is faulty."""
        nodes: dict[str, list[Node | None]] = {
            key: [self.read(each) for each in parts(listed, f"'{key}'", self._faults)] for key, listed in groups.items()
        }
        every = [node for group in nodes.values() for node in group]
        if None in every or not all(isinstance(each, YamlList) for each in groups.values()):
            return None
        try:
            return combine(**{key: [node for node in group if node] for key, group in nodes.items()})
        except QueryError as problem:
            self._faults.at(value, problem.code, problem.message, problem.hint)
            return None

    def _query(self, value: YamlText) -> Node | None:
        if not is_text(value, "a query", self._faults):
            return None
        rest = comment_after(value)
        try:
            node = parse(value.text, self)
        except QueryError as problem:
            self._refused(value, problem, rest)
            return None
        except _Unusable as problem:
            start = max(0, value.text.find(f"${problem.name}"))
            self._faults.within(value, (start, start + len(problem.name) + 1), problem.code, problem.message)
            return None
        except _Broken:
            return None
        if rest and _GOES_ON.match(rest["comment"]):
            self._faults.cut(value, rest, "the query before it", QUOTE_IT)
            return None
        for doubt in warnings(value.text, self):
            self._faults.warn(value, (doubt.start, doubt.end), doubt.code, doubt.message, doubt.hint)
        return node

    def _refused(self, value: YamlText, problem: QueryError, rest: re.Match[str] | None) -> None:
        if rest and problem.code in _UNFINISHED and (problem.code != "PW124" or problem.end >= len(value.text)):
            self._faults.cut(value, rest, "the query before it", QUOTE_IT)
        else:
            span = problem.start, problem.end
            self._faults.within(value, span, problem.code, problem.message, problem.hint)

    def _list(self, name: str) -> Node | None:
        """Read a list: any of its items."""
        _, value = self._lists[name]
        self._reading.append(name)
        try:
            if not isinstance(value, YamlList):
                message = f"list '{name}' must be a list, not {kind(value)}"
                self._faults.at(value, "PW109", message, "write one term a line, after '- '")
                return None
            return self.read(value)
        finally:
            self._reading.pop()
