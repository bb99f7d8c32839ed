"""Copies among real news: how many are found, and how many of those found are none."""

import json
import lzma
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.core.copies import FOUND_BY, SHARED, Finding, Memory, Told, bands, compared, text
from monitor.core.model import Story
from monitor.core.stories import STORY_WINDOW
from monitor.core.text import plain_text
from tests.core.wire import edited

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"

pytestmark = pytest.mark.skipif(not CORPORA.exists(), reason="the corpora are not at hand")

COPIES = {
    (1399, 1464), (1977, 2007), (4129, 4224), (6195, 6241), (7442, 7497),
    (7950, 8024), (8115, 8371), (9583, 9804), (11463, 11471), (19472, 19593), (19523, 19619), (25845, 26042),
}  # fmt: skip
"""Pairs of articles, by their places in news-2022, that were read by a person and found to be copies of one text."""


def documents(name: str) -> Iterator[Mapping[str, Any]]:
    with lzma.open(CORPORA / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def news() -> list[Told]:
    """Return the articles of 2022, each with its place as the number of its story, in the order in which they were published."""
    found = [
        Told(each.get("source", ""), each["title"], "", plain_text(each.get("body", "")), Story(place, _moment(each)))
        for place, each in enumerate(documents("news-2022"))
    ]
    return sorted(found, key=lambda each: (each.story.began, each.story))


def _moment(told: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(told["date"] or told["day"]).replace(tzinfo=None)


def test_what_is_found_among_the_news_of_eight_months_was_copied() -> None:
    recent, found = Memory(), set()
    for each in news():
        its_bands = bands(each.title, each.summary, each.body)
        if (story := recent.story_of(each, its_bands, STORY_WINDOW)) is not None:
            found.add((story.number, each.story.number))
        recent.add(each.story.number, each, its_bands)
    assert found == COPIES


@pytest.mark.parametrize(("share", "least"), [(0.1, 0.98), (0.2, 0.9)])
@pytest.mark.parametrize("corpus", ["news-2022", "news-long"])
def test_real_news_edited_is_found_again(corpus: str, share: float, least: float) -> None:
    random = Random(7)
    told = [(each["title"], plain_text(each.get("body", ""))) for each in documents(corpus)]
    told = [each for each in told if len(" ".join(each).split()) >= 25]
    words = " ".join(body for _, body in random.sample(told, 300)).split()
    chosen = random.sample(told, 500)
    found = 0
    for title, body in chosen:
        copy = edited(random, words, title, body, share)
        met = set(bands(title, "", body)[:FOUND_BY]) & set(bands(copy[0], "", copy[1]))
        found += len(met) >= SHARED and compared(text("a", title, "", body), text("b", *copy, ""))[0] is Finding.COPY
    assert found >= least * len(chosen)


def test_of_pairs_that_people_judged_none_is_taken_for_a_copy_that_tells_another_story() -> None:
    found = []
    for pair in documents("story-pairs"):
        one, other = (text(side, pair[side]["title"], "", pair[side]["body"]) for side in "ab")
        if compared(one, other)[0] is Finding.COPY:
            found.append(pair["label"])
    assert found == [True] * 18
