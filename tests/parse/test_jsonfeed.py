"""JSON Feed, in both versions and in the wild."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import ParsedFeed
from monitor.errors import ParseError
from monitor.parse.reading import parse_feed

VERSION = "https://jsonfeed.org/version/1"


def read(*items: object, **head: object) -> ParsedFeed:
    document = {"version": VERSION, "title": "Coast", "items": items, **head}
    return parse_feed(json.dumps(document).encode(), "application/feed+json", "https://coast.example/feed.json")


def test_the_author_of_version_one_is_read() -> None:
    parsed = read(
        {"id": "1", "title": "t"}, {"id": "2", "title": "u", "author": {"name": "Ada"}}, author={"name": "Desk"}
    )
    assert [each.author for each in parsed.entries] == ["Desk", "Ada"]


def test_content_stands_for_a_missing_summary() -> None:
    (entry,) = read({"id": "1", "content_html": "<p>High <b>tide</b></p><p>tonight</p>"}).entries
    assert (entry.summary, entry.body) == ("High tide\n\ntonight", "")


def test_a_byte_order_mark_in_front_is_passed_over() -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"version": VERSION, "items": [{"id": "1", "title": "Tide"}]}).encode()
    assert parse_feed(body, "", "https://coast.example/").entries[0].title == "Tide"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://user:word@coast.example/", "http://[broken", 7, None, {}]
)
def test_a_link_that_is_not_safe_to_follow_is_dropped(url: object) -> None:
    (entry,) = read({"id": "1", "title": "t", "url": url}).entries
    assert entry.url in ("", "https://coast.example/7")


def test_a_digest_of_another_kind_is_refused() -> None:
    with pytest.raises(ParseError, match="not a JSON Feed"):
        read(version="2.0")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = ["id", "url", "title", "summary", "content_html", "content_text", "authors", "author", "tags", "language",
        "date_published", "external_url"]  # fmt: skip


@given(
    st.lists(st.dictionaries(st.sampled_from(KEYS), JSON) | JSON, max_size=3),
    st.dictionaries(st.sampled_from(KEYS), JSON),
)
def test_values_of_the_wrong_kind_are_passed_over(items: list[Any], head: dict[str, Any]) -> None:
    parsed = read(*items, **head)
    assert all(isinstance(each.title, str) for each in parsed.entries)
