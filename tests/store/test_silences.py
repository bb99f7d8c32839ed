"""Where articles came from in a time, for who asks whether a silence could have been broken; on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.store import Store, articles, feeds, silences
from tests.clock import MONDAY
from tests.store.newsroom import HARBOUR, VALLEY, article, open_house

HOUR = timedelta(hours=1)


def test_articles_are_counted_by_feed_and_language_with_the_host_they_share(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        articles.save(tx, [article("a"), article("b", title="Another")])
        articles.save(tx, [replace(article("c", feed_id="valley", title="Third"), url="https://elsewhere.example/c")])
        articles.save(tx, [replace(article("d", feed_id="valley", title="Fourth"), language="")])
        articles.save(tx, [article("e", feed_id="valley", title="Fifth")])
        found = silences.read_between(tx, MONDAY - HOUR, MONDAY + HOUR)
        assert {(each.source, each.language, each.url, number) for each, number in found} == {
            ("harbour", "en", "https://harbour.example/a", 2),
            ("valley", "", "https://valley.example/d", 1),
            ("valley", "en", "", 2),
        }
        assert silences.read_between(tx, MONDAY, MONDAY + HOUR) == []


def test_whether_some_of_many_feeds_brought_anything_is_told_without_counting(store: Store) -> None:
    many = [replace(VALLEY, id=f"feed-{number}") for number in range(2 * silences.FEEDS)]
    with store.transaction() as tx:
        feeds.sync(tx, [HARBOUR, *many, VALLEY])
        articles.save(tx, [article("a", feed_id="valley")])

        def brought(feed_id: str, until: datetime = MONDAY) -> bool:
            return silences.brought(tx, lambda feed: feed.source == feed_id, MONDAY - HOUR, until)

        assert brought("valley")
        assert not brought("harbour")
        assert not brought("valley", MONDAY - timedelta(seconds=1))
