"""HTML becomes plain text that reads, and matches, as a browser shows it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Ferry</p><p>Strike</p>", "Ferry\n\nStrike"),
        ("<b>W</b>itkoff", "Witkoff"),
        ("one<br>two", "one\ntwo"),
        ("one<br/><br />two", "one\n\ntwo"),
        ("<ul><li>one</li><li>two</li></ul>", "one\n\ntwo"),
        ("<table><tr><td>one</td><td>two</td></tr></table>", "one\n\ntwo"),
        ("<h2>Head</h2>text", "Head\n\ntext"),
        ("a<span> b </span>c", "a b c"),
        ("  many \n spaces\tand\r\nlines  ", "many spaces and lines"),
        ("<p> padded </p>", "padded"),
        ("AT&amp;T &lt;b&gt; &quot;x&quot; &#8217;tis&nbsp;so", 'AT&T <b> "x" ’tis so'),
        ("caf&eacute; &#x416; &unknown; &amp", "café Ж &unknown; &"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("<3 this <> too", "<3 this <> too"),
        ("<script>alert('x')</script>seen<style>p{}</style>", "seen"),
        ("<SCRIPT src=x>if (a </b) {}</SCRIPT >seen", "seen"),
        ("<iframe>old</iframe><noscript>none</noscript>seen<svg><text>drawn</text></svg>", "seen"),
        ("in<script>x</script>side", "in side"),
        ("before<!-- hidden <p>text</p> -->after", "beforeafter"),
        ("before<!-->after", "beforeafter"),
        ("<!DOCTYPE html><?xml version='1'?>text", "text"),
        ('<a title="a > b" href=x>link</a>', "link"),
        ("<a title='it > is'>link</a>", "link"),
        ("<a href=it's>link</a> text", "link text"),
        ('<a href="never closed>link</a> text', "link text"),
        ('text <a href="cut of', "text"),
        ("text <script>never closed", "text"),
        ("text <!-- never closed", "text"),
        ("nested <div><div><p>deep</p></div></div> end", "nested\n\ndeep\n\nend"),
        ("hy\u00adphen zero\u200bwidth\ufeff", "hyphen zerowidth"),
        ("up\u202eside\u202c \x00\x07down", "upside down"),
        ("half \ud83d pair", "half pair"),
        ("e\u0301", "é"),
        ("", ""),
        ("<p></p><br>", ""),
    ],
)
def test_html_is_read_as_a_browser_shows_it(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_text_without_tags_keeps_its_paragraphs() -> None:
    assert plain_text("First.\nStill first.\n\n \nSecond &amp; last.") == "First. Still first.\n\nSecond & last."


def test_blank_lines_between_tags_are_layout_of_the_source() -> None:
    assert plain_text("<b>security</b>\n\n<i>guarantees</i>") == "security guarantees"


def test_an_entity_never_becomes_markup() -> None:
    assert plain_text("&lt;script&gt;alert(1)&lt;/script&gt;") == "<script>alert(1)</script>"


def test_a_reference_to_an_absurd_number_does_no_harm() -> None:
    assert plain_text(f"a &#{'9' * 5000}; b") == "a \ufffd b"


@pytest.mark.parametrize(
    "piece",
    [
        "<div>", "</div>", "<", "</", "<a ", "<a '", '<a ="', "<a b='>", "<!--", "<!-- -->", "<script>", "<svg><script>", "&", "&#", "&lt",
        "&#9", "= ", "<br>\n", "\n ", "a\u0315\u0300", "\u0315\u0300", "<p a=", "<![CDATA[", "]]>", "<a =\t",
    ],
)  # fmt: skip
def test_the_time_is_linear_whatever_the_markup(piece: str) -> None:
    def seconds(length: int) -> float:
        html = piece * (length // len(piece))
        start = time.process_time()
        plain_text(html)
        return time.process_time() - start

    assert min(seconds(200_000) for _ in range(2)) < 1.5


def test_a_document_beyond_the_limit_is_cut() -> None:
    assert len(plain_text("a" * 5_000_000)) == 4_000_000


MARKUP = st.lists(
    st.sampled_from(
        [
            *"<>&;\"'=!-/# \n",
            "<p>",
            "</p>",
            "<br>",
            "<b>",
            "word",
            "&amp;",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "é",
            "\x00",
        ]
    ),
    max_size=40,
).map("".join)


@given(MARKUP | st.text())
def test_any_text_is_read_and_what_comes_out_is_tidy(html: str) -> None:
    text = plain_text(html)
    assert text == text.strip()
    assert "  " not in text
    assert "\n\n\n" not in text
    assert not set(text) & set("\x00\r\t\x0b\u202e")
    text.encode()


@given(st.lists(st.text("abc é中", min_size=1).filter(str.strip), min_size=1))
def test_every_block_is_a_paragraph(blocks: list[str]) -> None:
    text = plain_text("".join(f"<p>{block}</p>" for block in blocks))
    assert text.split("\n\n") == [" ".join(block.split()) for block in blocks]
