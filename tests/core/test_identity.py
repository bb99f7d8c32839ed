"""Which article an entry is: edited, dated anew, moved, given another id, and what only looks alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.articles import article
from monitor.core.identity import Known, akin, recognised, sorted_out, told_apart
from monitor.core.model import Article, Entry

SEEN = datetime(2026, 3, 2, 8, tzinfo=UTC)
TEXT = "The harbour master said on Monday that two ferries would leave at night from next week, after months of talks with crews."
FERRIES = Entry("Ferries to sail at night", "coast-1", "https://coast.example/ferries", TEXT, published=SEEN)
BARE = replace(FERRIES, guid="")
FRONT = "https://coast.example/"


def made(entry: Entry, seen_at: datetime = SEEN) -> Article:
    return article(entry, "coast", seen_at)


def document(*entries: Entry) -> list[Article]:
    return told_apart(map(made, entries))


def stored(*found: Article) -> dict[str, Known]:
    """What a store knows after these came, each in a document of its own."""
    known: dict[str, Known] = {}
    for number, each in enumerate(found):
        for key in each.keys:
            known.setdefault(key, Known(number, each.title, each.content_hash, each.seen_at))
    return known


def same(before: Entry, after: Entry) -> bool:
    """Whether an entry that comes later is the article that was stored."""
    return recognised(made(after, SEEN + timedelta(hours=1)), stored(made(before))) is not None


@pytest.mark.parametrize(
    ("before", "changes"),
    [
        pytest.param(FERRIES, {"title": "Nothing alike", "summary": "Other words."}, id="edited"),
        pytest.param(FERRIES, {"published": SEEN + timedelta(days=3)}, id="dated anew"),
        pytest.param(FERRIES, {"url": "https://coast.example/night-boats"}, id="at another address"),
        pytest.param(
            FERRIES,
            {"url": "https://coast.example/boats", "title": "All new"},
            id="at another address, with another title",
        ),
        pytest.param(FERRIES, {"guid": "coast-1b"}, id="under another id"),
        pytest.param(
            FERRIES, {"guid": "coast-1b", "title": "Ferries will sail at night"}, id="under another id, and edited"
        ),
        pytest.param(
            FERRIES, {"guid": "x", "published": SEEN + timedelta(days=3)}, id="under another id, and dated anew"
        ),
        pytest.param(FERRIES, {"guid": ""}, id="without its id"),
        pytest.param(BARE, {"guid": "coast-1"}, id="with an id that it did not have"),
        pytest.param(BARE, {"title": "Nothing alike"}, id="edited, known by its page alone"),
        pytest.param(
            replace(FERRIES, guid=FERRIES.url),
            {"guid": "https://coast.example/a", "url": "https://coast.example/a"},
            id="at another address that is its id",
        ),
        pytest.param(
            replace(FERRIES, guid=f"{FERRIES.url}#0"),
            {"guid": f"{FERRIES.url}#1", "title": "Nothing alike"},
            id="under the id of its next edit",
        ),
        pytest.param(replace(FERRIES, url=FRONT), {"guid": "another"}, id="under another id, without a page"),
        pytest.param(replace(BARE, url=FRONT), {"summary": "Other words."}, id="edited, known by title and day"),
        pytest.param(
            Entry("Talks fail - Coast", "CBMiA", "https://news.google.com/rss/articles/CBMiA?oc=5", publisher="Coast"),
            {"title": "Talks break down - Coast", "url": "https://news.google.com/rss/articles/CBMiA?oc=5&hl=en"},
            id="listed by Google News",
        ),
    ],
)
def test_it_is_the_same_article(before: Entry, changes: dict[str, object]) -> None:
    assert same(before, replace(before, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "changes"),
    [
        pytest.param(
            replace(FERRIES, title="Weather", summary="Rain."),
            {"guid": "coast-2", "url": "https://coast.example/weather-11"},
            id="the weather of the next hour",
        ),
        pytest.param(
            replace(FERRIES, title="Morning briefing", guid="", url=FRONT),
            {"published": SEEN + timedelta(days=1)},
            id="the briefing of the next morning",
        ),
        pytest.param(
            replace(FERRIES, url="https://coast.example/live#block-1"),
            {"guid": "coast-2", "url": "https://coast.example/live#block-2", "title": "Crews walk out"},
            id="the next block of a live page",
        ),
        pytest.param(
            replace(FERRIES, url="https://coast.example/news"),
            {"guid": "coast-2", "title": "Storm closes port"},
            id="another entry that leads to the page of a section",
        ),
        pytest.param(
            replace(FERRIES, guid=FRONT), {"title": "Storm closes port", "url": "https://coast.example/storm"},
            id="another entry whose id is the front page",
        ),
        pytest.param(
            replace(FERRIES, url=FRONT, title="Flood warning"),
            {"guid": "coast-2", "summary": "Now for the river Lum."},
            id="the next bulletin of one title",
        ),
        pytest.param(replace(FERRIES, url=FRONT), {"guid": "coast-2", "title": "Storm closes port"}, id="another title"),
    ],
)  # fmt: skip
def test_it_is_another_article(before: Entry, changes: dict[str, object]) -> None:
    assert not same(before, replace(before, **changes))  # type: ignore[arg-type]


def test_entries_that_all_bear_one_id_stay_articles_of_their_own() -> None:
    storm = replace(FERRIES, title="Storm closes port", url="https://coast.example/storm")
    found = document(FERRIES, storm)
    assert len({each.key for each in found}) == 2
    assert recognised(document(storm)[0], stored(*found)) is not None
    assert not set(found[0].keys) & set(found[1].keys)


def test_entries_that_all_lead_to_one_page_stay_articles_of_their_own() -> None:
    titles = ("Ferries to sail at night", "Storm closes port", "Crews walk out")
    found = document(*(replace(BARE, title=each) for each in titles))
    assert [each.title for each in found] == list(titles)
    again = document(*(replace(BARE, title=each) for each in titles))
    assert [each.key for each in again] == [each.key for each in found]


def test_entries_of_one_document_with_ids_of_their_own_are_never_one() -> None:
    found = document(FERRIES, replace(FERRIES, guid="coast-2"))
    assert len(found) == 2
    assert not set(found[0].keys) & set(found[1].keys)


def test_an_entry_stated_twice_is_one_and_the_upper_counts() -> None:
    (one,) = document(replace(FERRIES, title="Corrected"), FERRIES)
    assert one.title == "Corrected"
    (two,) = document(replace(FERRIES, title="Ferries to sail by night", url="https://coast.example/by-night"), FERRIES)
    assert two.url == "https://coast.example/by-night"


def test_what_an_entry_above_is_by_its_id_the_next_is_not_by_its_page() -> None:
    known = stored(made(FERRIES))
    sorted_ = list(sorted_out([made(replace(FERRIES, guid="coast-2")), made(FERRIES)], known))
    assert [found is None for _, found in sorted_] == [True, False]
    assert sorted_[0][0].keys == (made(replace(FERRIES, guid="coast-2")).key,)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Ferries to sail at night", "Night ferries to begin next week", True),
        ("Ferries to sail at night", "FERRIES TO SAIL", True),
        ("Ferries to sail at night", "Minister resigns over budget", False),
        ("渡輪將於夜間開航", "渡輪夜間開航日期公布", True),
        ("", "", True),
        ("", "Ferries", False),
    ],
)
def test_titles_are_akin_that_have_words_in_common(one: str, other: str, alike: bool) -> None:
    assert akin(one, other) is alike


TITLES = st.sampled_from(["Ferries to sail", "Ferries sail", "Storm closes port", ""])
ENTRIES = st.lists(
    st.builds(
        Entry,
        title=TITLES,
        guid=st.sampled_from(["", "1", "2", FRONT, "https://coast.example/a"]),
        url=st.sampled_from(["", FRONT, "https://coast.example/a", "https://coast.example/b"]),
        summary=st.sampled_from(["", TEXT]),
        published=st.sampled_from([None, SEEN, SEEN - timedelta(days=1)]),
    ),
    max_size=8,
)


@given(ENTRIES)
def test_no_key_of_a_document_names_two_articles(entries: list[Entry]) -> None:
    found = document(*entries)
    keys = [key for each in found for key in each.keys]
    assert len(keys) == len(set(keys))
    assert bool(found) == bool(entries)


@given(ENTRIES)
def test_a_document_read_again_brings_nothing_new(entries: list[Entry]) -> None:
    found = document(*entries)
    assert all(each is not None for _, each in sorted_out(document(*entries), stored(*found)))
