"""Whole documents of each format, read field by field."""

from pathlib import Path

import pytest

from monitor.parse.reading import parse_feed
from tests.parse.data.expected import EXPECTED

DATA = Path(__file__).with_name("data")


@pytest.mark.parametrize("name", EXPECTED)
def test_a_document_says_what_it_says(name: str) -> None:
    body = (DATA / name).read_bytes()
    assert parse_feed(body, "", "https://feeds.example/all") == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("content_type", ["text/xml", "text/html", "application/octet-stream", "nonsense; charset=="])
def test_a_wrong_label_does_not_keep_a_feed_from_being_read(name: str, content_type: str) -> None:
    body = (DATA / name).read_bytes()
    assert parse_feed(body, content_type, "https://feeds.example/all") == EXPECTED[name]
