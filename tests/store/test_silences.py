"""Where articles came from in a time, for who asks whether a silence could have been broken; on both databases."""

from dataclasses import replace
from datetime import timedelta

from monitor.store import Store, articles, silences
from tests.clock import MONDAY
from tests.store.newsroom import article, open_house

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
