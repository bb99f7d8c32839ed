"""YAML as a tree of texts, lists and mappings that know where they stand; no value is ever guessed to be anything but text.

Built from libyaml's events, so that depth, aliases and duplicates are bounded while they are read, not after.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from monitor.diagnostics import Diagnostic
from monitor.rulebook.sources import Source
from monitor.rulebook.syntax import syntax_fault

DEEPEST = 20
MOST_ALIASES = 50
#: Aliases within aliases multiply: how many values the aliases of a file may stand for together.
MOST_ALIASED = 10_000
MOST_DUPLICATES = 100


@dataclass(slots=True, eq=False)
class YamlText:
    """A scalar. `style` is "" where it stands without quotes, else the sign it begins with: ' " | >."""

    source: Source
    start: int
    end: int
    text: str
    style: str = ""
    weight: ClassVar[int] = 1
    height: ClassVar[int] = 0

    @property
    def cut_by_comma(self) -> bool:
        """Whether it stands without quotes beside a comma, as an item between [ and ] does."""
        text, near = self.source.text, 100
        before, after = text[max(0, self.start - near) : self.start], text[self.end : self.end + near]
        return not self.style and "," in (before.rstrip()[-1:], after.lstrip()[:1])

    @property
    def is_absent(self) -> bool:
        """Whether nothing is written where a value could stand."""
        return not self.text and not self.style


@dataclass(slots=True, eq=False)
class YamlList:
    """A sequence."""

    source: Source
    start: int
    end: int
    parts: "list[YamlValue]" = field(default_factory=list)
    weight: int = 1
    height: int = 1


@dataclass(slots=True, eq=False)
class YamlMap:
    """A mapping, its pairs as written."""

    source: Source
    start: int
    end: int
    pairs: "list[tuple[YamlText, YamlValue]]" = field(default_factory=list)
    weight: int = 1
    height: int = 1


YamlValue: TypeAlias = YamlText | YamlList | YamlMap


class Unreadable(Exception):
    """A file is not YAML, or not YAML of the bounded kind that rule files are."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


def compose(source: Source) -> tuple[YamlValue | None, list[tuple[YamlText, YamlText]]]:
    """Return the file's one document (None where there is nothing in it), and each key that is a duplicate with the first.

    Raises Unreadable.
    """
    try:
        loader = yaml.CSafeLoader(source.text)
        composer = _Composer(source, iter(loader.get_event, None))
        return composer.document(), composer.duplicates
    except yaml.YAMLError as problem:
        raise Unreadable(syntax_fault(source, problem)) from None


@dataclass(slots=True)
class _Composer:
    source: Source
    events: Iterator[Event]
    duplicates: list[tuple[YamlText, YamlText]] = field(default_factory=list)
    #: What each anchor stands for; None while it is still being read.
    anchors: dict[str, YamlValue | None] = field(default_factory=dict)
    aliases: int = 0
    aliased: int = 0

    def document(self) -> YamlValue | None:
        root: YamlValue | None = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent) and root is not None:
                raise self._refusal("a second document begins here", event, "write one document a file, without ---")
            if isinstance(event, NodeEvent):
                root = self._value(event, 1)
        return root

    def _value(self, event: Event, depth: int) -> YamlValue:
        if isinstance(event, ScalarEvent):
            if event.tag:
                self._no_tag(event)
            start, end = _span(event)
            text = YamlText(self.source, start, end, event.value, event.style or "")
            if event.anchor:
                self.anchors[event.anchor] = text
            return text
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if depth > DEEPEST:
            raise self._refusal(f"this is nested more than {DEEPEST} levels deep", event)
        return self._collection(event, depth)

    def _collection(self, event: Event, depth: int) -> YamlValue:
        self._no_tag(event)
        start, end = _span(event)
        made: YamlList | YamlMap
        if isinstance(event, SequenceStartEvent):
            made = YamlList(self.source, start, end)
            self._begun(event.anchor)
            made.parts = [self._value(each, depth + 1) for each in self._until_end(made)]
            inside: Iterable[YamlValue] = made.parts
        else:
            assert isinstance(event, MappingStartEvent)
            made = YamlMap(self.source, start, end)
            self._begun(event.anchor)
            made.pairs = self._pairs(made, depth + 1)
            inside = [value for _, value in made.pairs]
        for value in inside:
            made.weight += value.weight
            made.height = max(made.height, value.height + 1)
        if made.height + depth > DEEPEST + 1:
            raise self._refusal(f"with its aliases this is nested more than {DEEPEST} levels deep", event)
        return self._kept(event, made)

    def _until_end(self, made: YamlList | YamlMap) -> Iterator[Event]:
        for event in self.events:
            if isinstance(event, CollectionEndEvent):
                start, end = _span(event)
                if end > start:
                    made.end = end
                return
            yield event

    def _pairs(self, made: YamlMap, depth: int) -> list[tuple[YamlText, YamlValue]]:
        pairs: dict[str, tuple[YamlText, YamlValue]] = {}
        merged: list[YamlValue] = []
        inside = self._until_end(made)
        for event in inside:
            key = self._value(event, depth)
            value = self._value(next(self.events), depth)
            if not isinstance(key, YamlText):
                raise self._refusal("a key must be text", event)
            if key.text == "<<" and not key.style:
                merged.append(value)
            elif key.text in pairs:
                self._duplicate(key, pairs[key.text][0])
            else:
                pairs[key.text] = (key, value)
        for value in merged:
            self._merge(pairs, value)
        return list(pairs.values())

    def _duplicate(self, key: YamlText, first: YamlText) -> None:
        self.duplicates.append((key, first))
        if len(self.duplicates) > MOST_DUPLICATES:
            told = f"these are more than {MOST_DUPLICATES} keys that stand twice"
            raise Unreadable(self.source.diagnostic("PW117", told, key.start, key.end))

    def _merge(self, pairs: dict[str, tuple[YamlText, YamlValue]], value: YamlValue) -> None:
        """Add what `<<` names, where the mapping says nothing itself."""
        for each in value.parts if isinstance(value, YamlList) else [value]:
            if not isinstance(each, YamlMap):
                told, hint = "only a mapping can be merged with <<", "as in <<: *name"
                raise Unreadable(self.source.diagnostic("PW106", told, each.start, each.end, hint))
            for key, inner in each.pairs:
                pairs.setdefault(key.text, (key, inner))

    def _alias(self, event: AliasEvent) -> YamlValue:
        self.aliases += 1
        if self.aliases > MOST_ALIASES:
            raise self._refusal(f"these are more than {MOST_ALIASES} aliases", event, "use a list, as $name")
        if event.anchor not in self.anchors:
            hint = "if this is a query, put the whole query in single quotes; a prefix has its star at the end"
            raise self._refusal(f"'*{event.anchor}' names an anchor that is not there", event, hint)
        value = self.anchors[event.anchor]
        if value is None:
            raise self._refusal(f"the anchor '{event.anchor}' is used inside itself", event)
        self.aliased += value.weight
        if self.aliased > MOST_ALIASED:
            told = f"the aliases up to here stand for more than {MOST_ALIASED:,} values"
            raise self._refusal(told, event, "use a list, as $name")
        return value

    def _begun(self, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = None

    def _kept(self, event: Event, value: YamlValue) -> YamlValue:
        if isinstance(event, NodeEvent) and event.anchor:
            self.anchors[event.anchor] = value
        return value

    def _no_tag(self, event: Event) -> None:
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            hint = "if this is a query, put the whole query in single quotes"
            raise self._refusal("YAML takes the '!' at the beginning for a tag", event, hint)

    def _refusal(self, message: str, event: Event, hint: str = "") -> Unreadable:
        start, end = _span(event)
        return Unreadable(self.source.diagnostic("PW106", message, start, max(end, start + 1), hint))


def _span(event: Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    return (start.index, end.index) if start and end else (0, 0)
