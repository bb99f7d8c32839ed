"""The demo's news: readable by our own parser, with something in it for every example rule and nothing for any in the noise."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.core.articles import article, document
from monitor.core.model import Entry, Feed
from monitor.demo.news import DemoFeed, DemoItem, documents, load
from monitor.parse.reading import parse_feed
from monitor.rulebook import Known, Rulebook
from monitor.rulebook import load as load_rules

STARTED = datetime(2026, 11, 23, 6, tzinfo=UTC)
SITE = "http://127.0.0.1:8000"
FEEDS = load()
RULES = sorted((Path(__file__).parents[2] / "rules").glob("*.yaml"))

every_feed = pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.id)


def entries(feed: DemoFeed, minute: float) -> tuple[Entry, ...]:
    """Return what our parser reads in a feed as it stands at a minute."""
    content_type, body = documents.document(feed, minute, STARTED, SITE)
    return parse_feed(body, content_type, f"{SITE}/feeds/{feed.id}").entries


def item(feed_id: str, beginning: str) -> tuple[DemoFeed, DemoItem]:
    """Return the item of a feed whose title begins so."""
    feed = next(each for each in FEEDS if each.id == feed_id)
    return feed, next(each for each in feed.items if each.title.startswith(beginning))


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rules(RULES, Known(digests={"instant", "morning"}))


def hits(book: Rulebook, feed: DemoFeed, minute: float) -> Iterator[tuple[str, str]]:
    """Yield rule and title of every match in a feed as it stands at a minute."""
    known_as = Feed(feed.id, f"{SITE}/feeds/{feed.id}", feed.title, feed.tags)
    for entry in entries(feed, minute):
        for hit in book.matcher.match(document(article(entry, feed.id, STARTED), known_as)):
            yield hit.rule.id, entry.title


def test_there_are_a_dozen_outlets_in_six_languages_and_three_formats() -> None:
    assert len(FEEDS) == 12
    assert {each.language for each in FEEDS} == {"en", "uk", "ar", "zh", "de", "fr"}
    assert {each.format for each in FEEDS} == {"rss", "atom", "json"}
    assert sum(len(each.items) for each in FEEDS) >= 120


@every_feed
def test_every_outlet_has_old_news_and_news_to_come(feed: DemoFeed) -> None:
    minutes = [each.minute for each in feed.items]
    assert minutes == sorted(minutes)
    assert minutes[0] < 0 < minutes[-1] <= 60


def test_no_two_items_share_a_guid_or_a_page() -> None:
    every = [(feed, each) for feed in FEEDS for each in feed.items]
    assert len({each.guid for _, each in every}) == len({documents.page_path(*each) for each in every}) == len(every)


@every_feed
def test_what_is_rendered_is_read_back_equal(feed: DemoFeed) -> None:
    read = entries(feed, 60)
    written = list(reversed(feed.items))
    assert [each.guid for each in read] == [each.guid for each in written]
    for entry, each in zip(read, written, strict=True):
        if "<" not in each.title + each.summary:
            said = each.corrected or each
            assert (entry.title, entry.summary) == (said.title, said.summary)
        assert (entry.author, entry.language) == (each.author, feed.language)
        assert entry.url == SITE + documents.page_path(feed, each)
        assert entry.published == STARTED + timedelta(minutes=each.minute)
        if each.body:
            assert entry.body.split("\n\n") == [" ".join(part.split()) for part in each.body.split("\n\n")]


@every_feed
def test_news_comes_in_as_time_goes_on_and_stays(feed: DemoFeed) -> None:
    counts = [len(entries(feed, minute)) for minute in (-10_000, 0, 15, 30, 60)]
    assert counts[0] == 0 < counts[1]
    assert all(before <= after for before, after in pairwise(counts))
    assert counts[-1] == len(feed.items)


@every_feed
def test_the_same_minute_gives_the_same_bytes(feed: DemoFeed) -> None:
    assert documents.document(feed, 30, STARTED, SITE) == documents.document(feed, 30, STARTED, SITE)


def test_five_outlets_carry_one_wire_story_word_for_word() -> None:
    copies = [
        (feed.id, article(entry, feed.id, STARTED))
        for feed in FEEDS
        for entry in entries(feed, 60)
        if entry.title == "Witkoff brings a draft of security guarantees to Kyiv"
    ]
    assert len(copies) == 5
    assert len({each.content_hash for _, each in copies}) == 1
    assert set.intersection(*(set(each.story_keys) for _, each in copies))


def test_a_correction_changes_an_item_without_making_a_new_one() -> None:
    feed, corrected = item("capitol-notebook", "Kushner to join")
    before, after = (next(each for each in entries(feed, minute) if each.guid == corrected.guid) for minute in (17, 18))
    assert "Thursday" in before.title
    assert "Friday" in after.title
    assert "Corrects the day" in after.summary
    assert after.updated == STARTED + timedelta(minutes=17.5)
    assert before.published == after.published


def test_the_term_of_one_item_stands_only_in_the_page_behind_it(book: Rulebook) -> None:
    feed, hidden = item("northern-ledger", "What insurers want")
    assert hidden.title not in {title for _, title in hits(book, feed, 60)}
    behind = documents.page(feed, hidden, 60).decode()
    assert "Witkoff" in behind
    assert "security guarantees" in behind


def test_markup_that_nobody_asked_for_stays_harmless(book: Rulebook) -> None:
    feed, hostile = item("harbour-gazette", "Truce &amp; tea")
    entry = next(each for each in entries(feed, 60) if each.guid == hostile.guid)
    assert entry.title.startswith('Truce & tea: "5 < 7" good reasons')
    assert entry.summary == "Both sides drank tea & signed.\n\nThen they drank more tea."
    assert b"<script>" not in documents.page(feed, hostile, 60)


# What the example rules should find in an hour of news, by outlet and the beginning of the title. All the rest is noise.
FOUND = {
    "guarantees-envoys": {
        "al-marfa": {"ويتكوف يصل"},
        "capitol-notebook": {"Witkoff brings"},
        "continental-post": {"Witkoff brings", "Analysis: what"},
        "delta-bulletin": {"Witkoff brings"},
        "elbkurier": {"Sicherheitsgarantien: Witkoff"},
        "gazette-des-quais": {"Witkoff à"},
        "harbour-gazette": {"Witkoff brings"},
        "jinghai-daily": {"维特科夫抵达基辅，携带安全保障文件草案"},
        "kyivskyi-ohliad": {"Віткофф привіз"},
        "meridian-wire": {"Witkoff brings", "Negotiators meet"},
    },
    "envoys": {
        "al-marfa": {"ويتكوف يصل"},
        "capitol-notebook": {"Witkoff brings", "Kushner to"},
        "continental-post": {"Witkoff brings", "Analysis: what", "Kushner and"},
        "delta-bulletin": {"Witkoff brings"},
        "elbkurier": {"Sicherheitsgarantien: Witkoff"},
        "gazette-des-quais": {"Witkoff à"},
        "harbour-gazette": {"Witkoff brings"},
        "jinghai-daily": {"维特科夫抵达基辅，携带安全保障文件草案"},
        "kyivskyi-ohliad": {"Віткофф привіз", "Умєров: «Ми"},
        "meridian-wire": {"Witkoff brings", "Negotiators meet"},
    },
    "ceasefire": {
        "al-marfa": {"المراقبون يؤكدون"},
        "continental-post": {"Ceasefire commission"},
        "delta-bulletin": {"Ceasefire commission", "Cease fire"},
        "elbkurier": {"Waffenruhe am"},
        "gazette-des-quais": {"Cessez-le-feu, troisième"},
        "harbour-gazette": {"Truce &"},
        "jinghai-daily": {"观察员称沿河停火已持续三晚"},
        "kyivskyi-ohliad": {"Спостерігачі повідомили"},
        "meridian-wire": {"Cease-fire along", "Ceasefire commission"},
    },
    "oil-sanctions": {
        "al-marfa": {"عقوبات أوروبية"},
        "elbkurier": {"Sanktionen gegen"},
        "gazette-des-quais": {"Des sanctions"},
        "jinghai-daily": {"欧盟制裁十九艘油轮"},
        "kyivskyi-ohliad": {"Нові санкції"},
        "meridian-wire": {"EU ministers"},
        "northern-ledger": {"New sanctions"},
    },
    "swift-cut-off": {"capitol-notebook": {"Treasury names"}},
    "frozen-assets": {"northern-ledger": {"Frozen assets:", "Depository looks"}},
}


def test_the_example_rules_find_what_they_should_and_nothing_in_the_noise(book: Rulebook) -> None:
    found: dict[str, dict[str, set[str]]] = {rule.id: {} for rule in book.rules}
    for feed in FEEDS:
        for rule, title in hits(book, feed, 60):
            found[rule].setdefault(feed.id, set()).add(" ".join(title.split()[:2]))
    assert found == FOUND


def test_most_of_the_news_is_noise(book: Rulebook) -> None:
    matched = {(feed.id, title) for feed in FEEDS for _, title in hits(book, feed, 60)}
    assert len(matched) < sum(len(each.items) for each in FEEDS) / 3


def test_an_envoy_at_golf_is_kept_away(book: Rulebook) -> None:
    feed, golf = item("sportsfield", "Witkoff plays charity golf")
    assert "Witkoff" in golf.title
    assert not list(hits(book, feed, 60))


def test_the_first_alert_comes_within_two_minutes_of_story_time(book: Rulebook) -> None:
    there_before, early = ({hit for feed in FEEDS for hit in hits(book, feed, minute)} for minute in (0, 2))
    assert "guarantees-envoys" in {rule for rule, _ in early - there_before}


def test_the_shipped_rules_load_without_a_warning_and_prove_themselves(book: Rulebook) -> None:
    assert book.warnings == ()
    assert book.files == len(RULES) >= 2
    assert book.examples >= 4 * len(book.rules)
