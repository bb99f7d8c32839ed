"""What other readers' test suites expect of a document is what we read in it, but for what is listed with its reason."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html import unescape

import pytest

from monitor.core.articles import article
from monitor.core.model import ParsedFeed
from monitor.core.text import one_line, plain_text
from monitor.errors import ParseError
from monitor.parse.articles import read, trusted
from monitor.parse.cutting import MARK, cut
from monitor.parse.reading import parse_feed, unpacked
from tests.parse.corpus import PACKED, Document, documents, expectations
from tests.parse.data.disagreements import DISAGREEMENTS

pytestmark = [
    pytest.mark.skipif(not PACKED.exists(), reason="the corpora are not at hand"),
    pytest.mark.xdist_group("corpus"),  # unpacked once
]

SEEN = datetime(2026, 3, 2, 8, tzinfo=UTC)
#: The least part of the expectations that must hold, by field; what fails is listed in `DISAGREEMENTS` besides.
LEAST = {"count": 0.998, "published": 0.999, "title": 0.985, "link": 0.985}


def parsed(document: Document) -> ParsedFeed | None:
    try:
        return parse_feed(unpacked(document.body), document.content_type, document.url)
    except ParseError:
        return None


def plain(text: str) -> str:
    """Text as it is meant: suites differ in how often they undo the markup and entities of a title."""
    for _ in range(6):
        text = one_line(unescape(plain_text(text)))
    return text


def read_of(field: str, number: int, found: ParsedFeed) -> str | None:
    """What we make of a field; None where there is no such entry."""
    if number < 0:
        return {"title": found.title, "link": found.link}.get(field, "")
    if number >= len(found.entries):
        return None
    entry = found.entries[number]
    stored = article(entry, "feed", SEEN, found.link)
    moment = entry.published or entry.updated
    told = {
        "title": stored.title,
        "link": stored.url,
        "published": moment.strftime("%Y-%m-%dT%H:%M:%S") if moment else "",
    }
    return told[field]


def agrees(field: str, expected: str, found: str | None) -> bool:
    if found is None:
        return False
    if field == "title":
        return plain(expected)[:900] == plain(found)[:900]
    return found == (expected[:19] if field == "published" else expected)


@cache
def judged() -> dict[str, list[tuple[str, bool]]]:
    """For each field: what was asked of which document, and whether we agree."""
    told: dict[str, list[tuple[str, bool]]] = {field: [] for field in LEAST}
    for document in documents():
        found = parsed(document)
        count = document.expected.get("n_entries")
        if count is not None:
            told["count"].append((document.name, count == (len(found.entries) if found else 0)))
        for field in ("title", "link", "published"):
            for number, expected in expectations(document, field):
                if number < 0 and field == "published":
                    continue
                value = read_of(field, number, found) if found else None
                told[field].append((document.name, agrees(field, str(expected), value)))
    return told


@pytest.mark.parametrize("field", LEAST)
def test_nearly_everything_that_is_expected_is_read(field: str) -> None:
    asked = judged()[field]
    assert len(asked) > 70
    assert sum(right for _, right in asked) / len(asked) >= LEAST[field]


def test_every_disagreement_is_listed_with_its_reason_and_none_that_is_over() -> None:
    found = {(name, field) for field, asked in judged().items() for name, right in asked if not right}
    assert found == set(DISAGREEMENTS)
    assert all(DISAGREEMENTS.values())


def test_no_document_takes_a_second_or_ends_in_an_error_that_is_not_told() -> None:
    slow = []
    for document in documents():
        began = time.process_time()
        parsed(document)
        if time.process_time() - began > 1:
            slow.append(document.name)
    assert slow == []


def test_the_identity_of_every_entry_is_the_same_at_every_reading() -> None:
    def keys(document: Document) -> list[str]:
        try:
            reading = read(document.body, document.content_type, document.url, "feed", SEEN)
        except ParseError:
            return []
        return sorted(each.key for each in reading.articles)

    assert [each.name for each in documents() if keys(each) != keys(each)] == []


def halves(marks: list[str], name: str) -> Iterator[set[str]]:
    """Ways in which some items were seen before: a half, the other half, all, all but the newest."""
    half = set(random.Random(name).sample(marks, len(marks) // 2))
    yield from (half, set(marks) - half, set(marks), set(marks[1:]))


def test_what_is_new_reads_as_it_does_in_the_whole_in_every_document() -> None:
    cut_ones = 0
    for document in documents():
        whole, cutting = parsed(document), cut(document.body, "")
        if not (whole and cutting) or len(whole.entries) != cutting.left or whole.warnings:
            continue  # read whole, and never with marks
        marks = [cutting.marks[at : at + MARK] for at in range(0, len(cutting.marks), MARK)]
        for seen in halves(marks, document.name):
            part = cut(document.body, "".join(seen))
            assert part is not None
            if (found := trusted(part, document.content_type, document.url)) is None:
                continue  # then the whole is read again
            left = tuple(entry for entry, mark in zip(whole.entries, marks, strict=True) if mark not in seen)
            assert found.entries == left, document.name
            assert (found.title, found.link, found.language, found.hints, found.format) == (
                whole.title, whole.link, whole.language, whole.hints, whole.format,
            ), document.name  # fmt: skip
            cut_ones += 1
    assert cut_ones > 10_000
