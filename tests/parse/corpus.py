"""Feed documents of other people's test suites, where they are at hand: ../shared/corpora, which is no part of this repository."""

import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

PACKED = Path(__file__).parents[3] / "shared" / "corpora" / "feeds.tar.xz"


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its name, its bytes, the headers and the address that its suite reads it under, what the suite expects of it."""

    name: str
    body: bytes
    content_type: str
    url: str
    expected: Mapping[str, Any]


@cache
def documents() -> tuple[Document, ...]:
    """Return every document; unpacked in memory, once a process."""
    with tarfile.open(PACKED) as archive:
        files = {each.name.removeprefix("./"): archive.extractfile(each) for each in archive if each.isfile()}
        bodies = {name: file.read() for name, file in files.items() if file is not None}
    (manifest,) = (name for name in bodies if name.endswith("manifest.json"))
    root = manifest.removesuffix("manifest.json")
    return tuple(_document(each, bodies[root + each["file"]]) for each in json.loads(bodies[manifest])["docs"])


def expectations(document: Document, kind: str) -> Iterator[tuple[int, Any]]:
    """Yield what is expected of one field, with the number of the entry; -1 is the feed itself."""
    if kind in document.expected.get("feed", {}):
        yield -1, document.expected["feed"][kind]
    for entry in document.expected.get("entries", ()):
        if entry.get(kind) is not None:
            yield entry["i"], entry[kind]


def _document(told: Mapping[str, Any], body: bytes) -> Document:
    headers = {name.lower(): value for name, value in (told["headers"] or {}).items()}
    name = told["file"].removeprefix("docs/")
    base = urljoin(_suite(told["repo"], told["kind"], name), headers.get("content-location", ""))
    return Document(name, body, headers.get("content-type", ""), base, told["expected"] or {})


def _suite(repository: str, kind: str, name: str) -> str:
    """Return the address that a suite gives its documents: relative links in them are expected to count from it."""
    if repository == "kurtmckee/feedparser":
        return "http://127.0.0.1:8097/"
    if repository != "miniflux/v2":
        return "http://example.org/"
    if kind == "rdf" or "TestParseRSSFeedWithRelativeURL" in name:
        return "http://example.org/feed"
    return "https://example.org/feed.json" if kind == "json" else "https://example.org/"
