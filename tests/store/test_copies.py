"""Edited copies of one text become one story, in the order in which they arrive."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from monitor.core.copies import BANDS, FOUND_BY, REMEMBERED, bands
from monitor.core.model import Article
from monitor.store import Store, articles, copies, stories
from monitor.store.copies import PERIOD
from tests.clock import MONDAY
from tests.core.wire import edited, story, vocabulary
from tests.store.newsroom import WINDOW, article, open_house

RANDOM = Random(3)
WORDS = vocabulary(RANDOM)
ORIGINAL = story(RANDOM, WORDS, 120)


@pytest.fixture
def house(store: Store) -> Store:
    with store.transaction() as tx:
        open_house(tx)
    return store


def version(
    key: str, feed_id: str, share: float, *, after: timedelta = timedelta(0), original: tuple[str, str] = ORIGINAL
) -> Article:
    """A copy of the wire's text with a share of its words edited."""
    title, body = edited(Random(key), WORDS, *original, share)
    return article(
        key, feed_id, title=title, body=body, seen_at=MONDAY + after, story_keys=(key,), bands=bands(title, "", body)
    )


def told(house: Store, *polls: list[Article]) -> Iterator[int]:
    """Store each poll in a transaction of its own; return the story of each article."""
    for found in polls:
        with house.transaction() as tx:
            ids = articles.save(tx, found)
            story_of = stories.assign(tx, {ids[each.key]: each for each in found}, WINDOW)
            yield from (story_of[ids[each.key]] for each in found)


def test_an_edited_copy_in_another_feed_joins_the_story(house: Store) -> None:
    other = version("other", "valley", 0, original=story(RANDOM, WORDS, 120))
    first, second, third = told(
        house, [version("wire", "harbour", 0)], [version("copy", "valley", 0.1, after=timedelta(hours=5))], [other]
    )
    assert first == second != third


def test_copies_stored_together_are_one_story(house: Store) -> None:
    found = [replace(version(f"k{n}", "harbour", 0.05), publisher=f"Outlet {n}") for n in range(4)]
    assert len(set(told(house, found))) == 1


def test_an_outlet_that_publishes_a_text_anew_tells_news(house: Store) -> None:
    first, second = told(house, [version("first", "harbour", 0)], [version("later", "harbour", 0.1)])
    assert first != second


def test_an_aggregator_lists_the_copies_of_many_outlets(house: Store) -> None:
    found = [replace(version(f"k{n}", "harbour", 0.05), publisher=f"Outlet {n}") for n in range(2)]
    first, second, third = told(house, [found[0]], [found[1]], [version("valley", "valley", 0.1)])
    assert first == second == third


@pytest.mark.parametrize(("after", "same"), [(WINDOW, True), (WINDOW + timedelta(hours=1), False)])
def test_a_copy_joins_only_within_the_window(house: Store, after: timedelta, same: bool) -> None:
    first, second = told(house, [version("wire", "harbour", 0)], [version("copy", "valley", 0, after=after)])
    assert (first == second) is same


def test_copies_of_copies_do_not_go_on_with_a_story_for_ever(house: Store) -> None:
    found, text = [], ORIGINAL
    for step in range(12):
        text = edited(Random(step), WORDS, *text, 2 / 120)
        title, body = text
        after = timedelta(hours=40 * step)
        each = version(f"k{step}", "harbour", 0, after=after, original=(title, body))
        found.append(replace(each, publisher=f"Outlet {step}"))
    stories_of = list(told(house, *([each] for each in found)))
    assert stories_of == [number for number in range(1, 7) for _ in range(2)]


def test_an_old_story_of_many_outlets_keeps_no_copy_from_the_one_that_came_after(house: Store) -> None:
    early = [replace(version(f"a{n}", "harbour", 0.02), publisher=f"Early {n}") for n in range(3 * REMEMBERED)]
    late = [
        replace(version(f"b{n}", "harbour", 0.02, after=WINDOW + timedelta(hours=n + 1)), publisher=f"Late {n}")
        for n in range(5)
    ]
    again = version("c", "valley", 0.02, after=WINDOW - timedelta(hours=1))
    first, *others = told(house, [*early], [again], *([each] for each in late))
    assert set(others[: len(early)]) == {first}
    assert len({*others[len(early) :]}) == 1
    assert first not in others[len(early) :]


def test_an_article_without_bands_joins_nothing(house: Store) -> None:
    bare = replace(version("bare", "valley", 0), bands=())
    first, second = told(house, [version("wire", "harbour", 0)], [bare])
    assert first != second


def test_a_band_takes_a_bounded_number_of_articles(house: Store) -> None:
    found = [version(f"k{n}", "harbour", 0) for n in range(2 * REMEMBERED + 4)]
    list(told(house, *([each] for each in found)))
    with house.transaction() as tx:
        assert copies.prune(tx, MONDAY + PERIOD) == REMEMBERED * BANDS


def test_old_bands_go_a_batch_at_a_time(house: Store) -> None:
    list(told(house, [version("wire", "harbour", 0)], [version("late", "valley", 0, after=PERIOD)]))
    with house.transaction() as tx:
        gone = [copies.prune(tx, MONDAY + PERIOD, limit=5) for _ in range(3)]
    assert gone == [5, FOUND_BY - 5, 0]
