"""The mutants of a rule: the rule itself with one part of it loosened or left out, and where that part stands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeAlias

from monitor.core.query import Node, QueryError, Stem, combine, parse
from monitor.core.query.nodes import has_positive
from monitor.core.rules import Rule
from monitor.rulebook import Draft
from monitor.rulebook.keys import ANY_ALL_NONE
from monitor.rulebook.places import place
from monitor.rulebook.queries import Queries
from monitor.rulebook.tree import YamlList, YamlText, YamlValue
from monitor.workshop.edits import Way, edits
from monitor.workshop.substitution import above, is_negated, substituted

#: Mutants of one rule that are tried.
MOST_MUTANTS = 300
#: How a word is spelt: looked into in rules alone. Lists have many words, and no example for most of them.
SPELLING = (Way.WORD_TO_PREFIX, Way.PREFIX_SHORTER, Way.OPEN_LETTER_TO_PREFIX)


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed: the characters [start, end) of the file that `value` is of, which say `before`, became `after`, "" for left out.

    `among` is the value that it is one of many parts of: the list, the `any`, the query with its ORs. `negated`: it stands behind a NOT,
    where what finds more makes the rule find less.
    """

    way: Way
    value: YamlValue
    start: int
    end: int
    before: str
    after: str = ""
    among: YamlValue | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule that differs from another in one change."""

    rule: Rule
    change: Change


Changed: TypeAlias = Iterator[tuple[Change, Node]]


def mutants(draft: Draft, queries: Queries) -> tuple[list[Mutant], bool]:
    """Return the first mutants of a rule, and whether there are more than are returned. None is equal to the rule or to another.

    `queries` has read the rule's files.
    """
    found = list(islice(_different(draft.rule, _every(draft, queries)), MOST_MUTANTS + 1))
    return found[:MOST_MUTANTS], len(found) > MOST_MUTANTS


def _different(rule: Rule, found: Iterator[Mutant]) -> Iterator[Mutant]:
    seen = {_identity(rule)}
    for mutant in found:
        identity = _identity(mutant.rule)
        if identity not in seen:
            seen.add(identity)
            yield mutant


def _identity(rule: Rule) -> tuple[object, ...]:
    return str(rule.query), rule.languages, rule.sources


def _every(draft: Draft, queries: Queries) -> Iterator[Mutant]:
    rule = draft.rule
    key, value = draft.written["match"]
    whole = _Changes(queries, key)
    base = whole.read(value)
    stemmed = rule.query.language if isinstance(rule.query, Stem) and rule.query != base else ""
    for change, query in whole.of(value):
        yield Mutant(replace(rule, query=_stemmed(query, stemmed)), change)
    yield from _without_gates(draft, base if stemmed else None)
    for name, (list_key, listed) in queries.lists_of(value).items():
        old = queries[name]
        path = above(base, old)
        turned = is_negated(base, old, path)
        for change, inner in _Changes(queries, list_key).of(listed):
            made = None if change.way in SPELLING else substituted(base, old, inner, path)
            if made is not None and has_positive(made):
                of_list = replace(change, among=list_key, negated=change.negated is not turned)
                yield Mutant(replace(rule, query=_stemmed(made, stemmed)), of_list)


def _stemmed(query: Node, language: str) -> Node:
    return Stem(language, query) if language else query


def _without_gates(draft: Draft, unstemmed: Node | None) -> Iterator[Mutant]:
    """Yield the rule with any language, with any source, and without its word forms."""
    rule = draft.rule
    if rule.languages:
        yield Mutant(replace(rule, languages=()), _of_key(Way.LANGUAGE_LEFT_OUT, draft, "languages", rule.languages))
    if rule.sources:
        yield Mutant(replace(rule, sources=()), _of_key(Way.SOURCE_LEFT_OUT, draft, "sources", rule.sources))
    if unstemmed is not None and isinstance(rule.query, Stem):
        yield Mutant(
            replace(rule, query=unstemmed), _of_key(Way.STEM_LEFT_OUT, draft, "stem", [f"stem: {rule.query.language}"])
        )


def _of_key(way: Way, draft: Draft, key: str, said: Collection[str]) -> Change:
    """Return a change of a setting: it stands in the rule, or in the defaults of its file."""
    value = draft.written[key][1] if key in draft.written else draft.name
    return Change(way, value, value.start, value.end, ", ".join(said))


class _Changes:
    """Changes a query as it is written, in any of its forms. `key` is what it stands under."""

    def __init__(self, queries: Queries, key: YamlText) -> None:
        self._queries = queries
        self._key = key
        self._read: dict[int, Node] = {}

    def read(self, value: YamlValue) -> Node:
        """Return a query that has been read before and is sound."""
        if id(value) not in self._read:
            node = self._queries.read(value)
            assert node is not None
            self._read[id(value)] = node
        return self._read[id(value)]

    def of(self, value: YamlValue) -> Changed:
        """Yield every change of a query, and the query that it makes."""
        if isinstance(value, YamlText):
            yield from self._of_text(value)
        elif isinstance(value, YamlList):
            yield from self._of_groups({"any": value.parts}, {"any": self._key})
        else:
            keys = {key.text: key for key, _ in value.pairs if key.text in ANY_ALL_NONE}
            groups = {key.text: inner.parts for key, inner in value.pairs if isinstance(inner, YamlList)}
            yield from self._of_groups({name: groups[name] for name in groups if name in keys}, keys)

    def _of_text(self, value: YamlText) -> Changed:
        parted = -1
        for edit in edits(value.text):
            node = self._parsed(edit.text)
            if node is None or (edit.way is Way.PHRASE_PARTED and edit.start == parted):
                continue
            parted = edit.start if edit.way is Way.PHRASE_PARTED else parted
            before = value.text[edit.start : edit.end]
            among = value if edit.way is Way.ALTERNATIVE_LEFT_OUT else None
            yield (
                Change(edit.way, value, *place(value, edit.start, edit.end), before, edit.after, among, edit.negated),
                node,
            )

    def _parsed(self, text: str) -> Node | None:
        try:
            return parse(text, self._queries)
        except QueryError:
            return None

    def _of_groups(self, groups: Mapping[str, Sequence[YamlValue]], keys: Mapping[str, YamlText]) -> Changed:
        nodes = {name: [self.read(each) for each in listed] for name, listed in groups.items()}
        for name, listed in groups.items():
            for number, value in enumerate(listed):
                rest = [each for other, each in enumerate(nodes[name]) if other != number]
                yield from _combined(_left_out(name, value, keys[name]), {**nodes, name: rest}, needed=name == "any")
                for change, node in self.of(value):
                    changed = [node if other == number else each for other, each in enumerate(nodes[name])]
                    turned = replace(change, negated=change.negated is not (name == "none"))
                    yield from _combined(turned, {**nodes, name: changed})
        if "any" in nodes:
            key = keys["any"]
            change = Change(Way.OPERAND_LEFT_OUT, key, key.start, key.end, key.text)
            yield from _combined(change, {**nodes, "any": []})
        if len(nodes.get("all", ())) > 1:
            key = keys["all"]
            loose = {**nodes, "any": [*nodes.get("any", ()), *nodes["all"]], "all": []}
            yield from _combined(Change(Way.AND_TO_OR, key, key.start, key.end, "all", "any"), loose)


def _combined(change: Change, nodes: Mapping[str, Sequence[Node]], *, needed: bool = False) -> Changed:
    """Yield what a change makes of any, all and none, where that is a query. `needed`: the last of `any` is no alternative."""
    try:
        if not needed or nodes["any"]:
            yield change, combine(**nodes)
    except QueryError:
        return


def _left_out(name: str, value: YamlValue, key: YamlText) -> Change:
    way = {"any": Way.ALTERNATIVE_LEFT_OUT, "all": Way.OPERAND_LEFT_OUT, "none": Way.NOT_LEFT_OUT}[name]
    return Change(way, value, value.start, value.end, _shown(value), among=key if name == "any" else None)


def _shown(value: YamlValue) -> str:
    if isinstance(value, YamlText):
        return value.text
    return value.source.text[value.start : value.end].strip()
