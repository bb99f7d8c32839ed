"""The examples of a rule: articles it should match, and articles it should not; and how an article is written in a rule file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from monitor.core.model import Document
from monitor.rulebook.faults import Faults, meant, shown
from monitor.rulebook.keys import ARTICLE, EXAMPLE, EXAMPLES
from monitor.rulebook.reading import keyed, parts, stray_key, text, texts
from monitor.rulebook.settings import Known, Settings
from monitor.rulebook.tree import YamlMap, YamlText, YamlValue

Found: TypeAlias = Mapping[str, tuple[YamlText, YamlValue]]
"""A mapping's keys and values, by key."""


@dataclass(frozen=True, slots=True)
class Example:
    """An article and what the rule should make of it. `marks` are the texts it should mark, in order; None: whichever."""

    value: YamlValue
    document: Document
    should_match: bool
    marks: tuple[str, ...] | None = None


def examples(value: YamlValue, gates: Settings, known: Known, faults: Faults) -> list[Example]:
    """Read a rule's examples. An example that names no language or source has one that the rule's `gates` let through.

    One that names a feed is left out where feeds are not known: it cannot be judged without the feed's tags.
    """
    found = keyed(value, EXAMPLES, "'examples'", faults)
    made: list[Example | None] = []
    for key, (_, listed) in found.items():
        given = parts(listed, f"'{key}'", faults)
        made += [_example(each, key == "match", gates, known, faults) for each in given]
    return [each for each in made if each]


def _example(value: YamlValue, should_match: bool, gates: Settings, known: Known, faults: Faults) -> Example | None:
    if not isinstance(value, YamlMap):
        title = text(value, "an example", faults)
        return Example(value, _document({"title": title}, (), gates, known), should_match) if title else None
    if stray := stray_key(value, EXAMPLE):
        told = f"YAML takes {shown(f'{stray.text}: ')} for a key"
        faults.at(stray, "PW105", told, "put the whole headline in single quotes")
        return None
    before = faults.count
    found = keyed(value, EXAMPLE, "an example", faults)
    made = article(found, gates, known, faults)
    marks = _listed(found, "marks", faults)
    source = found["source"][1] if made.source and "source" in found else None
    if source and not known.has_feed(made.source):
        faults.at(source, "PW115", f"unknown feed {shown(made.source)}", meant(made.source, known.feeds))
    if marks is not None and not should_match:
        faults.at(found["marks"][0], "PW113", "'marks' is for examples that match")
    if faults.count != before or (source and not known.complete):
        return None
    return Example(value, made, should_match, marks)


def article(found: Found, gates: Settings, known: Known, faults: Faults) -> Document:
    """Read an article. One that names no language or source has one that the rule's `gates` let through."""
    texts_of = {key: found[key][1] for key in ARTICLE if key in found and key != "tags"}
    said = {key: text(inner, f"'{key}'", faults) for key, inner in texts_of.items()}
    return _document(said, _listed(found, "tags", faults) or (), gates, known)


def _listed(found: Found, key: str, faults: Faults) -> tuple[str, ...] | None:
    if key not in found:
        return None
    return tuple(each.text.strip() for each in texts(found[key][1], f"'{key}'", faults))


def _document(said: Mapping[str, str], tags: tuple[str, ...], gates: Settings, known: Known) -> Document:
    source, url = said.get("source", ""), said.get("url", "")
    source_tags = known.tags_of.get(source, ())
    if not source and not url and gates.sources:
        source, source_tags, url = _let_through(gates.sources[0], known)
    return Document(
        title=said.get("title", ""),
        summary=said.get("summary", ""),
        body=said.get("body", ""),
        author=said.get("author", ""),
        source=source,
        source_tags=source_tags,
        url=url,
        language=said.get("language") or (gates.languages[0] if gates.languages else ""),
        tags=tags,
    )


def _let_through(source: str, known: Known) -> tuple[str, tuple[str, ...], str]:
    """Return a feed's id, its tags and an address that a rule's source takes."""
    if known.has_feed(source):
        return source, known.tags_of.get(source, ()), ""
    if source.startswith("tag:"):
        return "", (source.removeprefix("tag:"),), ""
    return "", (), f"https://{source.replace('*', 'www')}/"
