"""The examples of a rule: articles it should match, and articles it should not."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.core.model import Document
from monitor.rulebook.faults import Faults, meant, shown
from monitor.rulebook.keys import EXAMPLE, EXAMPLES
from monitor.rulebook.reading import keyed, parts, stray_key, text, texts
from monitor.rulebook.settings import Known, Settings
from monitor.rulebook.tree import YamlMap, YamlText, YamlValue


@dataclass(frozen=True, slots=True)
class Example:
    """An article and what the rule should make of it. `marks` are the texts it should mark, in order; None: whichever."""

    value: YamlValue
    document: Document
    should_match: bool
    marks: tuple[str, ...] | None = None


def examples(value: YamlValue, gates: Settings, known: Known, faults: Faults) -> list[Example]:
    """Read a rule's examples. An example that names no language or source has one that the rule's `gates` let through."""
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
    said = {key: text(inner, f"'{key}'", faults) for key, (_, inner) in found.items() if key not in {"tags", "marks"}}
    tags = _listed(found, "tags", faults) or ()
    marks = _listed(found, "marks", faults)
    if said.get("source") and said["source"] not in known.feeds:
        faults.at(
            found["source"][1], "PW115", f"unknown feed {shown(said['source'])}", meant(said["source"], known.feeds)
        )
    if marks is not None and not should_match:
        faults.at(found["marks"][0], "PW113", "'marks' is for examples that match")
    return Example(value, _document(said, tags, gates, known), should_match, marks) if faults.count == before else None


def _listed(found: Mapping[str, tuple[YamlText, YamlValue]], key: str, faults: Faults) -> tuple[str, ...] | None:
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
    if source in known.feeds:
        return source, known.tags_of.get(source, ()), ""
    if source.startswith("tag:"):
        return "", (source.removeprefix("tag:"),), ""
    return "", (), f"https://{source.replace('*', 'www')}/"
