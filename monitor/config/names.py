"""The names that rules may use, as far as they can be told of a configuration that may have faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.config.documents import Written, table
from monitor.config.globs import matching_rules
from monitor.config.settings import Service, feed_name


@dataclass(frozen=True, slots=True)
class Names:
    """Ids of digests and feeds, all tags of feeds, and the tags by feed id."""

    digests: frozenset[str]
    feeds: frozenset[str]
    tags: frozenset[str]
    tags_of: Mapping[str, tuple[str, ...]]


def names(written: Written) -> Names:
    """Return the names in a configuration as it is written."""
    feeds = written.values.get("feeds")
    entries = [table(each) for each in feeds] if isinstance(feeds, list) else []
    tags_of = {name: _words(each.get("tags")) for each in entries if (name := _feed(each))}
    tags = frozenset(tag for tags in tags_of.values() for tag in tags)
    return Names(frozenset(table(written.values.get("digests"))), frozenset(tags_of), tags, tags_of)


def written_rule_files(written: Written, path: Path) -> list[Path]:
    """Return the rule files that a configuration at `path` names, the usual ones where it says nothing sensible."""
    globs = _words(table(written.values.get("service")).get("rules", list(Service().rules)))
    return matching_rules(globs, path.resolve().parent)


def _feed(entry: Mapping[str, object]) -> str:
    name, url = entry.get("id"), entry.get("url")
    if isinstance(name, str) and name:
        return name
    return feed_name(url) if isinstance(url, str) else ""


def _words(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
