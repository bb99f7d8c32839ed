"""The way of an article can be read back: from its address over its matches to every attempt to send it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import DeliveryState, FateState, Outcome, Span
from monitor.store import Store, Tx, articles, deliveries, editions, feeds, routes, rule_versions
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import (
    HARBOUR,
    LATER,
    LEASE,
    SENT,
    answer,
    article,
    edition,
    open_house,
    parcel,
    publish,
    rule,
)


def test_an_article_is_read_back_as_it_was_stored(store: Store) -> None:
    first = article(story_keys=("k",))
    with store.transaction() as tx:
        feeds.sync(tx, [replace(HARBOUR, tags=("sea",))])
        rule_versions.record(tx, [rule()])
        publish(tx, first, article("ferry-2", story_keys=("k",)))
        found = routes.article(tx, 1)
        assert found
        assert replace(found.article, story_keys=first.story_keys) == first
        assert (found.feed.id, found.feed.url, found.feed.tags) == ("harbour", HARBOUR.url, ("sea",))
        assert (found.version, found.story_id, found.copies) == (1, 1, 1)
        assert routes.article(tx, 3) is None


def test_an_article_without_a_story_has_no_copies(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        articles.save(tx, [article(), article("ferry-2")])
        found = routes.article(tx, 1)
        assert found
        assert (found.story_id, found.copies) == (None, 0)


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("https://a.example/ferry", "https://a.example/ferry"),
        ("http://www.A.example/ferry/?utm_source=x", "https://a.example/ferry"),
        ("https://a.example/ferry", "http://www.a.example/ferry/?fbclid=1"),
        ("https://a.example/?id=5", "https://a.example/?id=5&utm_medium=rss"),
        ("https://a.example/паром", "https://a.example/%D0%BF%D0%B0%D1%80%D0%BE%D0%BC"),
        ("no address", "no address"),
    ],
)
def test_an_article_is_found_by_any_form_of_its_address(store: Store, stored: str, asked: str) -> None:
    with store.transaction() as tx:
        open_house(tx)
        articles.save(tx, [replace(article(), url=stored), article("other")])
        assert routes.at_address(tx, asked) == [1]


def test_another_page_is_not_found(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        articles.save(tx, [replace(article(), url="https://a.example/ferry_1?id=5")])
        for other in (
            "https://a.example/ferry",
            "https://a.example/ferryX1?id=5",
            "https://a.example/ferry_1?id=6",
            "%",
        ):
            assert routes.at_address(tx, other) == []


def test_the_newest_of_several_at_one_address_comes_first_after_the_exact_one(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        urls = ("https://a.example/x?ref=1", "https://a.example/x", "https://a.example/x?ref=2")
        articles.save(tx, [replace(article(f"k{number}"), url=url) for number, url in enumerate(urls)])
        assert routes.at_address(tx, "https://a.example/x") == [2, 3, 1]


def test_a_match_is_told_with_fates_deliveries_and_attempts(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        publish(tx, article(), rules=("ferries", "boats"), digests=("instant", "morning"))
        editions.make(tx, edition(), [1], [parcel(), parcel(recipient="bo@example.org")])
    for given in (LATER, SENT):
        with store.transaction() as tx:
            for row in deliveries.claim(tx, 10, LEASE):
                answer(tx, row, given)
        clock.advance(timedelta(minutes=6))
    with store.reading() as tx:
        boats, ferries = routes.of_article(tx, 1)
    assert (boats.rule_id, boats.title, boats.query) == ("boats", "Boats", "ferry")
    assert [(each.digest_id, each.state, each.edition_id) for each in boats.fates] == [
        ("instant", FateState.PENDING, None), ("morning", FateState.PENDING, None),
    ]  # fmt: skip
    assert (ferries.spans, ferries.matched_at) == ((Span("title", 0, 5),), MONDAY)
    told = ferries.fates[0]
    assert (told.state, told.edition_id, told.slot, told.made_at) == (FateState.SENT, "instant/1", "instant/1", MONDAY)
    assert [each.recipient for each in told.deliveries] == ["ana@example.org", "bo@example.org"]
    assert told.deliveries[0].state is DeliveryState.SENT
    outcomes = [each.receipt.outcome for each in told.deliveries[0].attempts]
    assert outcomes == [Outcome.RETRY, Outcome.SENT]


def test_hits_are_counted_by_rule_since_a_time_and_the_last_one_is_known(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        publish(tx, article("old"), rules=("ferries", "boats"))
    clock.advance(timedelta(days=40))
    with store.transaction() as tx:
        publish(tx, article("new"))
        since = tx.now - timedelta(days=30)
        assert routes.tallies(tx, since) == {
            "boats": routes.Tally(0, MONDAY), "ferries": routes.Tally(1, tx.now),
        }  # fmt: skip
        assert routes.tallies(tx, since, "boats") == {"boats": routes.Tally(0, MONDAY)}


def test_it_is_known_since_when_a_version_is_in_force(store: Store) -> None:
    def known(tx: Tx) -> None:
        assert routes.in_force_since(tx, "ferries", "v1") == MONDAY
        assert routes.in_force_since(tx, "ferries", "v2") is None

    with store.transaction() as tx:
        open_house(tx)
        known(tx)
