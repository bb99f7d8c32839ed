"""Which articles are edited copies of one text, and which only look like it."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.copies import (
    BANDS,
    COMPARED,
    ENOUGH,
    FOUND_BY,
    REMEMBERED,
    SHARED,
    Finding,
    Memory,
    Told,
    bands,
    compared,
    text,
)
from monitor.core.model import Story
from tests.core.wire import edited, story, vocabulary

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = timedelta(hours=72)
WIRE = (
    "The harbour master said on Monday that two ferries would leave at night from next week, after months of talks with crews "
    "and neighbours about noise, lights and the price of a ticket for those who live on the island."
)
STRIKE = (
    "Crews refuse the new timetable and call a strike for the first night of service, saying nobody asked them before the "
    "contracts were signed."
)
MARKET = "Shares rose {} points to {} while the gilder fell to {} against the crown and oil stood at {} a barrel, down from {}."
WEATHER = "A low from the west brings rain to the coast, {} degrees at noon, {} at night, wind of {} with gusts of {} an hour."


def finding(one: tuple[str, str], other: tuple[str, str], outlets: str = "ab") -> Finding:
    texts = [text(outlet, *told, "") for outlet, told in zip(outlets, (one, other), strict=True)]
    assert compared(*texts) == compared(*reversed(texts))
    return compared(*texts)[0]


def told(outlet: str, title: str, body: str, *, after: timedelta = timedelta(0), story: int = 0) -> Told:
    return Told(outlet, title, "", body, Story(story, NOON + after))


def number_of(story: Story | None) -> int | None:
    return story and story.number


@pytest.mark.parametrize(
    ("one", "other", "outlets", "expected"),
    [
        pytest.param(
            ("Ferries to sail at night", WIRE),
            ("Island: boats will leave at night from next week", WIRE.replace("on Monday", "yesterday")),
            "ab",
            Finding.COPY,
            id="another headline over an edited text",
        ),
        pytest.param(
            ("Ferries to sail at night", WIRE),
            ("Ferries to sail at night", WIRE),
            "aa",
            Finding.SAME_OUTLET,
            id="the same outlet again",
        ),
        pytest.param(
            ("5 killed as ferry runs aground", WIRE),
            ("50 killed as ferry runs aground", WIRE),
            "ab",
            Finding.OTHER_NUMBERS,
            id="two numbers in one headline",
        ),
        pytest.param(
            ("Five killed as ferry runs aground", WIRE),
            ("Fifty killed as ferry runs aground", WIRE),
            "ab",
            Finding.OTHER_NUMBERS,
            id="two numbers in words",
        ),
        pytest.param(
            ("Five killed as ferry runs aground", WIRE),
            ("5 killed as ferry runs aground", WIRE),
            "ab",
            Finding.COPY,
            id="a number in words and in digits",
        ),
        pytest.param(
            ("5 killed as ferry runs aground", WIRE),
            ("Ferry runs aground", WIRE),
            "ab",
            Finding.COPY,
            id="a headline without the number",
        ),
        pytest.param(
            ("Markets close", MARKET.format(12, 4512, 113, 71, 72)),
            ("Markets close", MARKET.format(31, 4543, 117, 74, 71)),
            "ab",
            Finding.OTHER_NUMBERS,
            id="a market report of another day",
        ),
        pytest.param(
            ("The weather", WEATHER.format(11, 7, 30, 60)),
            ("The weather", WEATHER.format(14, 9, 25, 50)),
            "ab",
            Finding.OTHER_NUMBERS,
            id="the weather of another place",
        ),
        pytest.param(
            ("Central bank keeps rates", "This story is part of our evening letter. " * 2 + WIRE),
            ("Sunday recipes", "This story is part of our evening letter. " * 2 + WIRE),
            "ab",
            Finding.OTHER_NEWS,
            id="what stands under everything",
        ),
        pytest.param(
            ("Ferries to sail at night", "Read more on our site."),
            ("Ferries to sail at night", "Read more on our site."),
            "ab",
            Finding.TOO_LITTLE,
            id="a title and a line",
        ),
        pytest.param(
            ("Ferries to sail at night", WIRE),
            ("Ferries to sail at night", STRIKE),
            "ab",
            Finding.UNLIKE,
            id="one headline over another story",
        ),
    ],
)  # fmt: skip
def test_what_a_comparison_comes_to(
    one: tuple[str, str], other: tuple[str, str], outlets: str, expected: Finding
) -> None:
    assert finding(one, other, outlets) is expected


def test_every_finding_can_be_told_in_words() -> None:
    assert all(each.sentence for each in Finding)


@pytest.mark.parametrize("length", [40, 120, 400])
@pytest.mark.parametrize(("share", "found"), [(0.0, 1.0), (0.05, 0.98), (0.1, 0.98), (0.2, 0.9)])
def test_copies_are_found_however_their_words_are_edited(length: int, share: float, found: float) -> None:
    random = Random(length)
    words = vocabulary(random)
    originals = [story(random, words, length) for _ in range(150)]
    recent = Memory()
    for number, (title, body) in enumerate(originals, 1):
        recent.add(number, told("wire", title, body, story=number), bands(title, "", body))
    copies = [edited(random, words, *original, share) for original in originals]
    joined = [number_of(recent.story_of(told("daily", *copy), bands(copy[0], "", copy[1]), WINDOW)) for copy in copies]
    assert sum(each == number for number, each in enumerate(joined, 1)) >= found * len(joined)
    assert all(each in (number, None) for number, each in enumerate(joined, 1))


@pytest.mark.parametrize(("after", "same"), [(WINDOW, True), (-WINDOW, True), (WINDOW + timedelta(seconds=1), False)])
def test_a_copy_is_looked_for_within_the_window_only(after: timedelta, same: bool) -> None:
    recent = Memory()
    its_bands = bands("Ferries to sail at night", "", WIRE)
    recent.add(1, told("wire", "Ferries to sail at night", WIRE, story=7), its_bands)
    later = told("daily", "Ferries to sail at night", WIRE, after=after)
    assert (number_of(recent.story_of(later, its_bands, WINDOW)) == 7) is same


def test_a_copy_joins_the_text_that_is_most_like_its_own() -> None:
    random = Random(1)
    words = vocabulary(random)
    first = story(random, words, 120)
    second = edited(random, words, *first, 0.2)
    recent = Memory()
    for number, (outlet, version) in enumerate((("wire", first), ("press", second)), 1):
        recent.add(number, told(outlet, *version, story=number), bands(version[0], "", version[1]))
    assert number_of(recent.story_of(told("daily", *second), bands(second[0], "", second[1]), WINDOW)) == 2


def test_text_that_everybody_repeats_costs_a_bounded_number_of_comparisons() -> None:
    recent = Memory()
    its_bands = bands("Ferries to sail at night", "", WIRE)
    taken = [recent.add(number, told("wire", "Ferries", WIRE), its_bands) for number in range(2 * REMEMBERED + 5)]
    first, others = list(its_bands[:FOUND_BY]), list(its_bands[FOUND_BY:])
    assert taken == [first] * REMEMBERED + [others] * REMEMBERED + [[]] * 5
    assert recent.candidates(its_bands) == list(range(2 * REMEMBERED))
    assert recent.add(0, told("wire", "Ferries", WIRE), its_bands) == []


def test_an_article_is_compared_with_those_that_share_the_most_bands_only() -> None:
    recent = Memory()
    its_bands = bands("Ferries", "", WIRE)
    recent.add(0, told("wire", "Ferries", WIRE), its_bands[:SHARED])
    for number in range(1, COMPARED + 1):
        assert recent.story_of(told("daily", "Ferries", WIRE), its_bands, WINDOW) is not None
        recent.add(number, told("wire", "Ferries", STRIKE), its_bands)
    assert recent.story_of(told("daily", "Ferries", WIRE), its_bands, WINDOW) is None


def test_of_stories_that_take_no_more_none_keeps_a_copy_from_the_one_that_does() -> None:
    recent = Memory()
    its_bands = bands("Ferries", "", WIRE)
    for number in range(4 * COMPARED):
        recent.add(number, told("wire", "Ferries", WIRE, story=1), its_bands)
    late = WINDOW + timedelta(hours=1)
    recent.add(99, told("press", "Ferries", WIRE, after=late, story=2), its_bands)
    assert number_of(recent.story_of(told("daily", "Ferries", WIRE, after=late), its_bands, WINDOW)) == 2
    recent.forget(range(4 * COMPARED))
    assert recent.candidates(its_bands) == [99]
    assert recent.add(100, told("wire", "Ferries", WIRE), its_bands) == list(its_bands[:FOUND_BY])


def test_a_copy_is_found_behind_what_its_outlet_prints_under_everything() -> None:
    random = Random(2)
    words = vocabulary(random)
    under = " ".join(random.choices(words, k=60))
    texts = [(title, f"{body} {under}") for title, body in (story(random, words, 90) for _ in range(8 * REMEMBERED))]
    recent = Memory()
    for number, (title, body) in enumerate(texts):
        recent.add(number, told("wire", title, body, story=number), bands(title, "", body))
    copies = [edited(random, words, *each, 0.1) for each in texts]
    joined = [number_of(recent.story_of(told("daily", *each), bands(each[0], "", each[1]), WINDOW)) for each in copies]
    assert sum(each == number for number, each in enumerate(joined)) >= 0.98 * len(texts)


def test_two_articles_that_share_one_row_of_words_are_not_even_compared() -> None:
    recent = Memory()
    recent.add(1, told("wire", "Ferries to sail at night", WIRE), range(BANDS))
    assert recent.candidates(range(BANDS - 1, 2 * BANDS)) == []
    assert recent.candidates(range(FOUND_BY - SHARED, 2 * BANDS)) == [1]


@given(st.text(max_size=300), st.text(max_size=2000), st.text(max_size=2000))
def test_any_text_has_bands_or_none_and_is_like_itself(title: str, summary: str, body: str) -> None:
    found = bands(title, summary, body)
    assert found == bands(title, summary, body)
    assert len(set(found)) == len(found) <= BANDS
    assert all(0 <= each < 2**31 for each in found)
    own = text("a", title, summary, body)
    assert (len(own.pairs) >= ENOUGH) <= (len(found) >= SHARED)
    assert compared(own, text("b", title, summary, body))[1] == (len(own.pairs) >= ENOUGH)


@given(st.lists(st.sampled_from(["ferry", "night", "a", "維", "крейсер"]), min_size=20, max_size=40))
def test_a_text_of_few_words_that_recur_is_found_by_two_bands_at_least(words: list[str]) -> None:
    own = text("a", "", "", " ".join(words))
    assert (len(own.pairs) >= ENOUGH) <= (len(bands("", "", " ".join(words))) >= SHARED)
