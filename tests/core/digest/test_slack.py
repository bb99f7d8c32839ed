"""Slack messages: what is none, and how a long one becomes several."""

import html
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as OracleBlock

from monitor.core.digest import Block, slack_faults, slack_parts
from monitor.core.digest.slack import MOST_BLOCKS, MOST_CHARACTERS

TEXT = {"type": "plain_text", "text": "x"}


def weight(part: list[Block]) -> int:
    """Return what Slack counts of a message: every text and address as it is escaped, and 125 characters for each block."""

    def count(node: Any) -> int:
        if isinstance(node, dict):
            return sum(count(each) for key, each in node.items() if key != "type")
        if isinstance(node, list):
            return sum(map(count, node))
        return len(html.escape(node, quote=False)) if isinstance(node, str) else 0

    return count(part) + 125 * len(part)


def said(node: Any) -> str:
    """Return all texts one after the other, without white space."""
    if isinstance(node, dict):
        own = node["text"] if isinstance(node.get("text"), str) else ""
        return "".join(own.split()) + "".join(
            said(each) for key, each in node.items() if key in {"text", "fields", "elements"}
        )
    return "".join(map(said, node)) if isinstance(node, list) else ""


def accepted(block: Block) -> bool:
    """Ask Slack's own library whether it would send the block."""
    parsed = OracleBlock.parse(block)
    assert parsed is not None
    parsed.validate_json()
    return bool(parsed.to_dict()["type"] == block["type"])


words = st.text(st.sampled_from("aé 粮<>&\n"), min_size=1, max_size=60).filter(str.strip)
long = st.builds(lambda word, count: word * count, words, st.sampled_from([1, 1, 1, 3, 60, 400]))
plains = st.builds(lambda text: {"type": "plain_text", "text": text}, long)
marked_up = st.builds(lambda text: {"type": "mrkdwn", "text": text}, long)
leaves = st.one_of(
    st.builds(lambda text: {"type": "text", "text": text, "style": {"bold": True}}, long),
    st.builds(
        lambda text, path: {"type": "link", "url": "https://a.example/" + path, "text": text},
        long,
        st.text("ab", max_size=900),
    ),
    st.just({"type": "emoji", "name": "red_circle"}),
)
runs = st.builds(lambda each: {"type": "rich_text_section", "elements": each}, st.lists(leaves, min_size=1, max_size=6))
groups = runs | st.builds(
    lambda each: {"type": "rich_text_list", "style": "bullet", "elements": each}, st.lists(runs, min_size=1, max_size=4)
)
blocks = st.one_of(
    st.just({"type": "divider"}),
    st.builds(lambda text: {"type": "header", "text": text}, plains),
    st.builds(lambda text: {"type": "section", "text": text}, plains | marked_up),
    st.builds(lambda each: {"type": "section", "fields": each}, st.lists(plains | marked_up, min_size=1, max_size=14)),
    st.builds(
        lambda text, each: {"type": "section", "text": text, "fields": each},
        plains,
        st.lists(plains, min_size=1, max_size=3),
    ),
    st.builds(
        lambda each: {"type": "context", "elements": each}, st.lists(plains | marked_up, min_size=1, max_size=14)
    ),
    st.builds(lambda each: {"type": "rich_text", "elements": each}, st.lists(groups, min_size=1, max_size=4)),
)


@given(message=st.lists(blocks, min_size=1, max_size=30), copies=st.integers(1, 4))
def test_any_message_is_split_into_parts_that_slack_takes_and_nothing_is_lost(
    message: list[Block], copies: int
) -> None:
    message = message * copies
    assert slack_faults(message) == []
    parts = slack_parts(message)
    assert all(0 < len(part) <= MOST_BLOCKS for part in parts)
    assert all(weight(part) <= MOST_CHARACTERS or len(part) == 1 for part in parts)
    assert all(accepted(block) for part in parts for block in part)
    assert "".join(map(said, parts)) == said(message)


def test_a_message_within_all_limits_is_left_as_it_is() -> None:
    message: list[Block] = [{"type": "header", "text": TEXT}, {"type": "divider"}, {"type": "section", "text": TEXT}]
    assert slack_parts(message) == [message]


def test_blocks_count_for_more_than_their_text() -> None:
    message: list[Block] = [{"type": "section", "text": {"type": "plain_text", "text": "x" * 200}}] * 40
    assert [len(part) for part in slack_parts(message)] == [36, 4]


def test_a_link_in_markup_is_not_torn_apart() -> None:
    link = "<https://a.example/x|read on>"
    text = "word " * 578 + link
    (part,) = slack_parts([{"type": "section", "text": {"type": "mrkdwn", "text": text}}])
    assert [link in str(each) for each in part] == [False, True]


def test_an_empty_message_has_no_parts() -> None:
    assert slack_parts([]) == []


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("text", "block 1: is not a JSON object"),
        ({"type": "image", "image_url": "https://a.example/x.png"}, "type 'image' is not one of header, section"),
        ({"type": "header"}, "its text must be an object of type plain_text"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "must be an object of type plain_text"),
        ({"type": "header", "text": {"type": "plain_text", "text": " "}}, "its text is empty"),
        ({"type": "section"}, "its text must be an object of type mrkdwn or plain_text"),
        ({"type": "section", "fields": []}, "a section's fields must be a list of at least one"),
        ({"type": "section", "fields": ["x"]}, "its text must be an object"),
        ({"type": "context", "elements": [{"type": "image"}]}, "its text must be an object"),
        ({"type": "context"}, "a context block must be a list of at least one"),
        ({"type": "rich_text", "elements": [TEXT]}, "an element of rich_text must be one of"),
        ({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [TEXT]}]}, "an element of rich text must be"),
        ({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}]}, "is empty"),
        (
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "link", "url": "x" * 3001}]}]},
            "a link must have a url of at most 3000 characters",
        ),
        ({"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": []}]}, "must be a list of at least one"),
    ],
)  # fmt: skip
def test_what_slack_would_refuse_is_told(block: object, told: str) -> None:
    (fault,) = slack_faults([block])
    assert told in fault


@pytest.mark.parametrize("nothing", [None, [], {}, "blocks", json.loads('{"blocks": []}')])
def test_what_is_no_list_of_blocks_is_told(nothing: object) -> None:
    assert slack_faults(nothing) == ["a Slack template must render a JSON list of at least one block"]
