"""The scenarios of a rule: articles that come at stated times, and the editions that should tell of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from monitor.core.model import Document
from monitor.rulebook.examples import Found, article
from monitor.rulebook.faults import Faults, meant, shown
from monitor.rulebook.keys import ARRIVAL, EDITION, SCENARIO
from monitor.rulebook.reading import keyed, parts, text
from monitor.rulebook.settings import Known, Settings
from monitor.rulebook.tree import YamlList, YamlMap, YamlValue

MOST_SCENARIOS = 100
#: Articles, and editions, of one scenario.
MOST_STEPS = 200

_TIME = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d")
_NUMBER = re.compile(r"[1-9]\d{0,4}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article, and when it is first seen: a time without a zone, by the service's clock."""

    value: YamlMap
    at: datetime
    document: Document


@dataclass(frozen=True, slots=True)
class Expected:
    """An edition that should be made: the minute by its digest's clock, without a zone; `items` is how many stories, None any."""

    value: YamlMap
    at: datetime
    digest: str
    items: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What comes and what should follow, both in order of time."""

    value: YamlMap
    name: str
    arrivals: tuple[Arrival, ...]
    expected: tuple[Expected, ...]


def scenarios(value: YamlValue, gates: Settings, known: Known, faults: Faults) -> list[Scenario]:
    """Read a rule's scenarios. An article that names no language or source has one that the rule's `gates` let through."""
    return _each(value, "'scenarios'", MOST_SCENARIOS, faults, lambda each: _scenario(each, gates, known, faults))


def _scenario(value: YamlValue, gates: Settings, known: Known, faults: Faults) -> Scenario | None:
    before = faults.count
    found = keyed(value, SCENARIO, "a scenario", faults)
    if not isinstance(value, YamlMap):
        return None
    _tell_missing(value, found, faults)
    name = text(found["name"][1], "'name'", faults) if "name" in found else ""
    arrivals, expected = [], []
    if "articles" in found:
        listed = found["articles"][1]
        arrivals = _each(listed, "'articles'", MOST_STEPS, faults, lambda each: _arrival(each, gates, known, faults))
        if isinstance(listed, YamlList) and not listed.parts:
            faults.at(listed, "PW112", "a scenario needs articles", 'as in {at: "2026-11-23 10:00", title: A headline}')
    if "expect" in found:
        expected = _each(
            found["expect"][1], "'expect'", MOST_STEPS, faults, lambda each: _expected(each, gates, known, faults)
        )
    if faults.count > before:
        return None
    arrivals.sort(key=lambda each: each.at)
    return Scenario(value, name, tuple(arrivals), tuple(sorted(expected, key=lambda each: each.at)))


def _tell_missing(value: YamlMap, found: Found, faults: Faults) -> None:
    hints = {
        "name": "say what should happen, as in name: two outlets, one alert",
        "articles": "say what comes, and when",
        "expect": "say what should be sent; expect: [] for nothing",
    }
    for key in SCENARIO:
        if key not in found:
            faults.at(_head(value), "PW112", f"a scenario needs the key '{key}'", hints[key])


def _arrival(value: YamlValue, gates: Settings, known: Known, faults: Faults) -> Arrival | None:
    before = faults.count
    found = keyed(value, ARRIVAL, "an article", faults)
    if not isinstance(value, YamlMap):
        return None
    at = _time(value, found, "an article", faults)
    if not {"title", "summary", "body"} & found.keys():
        faults.at(_head(value), "PW112", "an article needs a title, a summary or a body")
    document = article(found, gates, known, faults)
    return Arrival(value, at, document) if at and faults.count == before else None


def _expected(value: YamlValue, gates: Settings, known: Known, faults: Faults) -> Expected | None:
    before = faults.count
    found = keyed(value, EDITION, "an edition", faults)
    if not isinstance(value, YamlMap):
        return None
    at = _time(value, found, "an edition", faults)
    digest = _digest(value, found, gates, known, faults)
    items = _items(found["items"][1], faults) if "items" in found else None
    return Expected(value, at, digest, items) if at and faults.count == before else None


def _time(value: YamlMap, found: Found, what: str, faults: Faults) -> datetime | None:
    """Read the key `at`; None after a fault."""
    hint = 'as in at: "2026-11-23 10:00"'
    if "at" not in found:
        faults.at(_head(value), "PW112", f"{what} needs the key 'at'", hint)
    elif given := text(found["at"][1], "'at'", faults):
        try:
            if _TIME.fullmatch(given):
                return datetime.strptime(given, "%Y-%m-%d %H:%M")  # noqa: DTZ007  zones are the configuration's
        except ValueError:
            hint = "there is no such day or time"
        faults.at(found["at"][1], "PW113", f"{shown(given)} is not a date and a time", hint)
    return None


def _digest(value: YamlMap, found: Found, gates: Settings, known: Known, faults: Faults) -> str:
    if "digest" not in found:
        faults.at(_head(value), "PW112", "an edition needs the key 'digest'", "as in digest: instant")
        return ""
    place = found["digest"][1]
    name = text(place, "'digest'", faults)
    if name and not known.has_digest(name):
        faults.at(place, "PW114", f"unknown digest {shown(name)}", meant(name, known.digests))
    elif name and name not in gates.deliver:
        faults.at(place, "PW114", f"the rule does not deliver to {shown(name)}", meant(name, gates.deliver))
    return name


def _items(value: YamlValue, faults: Faults) -> int | None:
    given = text(value, "'items'", faults)
    if given and not _NUMBER.fullmatch(given):
        hint = "how many stories the edition tells; leave it out where it may be any number"
        faults.at(value, "PW113", f"'items' must be a number from 1 up, not {shown(given)}", hint)
        return None
    return int(given) if given else None


def _each(value: YamlValue, what: str, most: int, faults: Faults, read: Callable[[YamlValue], T | None]) -> list[T]:
    """Read the parts of a list that has at most so many."""
    given = list(parts(value, what, faults))
    if len(given) > most:
        faults.at(given[most], "PW106", f"{what} has more than {most} entries", "make several of it")
    return [made for each in given[:most] if (made := read(each)) is not None]


def _head(value: YamlMap) -> YamlValue:
    """Return where a fault of a whole mapping is marked: at its first key."""
    return value.pairs[0][0] if value.pairs else value
