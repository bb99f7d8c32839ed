"""Queries as rule files write them: a text, a list of texts, any/all/none; and the named lists that they use."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.core.query import TEXT_FIELDS, VALUE_FIELDS, Node, QueryError, Term, TermWord, combine, examined
from monitor.rulebook.faults import Faults, shown
from monitor.rulebook.keys import ANY_ALL_NONE
from monitor.rulebook.reading import bullet, comment_after, is_text, keyed, kind, parts, stray_key
from monitor.rulebook.settings import Known
from monitor.rulebook.sizes import Sizes
from monitor.rulebook.slips import QUOTE_IT
from monitor.rulebook.tree import DEEPEST, YamlList, YamlText, YamlValue
from monitor.rulebook.values import check_values

#: Terms and operators of one query, its levels, and the terms of all rules together, lists written out where they are used.
MOST_PARTS = 20_000
MOST_LEVELS = 100
MOST_TOGETHER = 1_000_000

_LIST_NAME = re.compile(r"\$([\w-]+)")

#: What can only be the rest of a query, though YAML takes it for a comment.
_GOES_ON = re.compile(r"#\s*(AND|OR|NOT|O?NEAR/\w)\b")


#: What a query may have before a colon.
_FIELDS = frozenset({*TEXT_FIELDS, *VALUE_FIELDS, "raw", "stem"})
#: The codes of a bracket or a quote that is never closed, and of an operator that lacks a side.
_UNFINISHED = frozenset({"PW121", "PW123", "PW124"})


_STAND_IN = Term((TermWord("list"),))


@dataclass(frozen=True, slots=True)
class NamedList:
    """A list as its file has it, and the query that it is. `name` is where its name stands."""

    name: YamlText
    written: YamlValue
    query: Node


class _Broken(Exception):
    """A query uses a list that is faulty itself."""


class _Unusable(Exception):
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
        self, lists: Mapping[str, tuple[YamlText, YamlValue]], known: Known, faults: Faults, *, complete: bool = True
    ) -> None:
        """`complete` is false where a file could not be read, so that a list may be missing through no fault of the rule."""
        self._lists = lists
        self._known = known
        self._faults = faults
        self._complete = complete
        self._nodes: dict[str, Node | None] = {}
        self._reading: list[str] = []
        self._used: set[str] = set()
        self._sizes = Sizes()
        self._together = 0
        self._stood_in = 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def __getitem__(self, name: str) -> Node:
        """Return a list as a query. Raises KeyError where there is none of this name."""
        if name not in self._lists:
            if self._complete:
                raise KeyError(name)
            return self._stand_in()
        self._used.add(name)
        self._resolve(name)
        if name in self._reading:
            circle = " → ".join((*self._reading[self._reading.index(name) :], name))
            raise _Unusable(name, "PW116", f"list '{name}' contains itself: {circle}")
        if name not in self._nodes:
            raise _Unusable(name, "PW106", f"lists are nested more than {DEEPEST} deep")
        return self._nodes[name] or self._stand_in()

    def _stand_in(self) -> Node:
        """Return a term in the place of a list that is faulty itself, so that the rest of the query is read all the same."""
        self._stood_in += 1
        return _STAND_IN

    def _resolve(self, name: str) -> None:
        """Read a list, and first the lists that it names: so one list is never read in the middle of reading another."""
        if name in self._nodes or name in self._reading or len(self._reading) >= DEEPEST:
            return
        key, value = self._lists[name]
        self._reading.append(name)
        for other in names_in(value):
            if other in self._lists:
                self._resolve(other)
        self._nodes[name] = self._list(key, value)
        self._reading.pop()

    def unused(self) -> Iterator[YamlText]:
        """Yield the names of lists that no query used so far, reading them too, as they may be faulty."""
        for name, (key, _) in self._lists.items():
            if name not in self._used and not self._faults.full(key.source.path):
                self._resolve(name)
                yield key

    def lists(self) -> Iterator[NamedList]:
        """Yield the lists that were read and hold."""
        for name, (key, value) in self._lists.items():
            if node := self._nodes.get(name):
                yield NamedList(key, value, node)

    def lists_of(self, value: YamlValue) -> dict[str, tuple[YamlText, YamlValue]]:
        """Return the lists that a query names, and those that these name, as they are written."""
        found: dict[str, tuple[YamlText, YamlValue]] = {}
        waiting = list(names_in(value))
        while waiting:
            name = waiting.pop(0)
            if name in self._lists and name not in found:
                found[name] = self._lists[name]
                waiting += names_in(self._lists[name][1])
        return found

    def query(self, value: YamlValue) -> Node | None:
        """Return a rule's query in any of its forms; None after a fault, or after too many of them."""
        node = self.read(value) if self._together <= MOST_TOGETHER else None
        if node is None or not self._fits(value, node):
            return None
        self._together += self._sizes.of(node)[0]
        if self._together > MOST_TOGETHER:
            told = f"the queries up to here come to more than {MOST_TOGETHER:,} terms, their lists written out"
            self._faults.at(value, "PW106", told)
            return None
        return node

    def read(self, value: YamlValue) -> Node | None:
        """Return a query, or a part of one; None after a fault."""
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
        if stray := stray_key(value, ANY_ALL_NONE):
            self._faults.at(stray, "PW105", f"YAML takes {shown(f'{stray.text}: ')} for a key", QUOTE_IT)
            return None
        found = keyed(value, ANY_ALL_NONE, "a query", self._faults)
        if value.pairs and not found:
            return None
        return self._combined(value, {key: inner for key, (_, inner) in found.items()})

    def _combined(self, value: YamlValue, groups: Mapping[str, YamlValue]) -> Node | None:
        """Return any/all/none as one query; None where a part of it, or the whole, is faulty."""
        if value.weight > MOST_PARTS:
            self._too_large(value)
            return None
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
        if bullet(value, self._faults) or not is_text(value, "a query", self._faults, "write what to look for"):
            return None
        rest = comment_after(value)
        stood_in = self._stood_in
        try:
            node, doubts = examined(value.text, self)
        except QueryError as problem:
            self._refused(value, problem, rest)
            return None
        except _Unusable as problem:
            start = max(0, value.text.find(f"${problem.name}"))
            self._faults.within(value, (start, start + len(problem.name) + 1), problem.code, problem.message)
            return None
        if rest and _GOES_ON.match(rest["comment"]):
            self._faults.cut(value, rest, "the query before it", QUOTE_IT)
            return None
        if self._stood_in > stood_in:
            return None
        for doubt in doubts:
            self._faults.warn(value, (doubt.start, doubt.end), doubt.code, doubt.message, doubt.hint)
        return node if check_values(value, self._known, self._faults) else None

    def _refused(self, value: YamlText, problem: QueryError, rest: re.Match[str] | None) -> None:
        if problem.code in {"PW121", "PW122"} and value.cut_by_comma:
            hint = "put the whole query in single quotes, or one item a line after '- '"
            span = problem.start, problem.end
            self._faults.within(value, span, "PW105", "between [ and ] a comma begins the next item", hint)
        elif rest and problem.code in _UNFINISHED and (problem.code != "PW124" or problem.end >= len(value.text)):
            self._faults.cut(value, rest, "the query before it", QUOTE_IT)
        else:
            span = problem.start, problem.end
            self._faults.within(value, span, problem.code, problem.message, problem.hint)

    def _list(self, name: YamlText, value: YamlValue) -> Node | None:
        """Read a list: any of its items."""
        if isinstance(value, YamlText) and bullet(value, self._faults):
            return None
        if not isinstance(value, YamlList):
            message = f"list '{name.text}' must be a list, not {kind(value)}"
            self._faults.at(value, "PW109", message, "write one term a line, after '- '")
            return None
        node = self.read(value)
        return node if node and self._fits(name, node) else None

    def _too_large(self, value: YamlValue) -> None:
        self._faults.at(value, "PW106", f"this comes to more than {MOST_PARTS:,} terms, its lists written out")

    def _fits(self, value: YamlValue, node: Node) -> bool:
        """Whether a query is of a bearable size; a fault where it is not."""
        count, levels = self._sizes.of(node)
        if count > MOST_PARTS:
            self._too_large(value)
        elif levels > MOST_LEVELS:
            self._faults.at(
                value, "PW106", f"this is nested more than {MOST_LEVELS} levels deep, its lists written out"
            )
        return count <= MOST_PARTS and levels <= MOST_LEVELS


def names_in(value: YamlValue) -> Iterator[str]:
    """Yield what may be names of lists in the texts of a value."""
    if isinstance(value, YamlText):
        yield from _LIST_NAME.findall(value.text)
    else:
        inside = value.parts if isinstance(value, YamlList) else [inner for _, inner in value.pairs]
        for each in inside:
            yield from names_in(each)
