"""One rule of a file: its keys read, its query understood, its examples collected."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from unicodedata import combining, normalize

from monitor.core.query import Stem, weakness
from monitor.core.rules import Rule
from monitor.rulebook.examples import Example, examples
from monitor.rulebook.faults import Faults, meant, shown
from monitor.rulebook.keys import ID, RULE, SETTINGS
from monitor.rulebook.queries import Queries
from monitor.rulebook.reading import is_text, keyed, text
from monitor.rulebook.scenarios import Scenario, scenarios
from monitor.rulebook.settings import Known, Settings, settings
from monitor.rulebook.tree import YamlMap, YamlText, YamlValue
from monitor.rulebook.versions import Versions

_ID = re.compile(ID)
_AS_IN = "as in security-guarantees"


def id_fault(text: str) -> tuple[str, str, str] | None:
    """Return code, message and hint of what is wrong with the id of a rule; None where nothing is."""
    if _ID.fullmatch(text):
        return None
    told = f"{shown(text)} is not an id: 1 to 64 of the letters a to z, digits and '-'"
    plain = "".join(each for each in normalize("NFKD", text[:64].lower()) if not combining(each))
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return "PW113", told, f"write {slug}" if slug else _AS_IN


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as its file has it. `name` is where its id stands; `written` has its keys and values by key, `defaults` is what its file
    says for all rules.
    """

    rule: Rule
    name: YamlText
    examples: tuple[Example, ...]
    scenarios: tuple[Scenario, ...] = ()
    written: Mapping[str, tuple[YamlText, YamlValue]] = field(default_factory=dict)
    defaults: YamlValue | None = None


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Reads rules, and adds what is wrong with them to `faults`."""

    queries: Queries
    known: Known
    faults: Faults
    versions: Versions = field(default_factory=Versions)

    def defaults(self, value: YamlValue) -> Settings:
        """Return what a file says for all its rules."""
        found = keyed(value, SETTINGS, "'defaults'", self.faults)
        return settings(found, Settings(), self.known, self.faults)

    def draft(self, value: YamlValue, defaults: Settings, written: YamlValue | None = None) -> Draft | None:
        """Read one rule; None where it has no usable id or query, which is a fault told.

        `defaults` are its file's, `written` is where they stand.
        """
        found = keyed(value, RULE, "a rule", self.faults)
        name = self._name(found)
        query = self.queries.query(found["match"][1]) if "match" in found else None
        made = settings(found, defaults, self.known, self.faults)
        given = examples(found["examples"][1], made, self.known, self.faults) if "examples" in found else []
        played = scenarios(found["scenarios"][1], made, self.known, self.faults) if "scenarios" in found else []
        said = {key: text(found[key][1], f"'{key}'", self.faults) for key in ("title", "description") if key in found}
        if isinstance(value, YamlMap):
            self._tell_missing(value, found)
            self._tell_nowhere(value, found, made)
        if name is None or query is None:
            return None
        if doubt := weakness(query):
            self.faults.warn(found["match"][0], (0, len("match")), doubt.code, doubt.message, doubt.hint)
        rule = Rule(
            id=name.text,
            query=Stem(made.stem, query) if made.stem else query,
            title=said.get("title", ""),
            description=said.get("description", ""),
            languages=made.languages,
            sources=made.sources,
            max_age=made.max_age,
            priority=made.priority,
            deliver=made.deliver,
            when=made.when,
            cooldown=made.cooldown,
            path=name.source.path,
            line=name.source.line_of(name.start),
            version=self.versions.of(query, made),
        )
        return Draft(rule, name, tuple(given), tuple(played), found, written)

    def _name(self, found: Mapping[str, tuple[YamlText, YamlValue]]) -> YamlText | None:
        if "id" not in found or not is_text(name := found["id"][1], "'id'", self.faults, _AS_IN):
            return None
        if amiss := id_fault(name.text):
            self.faults.at(name, *amiss)
        return name

    def _tell_missing(self, value: YamlMap, found: Mapping[str, tuple[YamlText, YamlValue]]) -> None:
        place = value.pairs[0][0] if value.pairs else value
        if "id" not in found:
            self.faults.at(place, "PW112", "a rule needs an id", "add the key 'id', as in id: security-guarantees")
        if "match" not in found:
            self.faults.at(place, "PW112", "a rule needs a query", "add the key 'match'")

    def _tell_nowhere(self, value: YamlMap, found: Mapping[str, tuple[YamlText, YamlValue]], made: Settings) -> None:
        """A rule that names no digest delivers to one that need not be there."""
        if value.pairs and "deliver" not in found and not all(map(self.known.has_digest, made.deliver)):
            told = f"a rule that names no digest delivers to {shown(made.deliver[0])}, which config.toml does not have"
            hint = f"add the key 'deliver'; {meant('', self.known.digests)}".rstrip("; ")
            self.faults.at(value.pairs[0][0], "PW114", told, hint)
