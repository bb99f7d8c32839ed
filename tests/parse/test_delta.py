"""Whatever is done to a document, what is new in it reads as it does in the whole."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.core.model import ParsedFeed
from monitor.errors import ParseError
from monitor.parse.articles import trusted
from monitor.parse.cutting import MARK, cut
from monitor.parse.reading import parse_feed
from tests.parse.writing import page, sitemap

URL = "https://coast.example/feeds/all.xml"

HEADS = (
    "<title>Coast &amp; Tide</title><link>https://coast.example/news/</link><language>en-GB</language><ttl>30</ttl>",
    "<title>Coast</title><atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='self' href='/feed'/><skipDays><day>Sunday</day></skipDays>",
    "<title><![CDATA[<item>Coast</item>]]></title>",
    "<image><url>https://coast.example/i.png</url><title>Coast</title></image>",
    "",
)
OPENINGS = (
    "<rss version='2.0'><channel>",
    "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xml:base='https://base.example/a/' xml:lang='uk'><channel>",
    "<!DOCTYPE rss [<!ENTITY sea 'the sea'>]><rss version='0.91' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>",
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel>",
)
ITEMS = (
    "<item><title>{n} sails &amp;amp; returns</title><link>/n/{n}</link><guid>g{n}</guid><description>&lt;p&gt;{n}&lt;/p&gt;</description></item>",
    "<item xml:base='https://other.example/'><title>{n}</title><link>p/{n}</link><pubDate>Mon, 02 Mar 2026 0{n}:00:00 GMT</pubDate></item>",
    "<item><title><![CDATA[{n} <b>bold</b>]]></title><guid isPermaLink='false'>{n}</guid><dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>2026-03-0{n}</dc:date></item>",
    "<item rdf:about='https://coast.example/{n}'><title>{n} &sea;</title></item>",
    "<item><title>{n}</title><link>https://coast.example/{n}</link><source url='https://x.example/'>X</source><!-- {n} --></item>",
    "<item><description>only text of {n}</description><category>a</category><author>a@b.example (Ann)</author></item>",
)
#: What may be written anywhere in a document.
FRAGMENTS = (
    "<item>", "</item>", "<item/>", "<entry>", "</entry>", "<![CDATA[", "]]>", "<!--", "-->", "<title>", "</title>", "&", "&amp;", "<", ">",
    "'", '"', "<x:item xmlns:x='urn:x'>", "</x:item>", "<source>", "</source>", "</channel>", "<channel>", "<guid>g1</guid>", "\x00", "é", "]]&gt;",
    "<link>", "</link>", "<content:encoded>", "xml:base='/b/'", "<!ENTITY", "?>", "<url>", "</url>",
)  # fmt: skip

documents = st.builds(
    lambda opening, head, items: (
        opening + head + "".join(each.format(n=at + 1) for at, each in enumerate(items)) + "</channel></rss>"
    ),
    st.sampled_from(OPENINGS),
    st.sampled_from(HEADS),
    st.lists(st.sampled_from(ITEMS), min_size=2, max_size=6),
)
#: Where in the document (in thousandths), how much is taken out there, and what is put in.
mutations = st.lists(
    st.tuples(st.integers(0, 999), st.sampled_from((0, 0, 0, 1, 5, 40)), st.sampled_from(("", *FRAGMENTS))), max_size=4
)


def mutated(text: str, changes: Sequence[tuple[int, int, str]]) -> bytes:
    for place, gone, put in changes:
        at = len(text) * place // 1000
        text = text[:at] + put + text[at + gone :]
    return text.encode()


def parsed(body: bytes) -> ParsedFeed | None:
    try:
        return parse_feed(body, "", URL)
    except ParseError:
        return None


def check(body: bytes, choice: int) -> None:
    """Take the items of `body` that `choice` has a bit for as seen, and compare what is left with the whole."""
    cutting, whole = cut(body, ""), parsed(body)
    if cutting is None or whole is None or len(whole.entries) != cutting.left or whole.warnings:
        return  # read whole, and never with marks
    marks = [cutting.marks[at : at + MARK] for at in range(0, len(cutting.marks), MARK)]
    seen = {mark for at, mark in enumerate(marks) if choice >> at & 1}
    part = cut(body, "".join(seen))
    assert part is not None
    if (found := trusted(part, "", URL)) is None:
        return  # then the whole is read again
    assert found.entries == tuple(entry for entry, mark in zip(whole.entries, marks, strict=True) if mark not in seen)
    assert (found.title, found.link, found.language, found.hints) == (
        whole.title,
        whole.link,
        whole.language,
        whole.hints,
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=400)
@given(documents, mutations, st.integers(0, 63))
@example(OPENINGS[0] + HEADS[2] + ITEMS[0].format(n=1) + ITEMS[1].format(n=2) + "</channel></rss>", [], 1)
def test_a_mutated_feed_reads_in_part_as_it_does_in_the_whole(
    text: str, changes: list[tuple[int, int, str]], choice: int
) -> None:
    check(mutated(text, changes), choice)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(("", "<lastmod/>")), min_size=1, max_size=6), mutations, st.integers(0, 63))
def test_a_mutated_sitemap_reads_in_part_as_it_does_in_the_whole(
    pages: list[str], changes: list[tuple[int, int, str]], choice: int
) -> None:
    body = sitemap(*(page(f"Tide {at}", more) for at, more in enumerate(pages)))
    check(mutated(body.decode(), changes), choice)


def test_markup_that_breaks_the_parser_itself_is_told() -> None:
    text = OPENINGS[1] + HEADS[2] + "".join(ITEMS[0].format(n=number) for number in (1, 2, 3)) + "</channel></rss>"
    body = mutated(text, [(850, 0, "</entry>"), (819, 0, "</item>")])
    with pytest.raises(ParseError, match="too broken"):
        parse_feed(body, "", URL)


def test_plain_documents_are_indeed_cut() -> None:
    body = (
        OPENINGS[0] + HEADS[0] + "".join(ITEMS[0].format(n=number) for number in range(6)) + "</channel></rss>"
    ).encode()
    cutting = cut(body, "")
    assert cutting is not None
    part = cut(body, cutting.marks[MARK:])
    assert part is not None
    assert trusted(part, "", URL) is not None
    assert len(part.body) < len(body) / 2
