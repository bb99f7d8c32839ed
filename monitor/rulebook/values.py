"""The feeds and tags that queries name, as in source:bbc-world and tag:wire, held against those there are."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from monitor.core.match.values import fits
from monitor.core.query.lexer import Kind, Token, tokens
from monitor.core.text import fold
from monitor.rulebook.faults import Faults, close, meant, shown
from monitor.rulebook.settings import Known, doubt_language
from monitor.rulebook.tree import YamlText

_FIELDS = ("source:", "tag:", "lang:")


@dataclass(frozen=True, slots=True)
class _Named:
    """What stands behind a field, without quotes, at characters [start, end) of the query."""

    field: str
    value: str
    start: int
    end: int


def check_values(query: YamlText, known: Known, faults: Faults) -> bool:
    """Return whether every feed that a sound query names is there; a fault for each that is not.

    A tag that no feed has may be an article's own, so there is only a warning where one that a feed has is spelt nearly so; and
    where a language goes by another code.
    """
    if not any(field in query.text for field in _FIELDS):
        return True
    unknown = [each for each in _named(query.text) if each.field == "source:" and not _is_source(each.value, known)]
    for each in unknown:
        told = f"no feed is called {shown(each.value)}"
        faults.within(query, (each.start, each.end), "PW115", told, meant(each.value, known.feeds) or _HOST_HINT)
    for each in _named(query.text):
        if each.field == "tag:" and (near := _nearly(each.value, known.tags)):
            told = f"no feed has the tag {shown(each.value)}, so this only finds articles that have it themselves"
            faults.warn(query, (each.start, each.end), "PW416", told, f"did you mean '{near}'?")
        elif each.field == "lang:":
            doubt_language(query, (each.start, each.end), each.value, faults)
    return not unknown


_HOST_HINT = "write a feed's id, or the host of an article's address, as in example.org or *.gov.ua"


def _is_source(pattern: str, known: Known) -> bool:
    """Whether a pattern fits a feed's id, or may fit a host, which has a dot."""
    return not known.complete or "." in pattern or any(fits(fold(pattern), fold(feed)) for feed in known.feeds)


def _nearly(tag: str, known: Collection[str]) -> str:
    """Return the tag of a feed that this one is nearly; "" where it is one, fits one or is like none."""
    return "" if any(fits(fold(tag), fold(each)) for each in known) else close(fold(tag), known, 0.75)


def _named(text: str) -> Iterator[_Named]:
    field, depth, row = "", 0, list[Token]()
    for token in tokens(text):
        if token.kind is Kind.SPACE:
            continue
        if field and token.kind is Kind.WORD:
            row.append(token)
            continue
        if row:
            yield _row(field, row, text)
            field, row = field if depth else "", []
        if token.kind is Kind.FIELD and not depth:
            field = token.text if token.text in _FIELDS else ""
        elif token.kind is Kind.QUOTED and field:
            yield _Named(field, token.text[1:-1].strip(), token.start, token.end)
            field = field if depth else ""
        else:
            depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE) if field else 0
            field = field if depth else ""
    if row:
        yield _row(field, row, text)


def _row(field: str, row: list[Token], text: str) -> _Named:
    start, end = row[0].start, row[-1].end
    return _Named(field, text[start:end], start, end)
