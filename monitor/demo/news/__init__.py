"""The news of the demo: a dozen invented outlets over an hour of story time, in six languages.

Each file in feeds/ is one outlet, its name the feed's id; wire.yaml holds what several of them print word for word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Correction:
    """What an item says from a minute of story time on."""

    minute: float
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class DemoItem:
    """One item of a feed. It appears at `minute` of story time, 0 to 60; those before 0 are there from the beginning.

    `title` and `summary` are as the outlet puts them into its feed, in one case with markup nobody asked for. `body` and
    `page` are plain paragraphs: the whole text in the feed, where there is one, and the page behind the link.
    """

    minute: float
    title: str
    summary: str
    guid: str
    author: str = ""
    body: str = ""
    page: str = ""
    corrected: Correction | None = None


@dataclass(frozen=True, slots=True)
class DemoFeed:
    """An outlet. `format` is "rss", "atom" or "json"; items are in order of their minutes."""

    id: str
    title: str
    language: str
    format: str
    tags: tuple[str, ...]
    items: tuple[DemoItem, ...]


def load() -> tuple[DemoFeed, ...]:
    """Return the outlets, sorted by id."""
    wire = _read(_FOLDER / "wire.yaml")
    return tuple(_feed(file.stem, _read(file), wire) for file in sorted((_FOLDER / "feeds").glob("*.yaml")))


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


def _feed(feed_id: str, written: Mapping[str, Any], wire: Mapping[str, Any]) -> DemoFeed:
    items = [
        _item(f"urn:presswatch-demo:{feed_id}:{number}", each, wire)
        for number, each in enumerate(written["items"], start=1)
    ]
    return DemoFeed(
        id=feed_id,
        title=written["title"],
        language=written["language"],
        format=written["format"],
        tags=tuple(written["tags"]),
        items=tuple(sorted(items, key=lambda each: each.minute)),
    )


def _item(guid: str, written: Mapping[str, Any], wire: Mapping[str, Any]) -> DemoItem:
    said = {**written, **wire[written["wire"]]} if "wire" in written else dict(written)
    corrected = Correction(**said["corrected"]) if "corrected" in said else None
    texts = {key: str(said[key]) for key in ("author", "body", "page") if key in said}
    return DemoItem(float(said["minute"]), said["title"], said["summary"], guid, corrected=corrected, **texts)
