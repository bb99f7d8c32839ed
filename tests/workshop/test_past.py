"""Articles of a file have the times they state, and copies of one story are found without the archive."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.model import Document
from monitor.workshop.lines import BadLine
from monitor.workshop.past import Past, Stories, from_lines
from tests.clock import MONDAY

TEXT = " ".join(f"word{number}" for number in range(40))


def read(**said: object) -> Past | BadLine:
    [found] = from_lines(io.BytesIO(json.dumps({"title": "Ferry", "source": "harbour", **said}).encode()), {}, {})
    return found


def past(number: int, title: str = "Ferry", body: str = TEXT, at: datetime = MONDAY, story: int | None = None) -> Past:
    return Past(number, Document(title, body=body), "harbour", at, at, story)


@pytest.mark.parametrize(
    ("said", "seen", "published"),
    [
        ({}, None, None),
        ({"seen": None}, None, None),
        ({"seen": "2026-03-02T08:00:00Z"}, MONDAY, MONDAY),
        ({"published": "2026-03-02T10:00:00+02:00"}, MONDAY, MONDAY),
        ({"seen": "2026-03-02 08:00", "published": "2026-03-01"}, MONDAY, datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_times_are_utc_and_each_stands_for_the_other(
    said: dict[str, object], seen: datetime | None, published: datetime | None
) -> None:
    found = read(**said)
    assert isinstance(found, Past)
    assert (found.seen_at, found.published, found.outlet) == (seen, published, "harbour")


@pytest.mark.parametrize("given", ["yesterday", 1764000000, True, [], "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_named(given: object) -> None:
    assert read(published=given) == BadLine(1, "'published' must be a time such as 2026-11-19T08:30:00Z")


def test_copies_tell_one_story_and_other_articles_another() -> None:
    stories = Stories()
    assert [stories.of(each) for each in (past(1), past(2), past(3, title="Strike"), past(4))] == [1, 1, 2, 1]


def test_a_copy_that_comes_days_later_is_a_story_of_its_own() -> None:
    page = Document("Ferry", url="https://harbour.example/1")
    times = [MONDAY + timedelta(hours=hours) for hours in (0, 71, 73, 150)]
    stories = Stories()
    assert [stories.of(Past(1, page, "harbour", each, each)) for each in times] == [1, 1, 2, 3]


def test_articles_without_text_or_address_are_stories_of_their_own() -> None:
    stories = Stories()
    assert [stories.of(past(number, body="")) for number in range(3)] == [1, 2, 3]


def test_alerts_of_several_outlets_under_one_headline_are_one_story() -> None:
    title = "Two ferries collide in fog off the old harbour wall"
    told = [Document(title, source=source) for source in ("harbour", "valley", "harbour")]
    stories = Stories()
    assert [stories.of(Past(1, each, each.source, MONDAY, MONDAY)) for each in told] == [1, 1, 2]


def test_the_archive_has_said_which_story_it_is() -> None:
    stories = Stories()
    found = [stories.of(past(number, story=story)) for number, story in enumerate((77, 12, 77, 12, 13))]
    assert found == [1, 2, 1, 2, 3]
