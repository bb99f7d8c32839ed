"""One rule of a file: its keys read, its query understood, its examples collected."""

import hashlib
import re
from dataclasses import astuple, dataclass

from monitor.core.query import Node
from monitor.core.rules import Rule
from monitor.rulebook import settings as setting_keys
from monitor.rulebook.examples import Example, examples
from monitor.rulebook.faults import Faults, shown
from monitor.rulebook.queries import Queries
from monitor.rulebook.reading import keyed, text
from monitor.rulebook.settings import Known, Settings, settings
from monitor.rulebook.tree import YamlMap, YamlText, YamlValue

KEYS = ("id", "title", "description", "match", *setting_keys.KEYS, "examples")

_ID = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as its file has it. `name` is where its id stands."""

    rule: Rule
    name: YamlText
    examples: tuple[Example, ...]


def draft(value: YamlValue, defaults: Settings, queries: Queries, known: Known, faults: Faults) -> Draft | None:
    """Read one rule; None where it has no usable id or query, which is a fault told."""
    found = keyed(value, KEYS, "a rule", faults)
    name = _name(value, found, faults)
    made = settings(found, defaults, known, faults)
    said = {key: text(found[key][1], f"'{key}'", faults) for key in ("title", "description") if key in found}
    query = None
    if "match" in found:
        query = queries.read(found["match"][1])
    elif isinstance(value, YamlMap):
        faults.at(name or _head(value), "PW112", "a rule needs a query", "add the key 'match'")
    collected = examples(found["examples"][1], made, known, faults) if "examples" in found else []
    if name is None or query is None:
        return None
    rule = Rule(
        id=name.text,
        query=query,
        title=said.get("title", ""),
        description=said.get("description", ""),
        languages=made.languages,
        sources=made.sources,
        max_age=made.max_age,
        priority=made.priority,
        deliver=made.deliver,
        path=name.source.path,
        line=name.source.line_of(name.start),
        version=_version(query, made),
    )
    return Draft(rule, name, tuple(collected))


def _name(value: YamlValue, found: dict[str, tuple[YamlText, YamlValue]], faults: Faults) -> YamlText | None:
    if "id" not in found:
        if isinstance(value, YamlMap):
            faults.at(_head(value), "PW112", "a rule needs an id", "add the key 'id', as in id: security-guarantees")
        return None
    name = found["id"][1]
    if not text(name, "'id'", faults):
        return None
    assert isinstance(name, YamlText)
    if not _ID.fullmatch(name.text):
        slug = re.sub(r"[^a-z0-9]+", "-", name.text[:64].lower()).strip("-")
        hint = f"write {slug}" if slug else ""
        told = f"{shown(name.text)} is not an id: 1 to 64 of the letters a to z, digits and '-'"
        faults.at(name, "PW113", told, hint)
    return name


def _head(value: YamlMap) -> YamlValue:
    return value.pairs[0][0] if value.pairs else value


def _version(query: Node, made: Settings) -> str:
    """Return a short hash of everything that decides what a rule matches and where its matches go."""
    decides = repr((query, astuple(made)))
    return hashlib.blake2b(decides.encode(), digest_size=8).hexdigest()
