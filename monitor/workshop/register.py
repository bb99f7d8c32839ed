"""The rules there are, as people look them up: what each says, where that is written, and how often it has matched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from monitor.config import units
from monitor.core.digest import wanted
from monitor.core.model import Document, Span, When
from monitor.core.rules import Rule
from monitor.rulebook import Draft, Rulebook
from monitor.rulebook.keys import SETTINGS
from monitor.rulebook.queries import NamedList
from monitor.rulebook.wording import Wording, line_of, passages, said, scope
from monitor.store.routes import Tally

BUILT_IN = "built in"


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in the list of all. `tally` is None where it has never matched, or there is no database."""

    rule: Rule
    always: bool
    tally: Tally | None


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for a rule, and who says so: the rule, its file's defaults, or nobody (built in)."""

    key: str
    values: tuple[str, ...]
    origin: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class UsedList:
    """A named list that a rule uses."""

    name: str
    items: int
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Tried:
    """An example, and whether the rule does with it what the example says. `spans` are what it marks."""

    should_match: bool
    holds: bool
    document: Document
    spans: tuple[Span, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """All there is to say of one rule. `query` is as it was understood, with its lists by name."""

    listed: Listed
    query: str
    lists: tuple[UsedList, ...]
    settings: tuple[Setting, ...]
    examples: tuple[Tried, ...]


def listing(book: Rulebook, tallies: Mapping[str, Tally]) -> list[Listed]:
    """Return all rules, in the order of the files."""
    always = {each.id for each in book.matcher.always}
    return [Listed(each, each.id in always, tallies.get(each.id)) for each in book.rules]


def sheet(book: Rulebook, draft: Draft, tallies: Mapping[str, Tally]) -> Sheet:
    """Return what there is to say of one rule."""
    wording = Wording(book)
    always = any(each.id == draft.rule.id for each in book.matcher.always)
    return Sheet(
        listed=Listed(draft.rule, always, tallies.get(draft.rule.id)),
        query=wording.named(draft.rule.query),
        lists=tuple(_used(each) for each in wording.lists_in(draft.rule.query)),
        settings=tuple(_setting(draft, key) for key in SETTINGS),
        examples=tuple(_tried(book, draft)),
    )


def _used(named: NamedList) -> UsedList:
    return UsedList(named.name.text, len(passages(named)), named.name.source.path, line_of(named.name))


def _setting(draft: Draft, key: str) -> Setting:
    value = scope(draft).language if key == "stem" else getattr(draft.rule, key)
    values = value if isinstance(value, tuple) else (_told(value),) if value else ()
    found = said(draft, key)
    if found is None:
        return Setting(key, values, BUILT_IN)
    origin, written = found
    return Setting(key, values, origin, written.source.path, line_of(written))


def _tried(book: Rulebook, draft: Draft) -> Iterator[Tried]:
    for each in draft.examples:
        hit = next((hit for hit in book.matcher.match(each.document) if hit.rule is draft.rule), None)
        holds = (hit is not None) == each.should_match
        yield Tried(each.should_match, holds, each.document, hit.spans if hit else (), line_of(each.value))


def _told(value: object) -> str:
    if isinstance(value, When):
        return wanted(value)
    return units.shown_duration(value) if isinstance(value, timedelta) else str(value)
