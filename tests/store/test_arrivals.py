"""What has come in since: articles in order, with the rules that took them, on both databases."""

from datetime import timedelta

from monitor.store import Store, arrivals
from tests.clock import MONDAY
from tests.store.newsroom import article, open_house, publish


def test_articles_come_in_order_with_the_rules_that_took_them(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        publish(tx, article("one", title="First"), rules=["ferries", "boats"])
        publish(tx, article("two", "valley", title="Second", seen_at=MONDAY + timedelta(hours=1)), rules=[])
        first, second = arrivals.after(tx, 0)
    assert (first.feed, first.title, first.rules) == ("Harbour News", "First", ("ferries", "boats"))
    assert (second.feed, second.title, second.rules) == ("valley", "Second", ())
    assert second.published == MONDAY + timedelta(hours=1)


def test_who_asks_from_the_last_one_on_sees_each_once(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        publish(tx, *(article(str(number), title=f"Number {number}") for number in range(5)))
        seen, last = [], 0
        while some := arrivals.after(tx, last, limit=2):
            seen += [each.title for each in some]
            last = some[-1].id
        assert all(each.rules == ("ferries",) for each in arrivals.after(tx, 0))
    assert seen == [f"Number {number}" for number in range(5)]
