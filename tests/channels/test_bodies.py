"""An edition as JSON for programs: what stands in it, and that its parts lose nothing."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.bodies import LARGEST, LARGEST_STORY, compose
from monitor.core.delivery import delivery_key
from monitor.core.model import Message
from tests.channels.editions import EDITION, MESSAGE, STORY


def bodies(message: Message) -> list[dict[str, Any]]:
    """The bodies of an edition, each no larger than it may be."""
    parcels = compose("desk", "webhook", message, EDITION)
    assert all(len(each.payload) <= LARGEST for each in parcels)
    return [json.loads(each.payload) for each in parcels]


def test_a_body_holds_the_edition_its_text_and_its_stories() -> None:
    assert bodies(MESSAGE) == [
        {
            "type": "edition",
            "version": 1,
            "edition": {
                "id": "morning/2026-03-02/07:00",
                "digest": "morning",
                "title": "Morning digest",
                "made_at": "2026-03-02T07:00:00Z",
            },
            "key": delivery_key("desk", "webhook", EDITION.id, 1),
            "part": 1,
            "parts": 1,
            "subject": MESSAGE.subject,
            "text": MESSAGE.text,
            "stories": [STORY],
        }
    ]


def test_an_edition_without_stories_is_one_body_too() -> None:
    [body] = bodies(replace(MESSAGE, text="", stories=tuple))
    assert (body["text"], body["stories"], body["parts"]) == ("", [], 1)


def test_parts_are_numbered_and_have_keys_of_their_own() -> None:
    told = bodies(replace(MESSAGE, stories=lambda: (STORY,) * 2_000))
    assert len(told) > 2
    assert [(each["part"], each["parts"]) for each in told] == [(n, len(told)) for n in range(1, len(told) + 1)]
    assert [each["key"] for each in told] == [
        delivery_key("desk", "webhook", EDITION.id, n) for n in range(1, len(told) + 1)
    ]


LETTERS = st.text(st.characters(codec=None, exclude_categories=()), min_size=1, max_size=6)
LONG = st.builds(lambda letters, times: letters * times, LETTERS, st.integers(0, 60_000))
# Six letters take 72 bytes at the most: none of these stories is too large for a part of its own.
EXCERPT = st.builds(lambda letters, times: letters * times, LETTERS, st.integers(0, 850))


@given(text=LONG, excerpts=st.lists(EXCERPT))
def test_parts_put_together_are_the_edition(text: str, excerpts: list[str]) -> None:
    stories = tuple({**STORY, "article": number, "excerpt": excerpt} for number, excerpt in enumerate(excerpts))
    told = bodies(replace(MESSAGE, text=text, stories=lambda: stories))
    assert "".join(each["text"] for each in told) == sound(text)
    assert [story for each in told for story in each["stories"]] == [
        {**each, "excerpt": sound(str(each["excerpt"]))} for each in stories
    ]


def sound(text: str) -> str:
    """What JSON can carry of a text."""
    return text.encode("utf-8", "replace").decode("utf-8")


def test_a_text_is_parted_between_lines() -> None:
    line = "Tugs stay in port\n"
    first, *rest = bodies(replace(MESSAGE, text=line * 20_000))
    assert rest
    assert first["text"].endswith(line)


def test_of_a_story_too_large_for_a_part_of_its_own_the_tail_is_left_out_and_that_is_said() -> None:
    rule = {"id": "ferries", "title": "Ferries", "words": ["tugs"], "where": "in the headline"}
    copies = [{"url": "https://example.org/" + "x" * 1_400, "outlet": "Wire", "feed": "wire", "published": ""}] * 60
    large = {**STORY, "rules": [rule, rule], "copies": copies}
    [body] = bodies(replace(MESSAGE, stories=lambda: (large, STORY)))
    assert len(json.dumps(large)) > LARGEST_STORY
    assert body["stories"] == [{**STORY, "excerpt": "", "rules": [rule], "copies": [], "shortened": True}, STORY]
