"""The archive as something to try a rule on: what it has of the time asked for, on both databases."""

from datetime import timedelta

import pytest

from monitor.core.match.narrowing import EVERYTHING, narrow
from monitor.core.query import parse
from monitor.store import Store, articles, feeds, rule_versions, stories
from monitor.workshop.archived import from_archive, stretch
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import HARBOUR, WINDOW, article, polled, rule

DAY = timedelta(days=1)
YEAR = 365 * DAY


@pytest.fixture
def archive(store: Store, clock: ManualClock) -> Store:
    """Ten articles, one a day, the last of them a day ago; the first came with the first sight of the feed."""
    with store.transaction() as tx:
        feeds.sync(tx, [HARBOUR])
        [claim] = feeds.claim(tx, 10, DAY)
        polled(tx, claim, tx.now + DAY)
        for number in range(10):
            each = article(str(number), title=("Ferry", "Train")[number % 2], seen_at=MONDAY + number * DAY)
            ids = articles.save(tx, [each])
            stories.assign(tx, {ids[each.key]: each}, WINDOW)
    clock.advance(10 * DAY)
    return store


def test_what_was_asked_for_is_there(archive: Store) -> None:
    with archive.reading() as tx:
        found = stretch(tx, EVERYTHING, 5 * DAY, YEAR)
    assert (found.articles, found.candidates, found.falls_short) == (5, found.candidates, False)
    assert (found.until - found.since, found.reach) == (5 * DAY, 10 * DAY)


@pytest.mark.parametrize(("retention", "articles", "reach"), [(YEAR, 10, 10 * DAY), (3 * DAY, 3, 3 * DAY)])
def test_the_archive_may_not_reach_so_far(
    archive: Store, retention: timedelta, articles: int, reach: timedelta
) -> None:
    with archive.reading() as tx:
        found = stretch(tx, EVERYTHING, 30 * DAY, retention)
    assert (found.articles, found.reach, found.falls_short) == (articles, reach, True)
    assert found.since == found.until - reach


def test_an_empty_archive_reaches_nowhere(store: Store) -> None:
    with store.reading() as tx:
        found = stretch(tx, EVERYTHING, DAY, YEAR)
    assert (found.articles, found.reach) == (0, timedelta(0))
    assert list(from_archive(store.reading, EVERYTHING, found)) == []


def test_the_articles_come_in_order_with_their_story_and_what_was_silent(archive: Store) -> None:
    formula = narrow(parse("ferry"))
    with archive.reading() as tx:
        found = stretch(tx, formula, 30 * DAY, YEAR)
    past = list(from_archive(archive.reading, formula, found))
    assert [each.document.title for each in past] == ["Ferry"] * 5
    assert [each.silent for each in past] == [True, False, False, False, False]
    assert [each.seen_at for each in past] == [MONDAY + number * DAY for number in (0, 2, 4, 6, 8)]
    assert {each.outlet for each in past} == {"Harbour News"}
    assert all(each.story for each in past)


def test_the_newest_version_of_a_rule_is_the_one_that_came_last(store: Store, clock: ManualClock) -> None:
    for version in ("b", "a", "c"):
        with store.transaction() as tx:
            rule_versions.record(tx, [rule(version=version), rule("other", version="z")])
        clock.advance(DAY)
    with store.reading() as tx:
        found = rule_versions.newest(tx, "ferries")
        assert rule_versions.newest(tx, "nobody") is None
    assert found
    assert (found.version, found.query, found.first_seen_at) == ("c", "ferry", MONDAY + 2 * DAY)
