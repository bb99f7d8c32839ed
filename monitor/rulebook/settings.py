"""What a rule says beside its query: languages, sources, age, priority, digests; given by itself or by its file's defaults."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from monitor.config import units
from monitor.core.model import Distinct, Priority, Silence, Spike, Wave, When
from monitor.core.text import STEMMED
from monitor.rulebook.faults import Faults, meant, shown
from monitor.rulebook.keys import LANGUAGE, MOST_CHANCE, MOST_IN_WAVE, SILENCE, SPIKE, WAVE
from monitor.rulebook.languages import meant_language
from monitor.rulebook.reading import keyed, text, texts
from monitor.rulebook.tree import YamlMap, YamlText, YamlValue

_LANGUAGE = re.compile(LANGUAGE)
_HOST = re.compile(r"(?=.*[.*])[\w*-]+(\.[\w*-]+)*")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Known:
    """What config.toml has: ids of digests and feeds, tags of feeds, and the tags by feed id.

    `complete` is false where there is no configuration to ask: then every name that could be one is taken.
    """

    digests: frozenset[str] | set[str]
    feeds: frozenset[str] | set[str] = frozenset()
    tags: frozenset[str] | set[str] = frozenset()
    tags_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complete: bool = True

    def has_digest(self, name: str) -> bool:
        """Whether a rule may deliver to `name`."""
        return name in self.digests or self._could_be(name)

    def has_feed(self, name: str) -> bool:
        """Whether `name` may stand for a feed."""
        return name in self.feeds or self._could_be(name)

    def has_tag(self, name: str) -> bool:
        """Whether `name` may stand for a tag of feeds."""
        return name in self.tags or (not self.complete and bool(name))

    def _could_be(self, name: str) -> bool:
        return not self.complete and bool(_NAME.fullmatch(name))


ANY_NAME = Known(frozenset(), complete=False)
"""For rules without a configuration."""


WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a rule. Languages and host patterns are lower-case; no languages or no sources mean any. `stem` is the language
    whose word forms its query finds, "" for none. `when`: only waves are told, None is every match; `cooldown` is how long a rule is not told again.

    A rule that names no digest delivers to `instant`, which a configuration without digests has too.
    """

    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    max_age: timedelta = timedelta(days=7)
    priority: Priority = Priority.NORMAL
    deliver: tuple[str, ...] = ("instant",)
    stem: str = ""
    when: When | None = None
    cooldown: timedelta = timedelta(0)


def settings(
    found: Mapping[str, tuple[YamlText, YamlValue]], defaults: Settings, known: Known, faults: Faults
) -> Settings:
    """Read the settings among a mapping's keys; what is not said is taken from `defaults`."""
    made = defaults
    for key, (_, value) in found.items():
        match key:
            case "languages":
                made = replace(made, languages=_languages(value, faults))
            case "sources":
                made = replace(made, sources=_sources(value, known, faults))
            case "max_age":
                made = replace(made, max_age=_duration(value, "max_age", faults) or made.max_age)
            case "priority":
                made = replace(made, priority=_priority(value, made.priority, faults))
            case "deliver":
                made = replace(made, deliver=_digests(value, known, faults))
            case "stem":
                made = replace(made, stem=_stem(value, faults))
            case "when":
                made = replace(made, when=_when(value, faults))
            case "cooldown":
                made = replace(made, cooldown=_duration(value, "cooldown", faults) or made.cooldown)
    return made


def _languages(value: YamlValue, faults: Faults) -> tuple[str, ...]:
    made = []
    for each in texts(value, "'languages'", faults):
        if _LANGUAGE.fullmatch(each.text):
            made.append(each.text.lower())
            doubt_language(each, (0, len(each.text)), each.text, faults)
        else:
            hint = "write a language code, as in en, uk, ar or zh-hant"
            faults.at(each, "PW113", f"{shown(each.text)} is not a language", hint)
    return _once(made)


def doubt_language(value: YamlText, span: tuple[int, int], tag: str, faults: Faults) -> None:
    """Warn of a language at the characters `span` of a text that goes by another code."""
    if meant := meant_language(tag):
        told = f"feeds call no language {shown(tag)}, so no article that states its language has it"
        faults.warn(value, span, "PW418", told, f"write {meant}")


def _sources(value: YamlValue, known: Known, faults: Faults) -> tuple[str, ...]:
    return _once([made for each in texts(value, "'sources'", faults) if (made := _source(each, known, faults))])


def _source(value: YamlText, known: Known, faults: Faults) -> str:
    """Return a feed's id, `tag:` and a tag, or a pattern of hosts in lower case; "" after a fault."""
    given = value.text
    if known.has_feed(given):
        return given
    if given.startswith("tag:"):
        if known.has_tag(given.removeprefix("tag:")):
            return given
        told = f"no feed has the tag {shown(given.removeprefix('tag:'))}"
        faults.at(value, "PW115", told, meant(given.removeprefix("tag:"), known.tags))
    elif "://" in given or "/" in given:
        faults.at(
            value, "PW113", f"{shown(given)} is not a source", "write the host alone, as in example.org or *.gov.ua"
        )
    elif _HOST.fullmatch(given):
        return given.lower()
    else:
        faults.at(value, "PW115", f"unknown feed {shown(given)}", meant(given, known.feeds))
    return ""


def _duration(value: YamlValue, key: str, faults: Faults) -> timedelta | None:
    """Return a duration; None after a fault."""
    if given := text(value, f"'{key}'", faults):
        try:
            return units.duration(given)
        except ValueError as problem:
            close = re.fullmatch(r"(\d{1,6})\s*([smhdwy])[a-z]*", given.lower())
            hint = f"write {close[1]}{close[2]}" if close and not close[0].endswith(("mo", "month", "months")) else ""
            faults.at(value, "PW113", f"'{key}' {problem}, not {shown(given)}", hint)
    return None


def _when(value: YamlValue, faults: Faults) -> When | None:
    """Return which of its matches a rule tells; None after a fault."""
    if isinstance(value, YamlMap) and any(key.text in SILENCE for key, _ in value.pairs):
        return _silence(value, faults)
    is_spike = isinstance(value, YamlMap) and any(key.text in SPIKE and key.text not in WAVE for key, _ in value.pairs)
    return _spike(value, faults) if is_spike else _wave(value, faults)


def _spike(value: YamlValue, faults: Faults) -> Spike | None:
    found = keyed(value, SPIKE, "'when'", faults)
    missing = [key for key in ("spike", "within") if key not in found]
    if missing and isinstance(value, YamlMap):
        faults.at(
            value.pairs[0][0],
            "PW112",
            f"'when' needs {' and '.join(missing)}",
            "as in when: {spike: 0.001, within: 2h}",
        )
    made = Spike(chance=0.5, within=timedelta(hours=1))
    chance = _chance(found["spike"][1], faults) if "spike" in found else None
    within = _duration(found["within"][1], "within", faults) if "within" in found else None
    against = _weeks(found["against"][1], faults) if "against" in found else made.against
    at_least = _count(found["at_least"][1], "at_least", faults) if "at_least" in found else made.at_least
    return Spike(chance, within, against, at_least) if chance and within and against and at_least else None


def _silence(value: YamlValue, faults: Faults) -> Silence | None:
    found = keyed(value, SILENCE, "'when'", faults)
    after = _duration(found["silent"][1], "silent", faults)
    return Silence(after) if after else None


def _chance(value: YamlValue, faults: Faults) -> float | None:
    given = text(value, "'spike'", faults)
    try:
        found = float(given) if given else None
    except ValueError:
        found = 0.0
    if found is not None and not 0 < found <= MOST_CHANCE:
        told = f"'spike' must be a chance above 0 and up to {MOST_CHANCE}, not {shown(given)}"
        faults.at(value, "PW113", told, "write how rare it should be, as in 0.001")
        return None
    return found


def _weeks(value: YamlValue, faults: Faults) -> timedelta | None:
    found = _duration(value, "against", faults)
    if found is not None and (found % WEEK or not found):
        faults.at(
            value,
            "PW113",
            "'against' must be whole weeks, as hours of the week are held against each other",
            "write 28d or 4w",
        )
        return None
    return found


def _wave(value: YamlValue, faults: Faults) -> Wave | None:
    """Return what makes a wave; None after a fault."""
    found = keyed(value, WAVE, "'when'", faults)
    missing = [key for key in ("count", "within") if key not in found]
    if missing and isinstance(value, YamlMap):
        told = f"'when' needs {' and '.join(missing)}"
        faults.at(value.pairs[0][0] if value.pairs else value, "PW112", told, "as in when: {count: 5, within: 1h}")
    count = _count(found["count"][1], "count", faults) if "count" in found else None
    within = _duration(found["within"][1], "within", faults) if "within" in found else None
    distinct = _distinct(found["distinct"][1], faults) if "distinct" in found else Distinct.MATCH
    return Wave(count, within, distinct) if count and within else None


def _count(value: YamlValue, key: str, faults: Faults) -> int | None:
    given = text(value, f"'{key}'", faults)
    if given.isascii() and given.isdigit() and 2 <= int(given[:9]) <= MOST_IN_WAVE:
        return int(given)
    if given:
        faults.at(value, "PW113", f"'{key}' must be a number from 2 to {MOST_IN_WAVE}, not {shown(given)}")
    return None


def _distinct(value: YamlValue, faults: Faults) -> Distinct:
    given = text(value, "'distinct'", faults)
    if given and given not in set(Distinct):
        faults.at(value, "PW113", f"'distinct' cannot be {shown(given)}", meant(given, Distinct))
        return Distinct.MATCH
    return Distinct(given) if given else Distinct.MATCH


def _priority(value: YamlValue, default: Priority, faults: Faults) -> Priority:
    if given := text(value, "'priority'", faults):
        if given in set(Priority):
            return Priority(given)
        faults.at(value, "PW113", f"unknown priority {shown(given)}", meant(given, Priority))
    return default


def _digests(value: YamlValue, known: Known, faults: Faults) -> tuple[str, ...]:
    made = []
    for each in texts(value, "'deliver'", faults):
        if known.has_digest(each.text):
            made.append(each.text)
        else:
            faults.at(each, "PW114", f"unknown digest {shown(each.text)}", meant(each.text, known.digests))
    return _once(made)


def _stem(value: YamlValue, faults: Faults) -> str:
    given = text(value, "'stem'", faults)
    if given in STEMMED:
        return given
    if given:
        told = f"no word forms of the language {shown(given)} are known"
        faults.at(value, "PW113", told, f"known are {', '.join(STEMMED)}")
    return ""


def _once(given: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(given))
