"""Where each part of a rule stands: its any, all and none, the items of its lists, and what it says of itself or by default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from monitor.core.match.expressing import ANYWHERE, Scope
from monitor.core.query import And, AtLeast, Field, KOf, Near, Node, Not, Or, Stem, Term, TermWord, combine, parse
from monitor.core.query.nodes import parts
from monitor.rulebook.loading import Rulebook
from monitor.rulebook.queries import NamedList
from monitor.rulebook.rules import Draft
from monitor.rulebook.tree import YamlList, YamlMap, YamlText, YamlValue

QUERY = "match"
"""The kind of a query that is one text."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A query, or an item of one, as a rule file has it. An item that is a mapping of any, all and none has its own groups."""

    text: str
    written: YamlValue
    query: Node
    groups: tuple["Group", ...] = ()

    @property
    def path(self) -> str:
        """The file that it stands in."""
        return self.written.source.path

    @property
    def line(self) -> int:
        """The line that it begins on."""
        return line_of(self.written)


@dataclass(frozen=True, slots=True)
class Group:
    """What stands under any, all or none (`kind`), or the one text of a query."""

    kind: str
    passages: tuple[Passage, ...]


class Wording:
    """The words of all rules of a rulebook, and where in the files they stand."""

    def __init__(self, book: Rulebook) -> None:
        self._nodes: Mapping[str, Node] = {each.name.text: each.query for each in book.lists}
        # A list is one node wherever it is used, and lives as long as the rulebook: its id is its own.
        self._lists: dict[int, NamedList] = {}
        for each in book.lists:
            self._lists.setdefault(id(each.query), each)
        self._passages: dict[int, dict[int, Passage]] = {}
        self._book = book

    def groups(self, draft: Draft) -> tuple[Group, ...]:
        """Return the groups of a rule's query: the article must satisfy each of them."""
        return tuple(self._groups(draft.written[QUERY][1]))

    def list_of(self, query: Node) -> NamedList | None:
        """Return the named list that a part of a query is."""
        return self._lists.get(id(query))

    def named(self, query: Node) -> str:
        """Return a query as text, with its lists by name."""
        return str(self._with_names(query))

    def _with_names(self, query: Node) -> Node:
        if named := self.list_of(query):
            return Term((TermWord(f"${named.name.text}"),))
        match query:
            case And(queries) | Or(queries) | Near(queries, _) | KOf(_, queries):
                return replace(query, queries=tuple(map(self._with_names, queries)))
            case Not(inner) | Field(_, inner) | Stem(_, inner) | AtLeast(_, inner):
                return replace(query, query=self._with_names(inner))
            case _:
                return query

    def lists_in(self, query: Node) -> Iterator[NamedList]:
        """Yield the named lists that a query uses, each once."""
        return iter({named.name.text: named for named in self._lists_in(query)}.values())

    def _lists_in(self, query: Node) -> Iterator[NamedList]:
        if named := self.list_of(query):
            yield named
        else:
            for each in parts(query):
                yield from self._lists_in(each)

    def passage(self, named: NamedList, query: Node) -> Passage | None:
        """Return where the item of a list stands that is `query`."""
        known = self._passages.get(id(named.query))
        if known is None:
            known = self._passages[id(named.query)] = {id(each.query): each for each in passages(named)}
        return known.get(id(query))

    def _groups(self, value: YamlValue | None) -> Iterator[Group]:
        match value:
            case YamlText():
                yield Group(QUERY, (self._passage(value),))
            case YamlList(parts=listed):
                yield Group("any", tuple(map(self._passage, listed)))
            case YamlMap(pairs=pairs):
                for key, inner in pairs:
                    items = inner.parts if isinstance(inner, YamlList) else ()
                    yield Group(key.text, tuple(map(self._passage, items)))

    def _passage(self, value: YamlValue) -> Passage:
        if isinstance(value, YamlText):
            return _placed(value, parse(value.text, self._nodes))
        groups = tuple(self._groups(value))
        inside = {each.kind: [passage.query for passage in each.passages] for each in groups}
        query = combine(any=inside.get("any", ()), all=inside.get("all", ()), none=inside.get("none", ()))
        return _placed(value, query, groups)


def passages(named: NamedList) -> list[Passage]:
    """Return the items of a list."""
    written = named.written.parts if isinstance(named.written, YamlList) else []
    queries = named.query.queries if len(written) > 1 and isinstance(named.query, Or) else (named.query,)
    return [_placed(value, query) for value, query in zip(written, queries, strict=True)]


def said(draft: Draft, key: str) -> tuple[str, YamlValue] | None:
    """Return "rule" or "defaults", whichever says it, and what it says of a setting; None where neither does."""
    if key in draft.written:
        return "rule", draft.written[key][1]
    value = _value(draft.defaults, key)
    return ("defaults", value) if value else None


def scope(draft: Draft) -> Scope:
    """Return the scope that a rule's `stem` puts its whole query in."""
    stem = said(draft, "stem")
    return Scope(language=stem[1].text.strip()) if stem and isinstance(stem[1], YamlText) else ANYWHERE


def line_of(value: YamlValue) -> int:
    """Return the line that a value begins on."""
    return value.source.line_of(value.start)


def _value(written: YamlValue | None, key: str) -> YamlValue | None:
    pairs = written.pairs if isinstance(written, YamlMap) else []
    return next((value for name, value in pairs if name.text == key), None)


def _placed(value: YamlValue, query: Node, groups: tuple[Group, ...] = ()) -> Passage:
    text = " ".join(value.text.split()) if isinstance(value, YamlText) else str(query)
    return Passage(text, value, query, groups)
