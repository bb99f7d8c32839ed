"""Lists of feeds: read whatever is wrong with them, written so that they read again."""

import re
import tarfile
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from unicodedata import normalize
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.parse.opml import DEEPEST, Outline, read_opml, word, write_opml

PACKED = Path(__file__).parents[3] / "shared" / "corpora" / "opml.tar.xz"


def urls(text: str | bytes) -> list[str]:
    return [each.url for each in read_opml(text.encode() if isinstance(text, str) else text).outlines]


@cache
def lists() -> dict[str, bytes]:
    with tarfile.open(PACKED) as archive:
        files = {each.name: archive.extractfile(each) for each in archive if each.name.endswith(".opml")}
        return {name: file.read() for name, file in files.items() if file is not None}


corpus = pytest.mark.skipif(not PACKED.exists(), reason="the corpora are not at hand")


@corpus
def test_no_feed_of_a_list_that_people_shared_is_lost() -> None:
    assert len(lists()) > 100
    for name, body in lists().items():
        stated = re.findall(r"""xmlUrl\s*=\s*(?:"([^"]*)"|'([^']*)')""", body.decode("utf-8", "replace"), re.IGNORECASE)
        expected = [unescape(one or other).strip() for one, other in stated]
        assert urls(body) == [each for each in expected if each], name


@corpus
def test_a_well_formed_list_reads_as_an_xml_parser_reads_it() -> None:
    well_formed = 0
    for name, body in lists().items():
        try:
            root = ET.fromstring(body)
        except ET.ParseError:
            continue
        well_formed += 1
        told = [each for each in root.iter("outline") if each.get("xmlUrl")]
        assert urls(body) == [str(each.get("xmlUrl")).strip() for each in told], name
    assert well_formed >= 30


@pytest.mark.parametrize(
    ("what", "body", "found"),
    [
        ("a bare ampersand", '<outline xmlUrl="https://a.example/?x=1&y=2"/>', ["https://a.example/?x=1&y=2"]),
        ("an escaped one", '<outline xmlUrl="https://a.example/?x=1&amp;y=2"/>', ["https://a.example/?x=1&y=2"]),
        ("letters of another size", '<OUTLINE XMLURL="https://a.example/"/>', ["https://a.example/"]),
        ("single quotes", "<outline xmlUrl='https://a.example/'/>", ["https://a.example/"]),
        ("no end tags", '<outline text="A"><outline xmlUrl="https://a.example/">', ["https://a.example/"]),
        ("end tags too many", '</outline></outline><outline xmlUrl="https://a.example/"/>', ["https://a.example/"]),
        ("another name for the address", '<outline type="rss" url="https://a.example/"/>', ["https://a.example/"]),
        ("a letter no XML may hold", '<outline text="\x01" xmlUrl="https://a.example/"/>', ["https://a.example/"]),
        ("a feed twice", '<outline xmlUrl="https://a.example/"/>' * 2, ["https://a.example/"] * 2),
        (
            "one in a comment",
            '<!-- <outline xmlUrl="https://a.example/"/> --><outline xmlUrl="https://b.example/"/>',
            ["https://b.example/"],
        ),
        ("a comment without end", '<!-- <outline xmlUrl="https://a.example/"/>', ["https://a.example/"]),
        ("comments without end", "<!-- " * 40_000, []),
        ("nothing", "", []),
        ("a web page", "<html><body>Hello</body></html>", []),
    ],
)
def test_whatever_is_wrong_with_a_list_its_feeds_are_found(what: str, body: str, found: list[str]) -> None:
    assert urls(body) == found, what


def test_folders_and_categories_become_tags() -> None:
    body = """
    <outline text="World &amp; Europe"><outline title="Sea"><outline text="Coast" xmlUrl="https://a.example/" category="/wire/main,fast"/></outline>
    <outline text="Tide" xmlUrl="https://b.example/"></outline></outline><outline text="Last" xmlUrl="https://c.example/"/>"""
    found = read_opml(body.encode()).outlines
    assert [(each.title, each.tags) for each in found] == [
        ("Coast", ("world-europe", "sea", "wire", "main", "fast")),
        ("Tide", ("world-europe",)),
        ("Last", ()),
    ]


@pytest.mark.parametrize(
    ("name", "tag"),
    [("World & Europe", "world-europe"), ("Україна", "україна"), ("  ", ""), ("!!", ""), ("x" * 99, "x" * 64)],
)
def test_a_folder_is_named_as_rules_can_name_it(name: str, tag: str) -> None:
    assert word(name) == tag


def test_lists_that_are_only_referred_to_are_told() -> None:
    found = read_opml(
        b'<outline type="include" url="https://a.example/more.opml"/><outline type="link" url="https://b.example/"/>'
    )
    assert found.links == ("https://a.example/more.opml", "https://b.example/")
    assert found.outlines == ()


def test_entities_are_not_expanded_and_depth_costs_nothing() -> None:
    bomb = '<!DOCTYPE o [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><outline text="&b;" xmlUrl="https://a.example/"/>'
    (found,) = read_opml(bomb.encode()).outlines
    assert "aaaa" not in found.title
    deep = '<outline text="d">' * 50_000 + '<outline xmlUrl="https://a.example/"/>'
    (found,) = read_opml(deep.encode()).outlines
    assert len(found.tags) <= DEEPEST


def test_the_letters_are_right_in_whatever_encoding() -> None:
    for encoding in ("utf-8", "windows-1251", "utf-16"):
        text = f"<?xml version='1.0' encoding='{encoding}'?><opml><outline text='Новини' xmlUrl='https://a.example/'/></opml>"
        assert read_opml(text.encode(encoding)).outlines[0].title == "Новини"


TEXTS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cf", "Co", "Cn")), max_size=30)
    .map(str.split)
    .map(" ".join)
    .map(lambda text: normalize("NFC", text))  # as every text that is read is
)
ADDRESSES = st.from_regex(r"https://[a-z]{1,9}\.example/[a-z0-9?&=;%'\"<>-]{0,30}", fullmatch=True)
WORDS = st.from_regex(r"[a-zа-я0-9]([a-z0-9_.-]{0,20}[a-z0-9])?", fullmatch=True).map(
    lambda text: normalize("NFC", text)
)
OUTLINES = st.builds(
    Outline, ADDRESSES, TEXTS, st.lists(WORDS, max_size=4, unique=True).map(tuple), st.just("https://a.example/"),
    WORDS, st.sampled_from(["", "5m"]), st.sampled_from(["", "3"]), st.sampled_from(["", "never"]),
)  # fmt: skip


def without_lines(outlines: tuple[Outline, ...]) -> Iterator[Outline]:
    for each in outlines:
        values = {name: getattr(each, name) for name in Outline.__dataclass_fields__ if name != "line"}
        yield Outline(**values)


@given(st.lists(OUTLINES, max_size=6), TEXTS)
def test_what_is_written_reads_as_it_was(outlines: list[Outline], title: str) -> None:
    text = write_opml(outlines, title)
    ET.fromstring(text)
    assert list(without_lines(read_opml(text.encode()).outlines)) == outlines


@given(st.binary(max_size=300))
def test_any_bytes_are_read(body: bytes) -> None:
    read_opml(body)
    read_opml(b"<outline " + body + b"/>")
