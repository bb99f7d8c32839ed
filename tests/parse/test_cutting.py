"""Cutting out what was read before changes nothing of what is left."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.parse.articles import read
from monitor.parse.cutting import MARK, MOST_BLOCKS, cut
from tests.parse.writing import element, page, rss, sitemap

SEEN = datetime(2026, 3, 2, 8, tzinfo=UTC)
URL = "https://coast.example/feed"


def item(name: str, text: str = "") -> str:
    return element("title", name) + element("guid", name, 'isPermaLink="false"') + element("description", text or name)


def marks_of(body: bytes) -> list[str]:
    cutting = cut(body, "")
    assert cutting is not None
    return [cutting.marks[at : at + MARK] for at in range(0, len(cutting.marks), MARK)]


def titles(body: bytes, seen: str) -> list[str]:
    return [each.title for each in read(body, "", URL, "coast", SEEN, seen).articles]


def test_only_items_that_were_not_seen_before_are_read() -> None:
    before = rss(item("old"), item("older"))
    now = rss(item("new"), item("old"), item("older"))
    assert titles(now, read(before, "", URL, "coast", SEEN).marks) == ["new"]


def test_an_item_that_changed_in_any_way_is_read_again() -> None:
    before = rss(item("first", "Nobody hurt."), item("second"))
    now = rss(item("first", "Two hurt."), item("second"))
    assert titles(now, read(before, "", URL, "coast", SEEN).marks) == ["first"]


def test_a_document_that_brings_nothing_new_has_no_articles_and_the_same_marks() -> None:
    before = read(rss(item("first"), item("second")), "", URL, "coast", SEEN)
    again = read(rss(item("second"), item("first")), "", URL, "coast", SEEN, before.marks)
    assert again.articles == ()
    assert sorted(again.marks) == sorted(before.marks)


def test_atom_entries_are_cut_like_rss_items() -> None:
    entries = [f"<entry><id>tag:{name}</id><title>{name}</title></entry>" for name in ("new", "old")]
    feed = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Coast</title>{}</feed>"
    seen = read(feed.format(entries[1]).encode(), "", URL, "coast", SEEN).marks
    assert titles(feed.format("".join(entries)).encode(), seen) == ["new"]


def test_the_pages_of_a_news_sitemap_are_cut_like_items() -> None:
    pages = {name: page(name) for name in ("new", "old")}
    seen = read(sitemap(pages["old"]), "", URL, "coast", SEEN).marks
    assert titles(sitemap(pages["new"], pages["old"]), seen) == ["new"]


def test_more_new_items_than_are_wanted_at_once_come_one_part_after_the_other() -> None:
    body = rss(*(item(f"n{number}") for number in range(10)))
    seen, parts = "", []
    for _ in range(4):
        part = read(body, "", URL, "coast", SEEN, seen, most=4)
        parts.append(({each.title for each in part.articles}, part.rest))
        seen = part.marks
    newest = [f"n{number}" for number in range(10)]
    assert parts == [(set(newest[:4]), 6), (set(newest[4:8]), 2), (set(newest[8:]), 0), (set(), 0)]


def test_a_document_whose_items_the_parser_counts_otherwise_is_read_whole_and_leaves_no_marks() -> None:
    body = rss(item("a"), item("b")).replace(
        b"</channel>", b"<b:item xmlns:b='urn:b'><title>c</title></b:item></channel>"
    )
    whole = read(body, "", URL, "coast", SEEN)
    assert {each.title for each in whole.articles} >= {"a", "b"}
    assert bool(whole.marks) == (whole.items == 2)


@pytest.mark.parametrize(
    ("why", "body"),
    [
        ("an item in a comment", rss(item("a")).replace(b"<item>", b"<!-- <item> -->", 1)),
        ("an item's end in CDATA", rss(item("a", "X"), item("b")).replace(b"X", b"<![CDATA[</item><item>]]>")),
        ("a comment over two items", b"<rss><channel><item>a<!--</item><item>--></item></channel></rss>"),
        ("an item within an item", b"<rss><channel><item>a<item>b</item></item></channel></rss>"),
        ("an item without end", b"<rss><channel><item><title>a</title></channel></rss>"),
        ("items and entries in one", b"<rss><channel><item>a</item><entry>b</entry></channel></rss>"),
        ("two items with one id", rss(item("same"), item("same"))),
        ("two items with one id in two spellings", rss(item("same"), item("X")).replace(b"X", b"<![CDATA[same]]>")),
        ("letters of two bytes", rss(item("a")).decode().encode("utf-16")),
        ("no item", rss()),
        ("no XML", b'{"version": "https://jsonfeed.org/version/1.1", "items": []}'),
        ("more items than are remembered", rss(*(item(str(number)) for number in range(MOST_BLOCKS + 1)))),
        ("an item that ends where it begins", b"<rss><channel><item/><item>a</item></channel></rss>"),
    ],
)
def test_a_document_with_reason_for_doubt_is_not_cut(why: str, body: bytes) -> None:
    assert cut(body, "") is None, why


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
ITEMS = st.lists(st.tuples(st.integers(0, 99), TEXTS), min_size=1, max_size=8, unique_by=lambda pair: pair[0])


@given(ITEMS, st.sets(st.integers(0, 7)))
def test_what_is_left_reads_as_it_does_in_the_whole(items: list[tuple[int, str]], known: set[int]) -> None:
    named = [(f"n{number}", text) for number, text in items]
    body = rss(*(item(name, text) for name, text in named))
    marks = marks_of(body)
    seen = "".join(mark for at, mark in enumerate(marks) if at in known)
    whole = read(body, "", URL, "coast", SEEN)
    part = read(body, "", URL, "coast", SEEN, seen)
    left = {name for at, (name, _) in enumerate(named) if at not in known}
    assert part.articles == tuple(each for each in whole.articles if each.title in left)


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_any_bytes_are_cut_or_left_alone(body: bytes, seen: bytes) -> None:
    cutting = cut(b"<rss><item>" + body + b"</item><item>b</item></rss>", seen.hex())
    assert cutting is None or len(cutting.marks) % MARK == 0
