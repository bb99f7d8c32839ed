"""The names that rules may use, as far as they can be told of a configuration that may have faults."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from monitor.config.documents import Written, table
from monitor.config.globs import matching_rules
from monitor.config.settings import Service
from monitor.config.urls import feed_name


@dataclass(frozen=True, slots=True)
class Names:
    """Ids of digests and feeds, all tags of feeds, and the tags by feed id."""

    digests: frozenset[str]
    feeds: frozenset[str]
    tags: frozenset[str]
    tags_of: Mapping[str, tuple[str, ...]]


KEPT = "feeds.json"
"""The file in the data folder that names the feeds of the database, so that rules about them can be checked without asking it."""


def names(written: Written) -> Names:
    """Return the names in a configuration as it is written, and those of the feeds that its database owns."""
    feeds = written.values.get("feeds")
    entries = [table(each) for each in feeds] if isinstance(feeds, list) else []
    tags_of = dict(written.own) | {name: _words(each.get("tags")) for each in entries if (name := _feed(each))}
    tags = frozenset(tag for tags in tags_of.values() for tag in tags)
    return Names(frozenset(table(written.values.get("digests"))), frozenset(tags_of), tags, tags_of)


def written_rule_files(written: Written, path: Path) -> list[Path]:
    """Return the rule files that a configuration at `path` names, the usual ones where it says nothing sensible."""
    globs = _words(table(written.values.get("service")).get("rules", list(Service().rules)))
    return matching_rules(globs, path.resolve().parent)


def keep_names(data_dir: Path, tags_of: Mapping[str, tuple[str, ...]]) -> None:
    """Write down the feeds that the database owns, with their tags. Where that cannot be, checks know less and nothing else is lost."""
    file = data_dir / KEPT
    text = json.dumps(tags_of, ensure_ascii=False, sort_keys=True)
    with suppress(OSError):
        if file.exists() and file.read_text(encoding="utf-8") == text:
            return
        new = file.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(file)


def kept_names(written: Written, base: Path) -> dict[str, tuple[str, ...]]:
    """Return what `keep_names` wrote for a configuration in the folder `base`; nothing where it did not."""
    folder = table(written.values.get("service")).get("data_dir", Service().data_dir)
    try:
        file = base / str(folder) / KEPT
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): _words(tags) for name, tags in told.items()} if isinstance(told, dict) else {}


def _feed(entry: Mapping[str, object]) -> str:
    name, url = entry.get("id"), entry.get("url")
    if isinstance(name, str) and name:
        return name
    return feed_name(url) if isinstance(url, str) else ""


def _words(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
