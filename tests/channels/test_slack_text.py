"""Slack blocks as plain text."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.slack.text import LONGEST_PLAIN, plain_text
from tests.channels.editions import HOSTILE, text_block


def rich(*leaves: dict[str, object]) -> dict[str, object]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(leaves)}]}


def said(text: str) -> dict[str, object]:
    return {"type": "text", "text": text}


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ({"type": "header", "text": {"type": "plain_text", "text": "Harbour"}}, "Harbour"),
        ({"type": "divider"}, ""),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "a <https://x.org/?a=1&amp;b|b> c"}}, "a b https://x.org/?a=1&amp;b c"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "see <https://x.org>"}}, "see https://x.org"),
        ({"type": "section", "fields": [{"type": "plain_text", "text": "a"}, {"type": "plain_text", "text": "b"}]}, "a\nb"),
        ({"type": "context", "elements": [{"type": "mrkdwn", "text": "a &amp; b"}]}, "a &amp; b"),
        (rich(said("Tugs "), {**said("stay"), "style": {"bold": True}}), "Tugs stay"),
        (rich({"type": "link", "url": "https://x.org", "text": "Tugs"}), "Tugs https://x.org"),
        (rich({"type": "link", "url": "https://x.org"}), "https://x.org"),
        (rich({"type": "emoji", "name": "ship"}), ":ship:"),
        (rich(said("<!channel>")), "&lt;!channel&gt;"),
        ({"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": [
            {"type": "rich_text_section", "elements": [said("one")]},
            {"type": "rich_text_section", "elements": [said("two")]},
        ]}]}, "one\ntwo"),
        ({"type": "image", "image_url": "https://x.org/i.png"}, ""),
    ],
)  # fmt: skip
def test_a_block_is_said_in_plain_words(block: dict[str, object], line: str) -> None:
    assert plain_text("Title", [block]) == f"Title\n{line}".strip()


def test_a_text_too_long_ends_at_a_word_and_says_so() -> None:
    text = plain_text("Title", [text_block("word " * 2_000)])
    assert len(text) <= LONGEST_PLAIN
    assert text.endswith("word\n… (shortened)")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_mentions_nobody(text: str) -> None:
    assert not re.search("[<>]", plain_text(text, [text_block(text or "x")]))


@given(st.text(), st.lists(st.text(min_size=1)))
def test_every_text_is_within_the_limit_and_cannot_be_markup(heading: str, texts: list[str]) -> None:
    text = plain_text(heading, [text_block(each) for each in texts])
    assert len(text) <= LONGEST_PLAIN
    assert not re.search("[<>]", text)
    assert not re.search("&(?!amp;|lt;|gt;)", text)


@given(
    st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20), min_size=1, max_size=20)
)
def test_nothing_is_lost_from_a_text_that_fits(words: list[str]) -> None:
    text = html.unescape(plain_text("Title", [text_block(each) for each in words]))
    assert text == "\n".join(["Title", *words])
