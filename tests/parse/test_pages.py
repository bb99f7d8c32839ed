"""The text of an article's page: all of the article, and none of what stands around it."""

from pathlib import Path

import pytest

from monitor.core.articles import TEXT
from monitor.parse.extraction import can_extract
from monitor.parse.pages import page

PAGES = Path(__file__).with_name("data") / "pages"
TITLE = "Envoys meet by the lake"
ENVOY = (
    "The American envoy said that security guarantees had been discussed at length, and that a text would be ready"
    " within days. He named no day."
)
SUMMARY = "Delegations from three countries met in Geneva on Monday."

pytestmark = pytest.mark.skipif(not can_extract(), reason="the extra 'fulltext' is not installed")


def stored(name: str) -> bytes:
    return (PAGES / f"{name}.html").read_bytes()


def html(*paragraphs: str, head: str = "") -> str:
    told = "".join(f"<p>{each}</p>" for each in paragraphs)
    return f"<html><head>{head}</head><body><article><h1>{TITLE}</h1>{told}</article></body></html>"


def test_all_of_the_article_is_read() -> None:
    read = page(stored("broadsheet"), "text/html", TITLE, SUMMARY)
    assert read.fault == ""
    assert read.text.split("\n\n") == [
        TITLE,
        "Delegations from three countries met in Geneva on Monday for a new round of talks about the war.",
        ENVOY,
        "A spokesman declined to say who would sign the paper, or when the parliaments would be asked for their consent to it.",
        "What comes next",
        "The next round is planned for Thursday, again in Switzerland, according to three diplomats who asked not to be named.",
    ]


@pytest.mark.parametrize(
    "word",
    [
        "football", "Cricket", "Bitcoin", "Ferry", "Earthquake", "Volcano", "Related", "Champions", "Drought", "Wildfire", "Strike",
        "More on", "plumber", "insurance",
    ],
)  # fmt: skip
def test_what_stands_around_the_article_cannot_match(word: str) -> None:
    assert word not in page(stored("broadsheet"), "text/html", TITLE, SUMMARY).text


def test_boxes_between_the_paragraphs_of_a_page_without_structure_are_left_out() -> None:
    read = page(stored("portal"), "text/html", "Fähre läuft wieder aus", "Die Fähre zwischen den Häfen fährt wieder.")
    assert read.fault == ""
    assert "Schwimmwesten" in read.text
    for word in ("Bundesliga", "Erdbeben", "Rezept", "Impressum", "Politik"):
        assert word not in read.text


@pytest.mark.parametrize(
    ("charset", "content_type", "head"),
    [
        ("utf-8", "text/html", ""),
        ("utf-8", "text/html; charset=iso-8859-1", ""),
        ("windows-1251", "text/html; charset=windows-1251", ""),
        ("windows-1251", "text/html", '<meta charset="windows-1251">'),
        ("koi8-u", "text/html", '<meta http-equiv="Content-Type" content="text/html; charset=koi8-u">'),
        ("utf-16", "text/html", ""),
    ],
)
def test_the_bytes_are_read_as_they_were_written(charset: str, content_type: str, head: str) -> None:
    text = "Делегації зустрілися в Женеві в понеділок, щоб говорити про гарантії безпеки та про кордони."
    body = html(text, text.replace("понеділок", "вівторок"), head=head).encode(charset)
    assert text in page(body, content_type, "Зустріч у Женеві", "Делегації зустрілися в Женеві").text


def test_a_wall_of_consent_is_no_article() -> None:
    fault = page(stored("consent"), "text/html", TITLE, SUMMARY).fault
    assert fault == "the page shows something else: it asks for consent or payment, perhaps"


def test_a_page_that_says_less_than_the_feed_is_no_gain() -> None:
    summary = (
        f"{SUMMARY} An envoy said that security guarantees had been discussed, and that a text would be ready soon."
    )
    assert page(stored("paywall"), "text/html", TITLE, summary).fault == "the page shows less text than the summary"


@pytest.mark.parametrize("body", [b"", b" ", b"<html></html>", b"\x00\xff\xfe", b"<p", b"plain words"])
def test_what_holds_no_article_says_so(body: bytes) -> None:
    assert page(body, "text/html", TITLE, SUMMARY).fault.startswith("the page shows")


def test_what_is_no_page_is_not_read() -> None:
    assert page(b"%PDF-1.7", "application/pdf", TITLE, SUMMARY).fault == "the page is no HTML but application/pdf"


def test_a_title_of_few_words_is_no_evidence_against_a_page() -> None:
    read = page(
        html("Rain fell on the hills all day and into the night.", "It was cold.").encode(), "text/html", "Storm", ""
    )
    assert read.fault == ""


def test_a_very_long_page_is_cut_as_every_text_is() -> None:
    words = [
        f"Delegations met in Geneva and sentence {number} was said about it by someone." for number in range(20_000)
    ]
    read = page(html(*words).encode(), "text/html", TITLE, SUMMARY)
    assert len(read.text) <= TEXT
    assert read.fault == ""


def test_words_of_neighbouring_lines_and_cells_are_not_glued_together() -> None:
    table = "<table><tr><td>Norway</td><td>Sweden</td></tr><tr><td>Iceland</td><td>Finland</td></tr></table>"
    body = html("First line of the statement<br>second line of the statement about the delegations in Geneva.", table)
    text = page(body.encode(), "text/html", TITLE, "").text
    assert "statement second" in text
    assert "NorwaySweden" not in text


def test_a_sentence_stays_though_a_longer_link_to_another_article_stood_behind_it() -> None:
    teaser = '<a href="/ferry">A ferry sinks in the night, and what the harbour master said of it a week later</a>'
    body = html(
        "Delegations met in Geneva on Monday, and parted at night.", f"The mayor named Witkoff. Read also: {teaser}"
    )
    text = page(body.encode(), "text/html", TITLE, SUMMARY).text
    assert "The mayor named Witkoff." in text
    assert "ferry" not in text
