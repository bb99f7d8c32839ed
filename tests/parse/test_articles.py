"""What a worker makes of one fetched document."""

from datetime import UTC, datetime

from monitor.parse.articles import read
from tests.parse.writing import element, rss

SEEN = datetime(2026, 3, 2, 8, tzinfo=UTC)


def item(name: str, day: int, guid: str = "") -> str:
    date = element("pubDate", f"{day:02} Feb 2026 10:00:00 GMT")
    return element("title", name) + element("guid", guid or name, 'isPermaLink="false"') + date


def test_articles_come_oldest_first() -> None:
    reading = read(
        rss(item("late", 9), item("early", 3), item("between", 5)), "", "https://coast.example/", "coast", SEEN
    )
    assert [each.title for each in reading.articles] == ["early", "between", "late"]
    assert {each.feed_id for each in reading.articles} == {"coast"}
    assert (reading.title, reading.warnings) == ("Coast", ())


def test_of_two_entries_with_one_identity_the_upper_one_counts() -> None:
    page = element("link", "https://coast.example/1")
    body = rss(item("corrected", 9, "one") + page, item("first try", 9, "one") + page)
    reading = read(body, "", "https://coast.example/", "coast", SEEN)
    assert [each.title for each in reading.articles] == ["corrected"]
