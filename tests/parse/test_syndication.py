"""RSS and Atom as they are written in practice."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Entry, ParsedFeed
from monitor.errors import ParseError
from monitor.parse.reading import parse_feed
from tests.parse.writing import atom, element, rss

URL = "https://coast.example/feeds/all.xml"


def read(body: bytes, content_type: str = "") -> ParsedFeed:
    return parse_feed(body, content_type, URL)


def only(body: bytes, content_type: str = "") -> Entry:
    (entry,) = read(body, content_type).entries
    return entry


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Tide &amp; wind", "Tide & wind"),
        ("Tide &amp;amp; wind", "Tide & wind"),
        ("It&amp;apos;s high tide", "It's high tide"),
        ("&lt;b&gt;Tide&lt;/b&gt; rises", "Tide rises"),
        ("<![CDATA[<em>Tide</em> &#8220;rises&#8221;]]>", "Tide “rises”"),
        ("3 &lt; 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ("  Tide\n\t rises  ", "Tide rises"),
        ("Ti\u00adde \u202erises\u200b", "Tide rises"),
    ],
)
def test_an_rss_title_is_plain_text_on_one_line(written: str, title: str) -> None:
    assert only(rss(f"<title>{written}</title>")).title == title


@pytest.mark.parametrize(
    ("kind", "written", "title"),
    [
        ("text", "AT&amp;amp;T &lt;b>", "AT&amp;T <b>"),
        ("html", "AT&amp;amp;T &lt;b>bold&lt;/b>", "AT&T bold"),
        ("xhtml", "<div xmlns='http://www.w3.org/1999/xhtml'>AT&amp;T <b>bold</b></div>", "AT&T bold"),
    ],
)
def test_an_atom_title_is_decoded_as_often_as_its_type_says(kind: str, written: str, title: str) -> None:
    assert only(atom(f'<title type="{kind}">{written}</title>')).title == title


def test_a_body_that_repeats_the_summary_is_dropped() -> None:
    namespace = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    encoded = element("content:encoded", "<div>High tide.</div>", namespace)
    entry = only(rss(element("description", "<p>High tide.</p>") + encoded))
    assert (entry.summary, entry.body) == ("High tide.", "")


def test_a_summary_in_plain_text_keeps_its_angle_brackets_and_paragraphs() -> None:
    entry = only(atom(element("title", "t") + element("summary", "level <low>\n\nand falling", 'type="text"')))
    assert entry.summary == "level <low>\n\nand falling"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://coast.example/a", "http://user@coast.example/", "mailto:a@b.example",
        "http://[broken/", "https://coast.example:port/", 'https://coast.example/"onclick=', "file:///etc/passwd", "https://[::1/",
    ],
)  # fmt: skip
def test_a_link_that_is_not_safe_to_follow_is_dropped_and_the_entry_stays(link: str) -> None:
    entry = only(rss(element("title", "Tide") + element("link", link)))
    assert (entry.title, entry.url) == ("Tide", "")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://coast.example/a?b=1&c=2", "https://coast.example/a?b=1&c=2"),
        ("../news/1", "https://coast.example/news/1"),
        ("//cdn.example/1", "https://cdn.example/1"),
        ("https://coast.example/high tide", "https://coast.example/high%20tide"),
        ("https://узбережжя.example/новини", "https://узбережжя.example/новини"),
    ],
)
def test_a_link_is_absolute(link: str, url: str) -> None:
    assert only(rss(element("title", "Tide") + element("link", link))).url == url


def test_an_address_that_an_old_proxy_hides_is_taken_from_beside_it() -> None:
    proxied = element("link", "https://proxy.example/~r/1")
    origin = element("f:origLink", "https://coast.example/1", "xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'")
    assert only(rss(element("title", "t") + proxied + origin)).url == "https://coast.example/1"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("desk@coast.example (Ada Moor)", "Ada Moor"),
        ("Ada Moor <desk@coast.example>", "Ada Moor"),
        ("Ada Moor", "Ada Moor"),
        ("desk@coast.example", "desk@coast.example"),
    ],
)
def test_an_rss_author_is_the_name_where_there_is_one(written: str, name: str) -> None:
    assert only(rss(element("title", "t") + element("author", written))).author == name


def test_ids_that_say_nothing_are_not_believed() -> None:
    same = element("guid", "coast", 'isPermaLink="false"')
    items = [f"<title>{n}</title><link>https://coast.example/{n}</link>{same}" for n in range(3)]
    parsed = read(rss(*items))
    assert [each.guid for each in parsed.entries] == ["", "", ""]
    assert any("same id" in warning for warning in parsed.warnings)


def test_an_entry_told_twice_keeps_its_id() -> None:
    item = "<title>Tide</title><link>https://coast.example/1</link><guid>one</guid>"
    parsed = read(rss(item, item))
    assert {each.guid for each in parsed.entries} == {"one"}
    assert parsed.warnings == ()


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("a", "https://coast.example/news/2026/a"),
        ("/a", "https://coast.example/a"),
        ("../a", "https://coast.example/news/a"),
        ("?a=1", "https://coast.example/news/2026/?a=1"),
        ("//other.example/a", "https://other.example/a"),
        ("https://other.example/a", "https://other.example/a"),
    ],
)
def test_a_relative_link_counts_from_the_site_of_the_feed(address: str, leads_to: str) -> None:
    head = "<title>Coast</title><link>https://coast.example/news/2026/</link>"
    body = rss(f"<title>Tide</title><link>{address}</link>", head=head)
    assert parse_feed(body, "", "https://feeds.example/x").entries[0].url == leads_to


def test_the_base_of_one_entry_is_none_of_the_next() -> None:
    body = rss(
        "<title>a</title><description xml:base='https://other.example/'>a</description>",
        "<title>b</title><link>/b</link>",
    )
    assert [each.url for each in parse_feed(body, "", "https://coast.example/feed").entries] == [
        "",
        "https://coast.example/b",
    ]


def test_an_id_is_the_same_wherever_the_feed_is_found() -> None:
    body = rss("<title>Tide</title><guid>/news/1</guid>")
    here, there = (parse_feed(body, "", url).entries[0] for url in ("https://a.example/f", "https://b.example/f"))
    assert here.guid == there.guid == "/news/1"


def test_a_broken_document_is_read_as_far_as_it_goes_and_says_so() -> None:
    parsed = read(
        b"<rss version='2.0'><channel><title>Coast</title><item><title>Tide & wind</title></item><item><title>Cut of"
    )
    assert parsed.entries[0].title == "Tide & wind"
    assert "not well-formed" in parsed.warnings[0]


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read(rss()).entries == ()


TITLE = "Zażółć, ¡olé! Повінь"


@pytest.mark.parametrize(
    "header", ["", "text/xml", "application/rss+xml; charset=iso-8859-1", "text/xml; charset=us-ascii"]
)
@pytest.mark.parametrize("prolog", ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="windows-1252"?>'])
def test_utf8_is_read_as_utf8_whatever_header_and_prolog_say(header: str, prolog: str) -> None:
    assert only(prolog.encode() + rss(element("title", TITLE)), header).title == TITLE


@pytest.mark.parametrize(
    ("encoding", "header"),
    [
        ("windows-1251", ""), ("windows-1251", "text/xml"), ("koi8-r", "application/xml"), ("utf-16", ""), ("utf-16", "text/xml"),
        ("windows-1251", "application/xml; charset=utf-8"),
    ],
)  # fmt: skip
def test_another_encoding_is_read_as_the_prolog_says(encoding: str, header: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + rss(element("title", "Новости")).decode()
    assert only(text.encode(encoding), header).title == "Новости"


def test_the_header_counts_where_the_document_does_not_say() -> None:
    body = rss(element("title", "Повінь")).decode().encode("windows-1251")
    assert only(body, "application/xml; charset=windows-1251").title == "Повінь"


def test_a_document_that_is_the_name_of_a_file_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "secret.xml"
    path.write_bytes(rss("<title>Secret</title>"))
    with pytest.raises(ParseError, match="plain text"):
        read(str(path).encode())


def test_no_entity_reaches_outside_the_document(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("canary")
    doctype = f'<!DOCTYPE rss [<!ENTITY out SYSTEM "{path.as_uri()}">]>'.encode()
    assert "canary" not in repr(read(doctype + rss("<title>Tide &out; wind</title>")))


def test_entities_that_a_feed_declares_itself_are_read() -> None:
    doctype = b'<!DOCTYPE rss [\n<!ENTITY coast "the coast">\n]>'
    assert only(doctype + rss("<title>Storm on &coast;</title>")).title == "Storm on the coast"


def test_fields_are_bounded() -> None:
    many = "".join(element("category", f"tag {n}") for n in range(200))
    entry = only(
        rss(
            element("title", "T" * 5000)
            + element("description", "d" * 1_500_000)
            + element("guid", "g" * 9000, 'isPermaLink="false"')
            + element("author", "a" * 2000)
            + element("link", "https://coast.example/" + "l" * 3000)
            + many
        )
    )
    sizes = [len(each) for each in (entry.title, entry.summary, entry.guid, entry.author, entry.url, entry.tags)]
    assert sizes == [1000, 1_000_000, 2000, 300, 0, 50]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_in_an_atom_title_comes_back_but_for_spaces_and_hidden_signs(text: str) -> None:
    (entry,) = read(atom(element("title", text, 'type="text"') + element("summary", "s"))).entries
    assert entry.title.isprintable() or not entry.title.isascii()
    assert "".join(filter(str.isalnum, entry.title.encode("ascii", "ignore").decode())) == "".join(
        filter(str.isalnum, text.encode("ascii", "ignore").decode())
    )


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_a_parse_error(body: bytes) -> None:
    for document in (body, rss(element("title", "t")) + body, b"<rss><channel><item><title>" + body, b"{" + body):
        with contextlib.suppress(ParseError):
            assert isinstance(read(document), ParsedFeed)
