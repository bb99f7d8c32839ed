"""Boxes around an article are known by whole words of their names, and none of them takes the article along."""

import pytest

from monitor.parse.asides import names_aside
from monitor.parse.extraction import can_extract
from monitor.parse.pages import page

TITLE = "Envoys meet by the lake"
SUMMARY = "Delegations from three countries met in Geneva on Monday."
OPENING = "Delegations from three countries met in Geneva on Monday for a new round of talks about the war."
GUARANTEES = (
    "The envoy said that security guarantees had been discussed at length, and that a text would be ready soon."
)
THURSDAY = "The next round is planned for Thursday, again by the lake, according to three diplomats who were there."
ARTICLE = f"<p>{OPENING}</p><p>{GUARANTEES}</p><p>{THURSDAY}</p>"
FERRY = "A ferry has sunk off the coast in the night, and dozens of people who were aboard are missing."

needs_extra = pytest.mark.skipif(not can_extract(), reason="the extra 'fulltext' is not installed")


def read(inside: str) -> str:
    """Return the text of a page of such a body, which is to be taken for the article's."""
    found = page(f"<html><body>{inside}</body></html>".encode(), "text/html; charset=utf-8", TITLE, SUMMARY)
    assert found.fault == ""
    return found.text


@pytest.mark.parametrize(
    "name",
    [
        "related", "related-box", "article__related", "c-related-links", "inline-newsletter", "newsletterSignup", "NEWSLETTER",
        "cookie-banner", "cookie_wall", "teaser", "teaser-list", "promo", "promo-box", "readMore", "read-more", "read_also",
        "most-read", "mostRead", "popular", "popular-stories", "trending", "trending_now", "recommended-articles", "subscribe-box",
        "related-content",
    ],
)  # fmt: skip
def test_names_of_asides(name: str) -> None:
    assert names_aside(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "-", "subscribed-content", "promoted-story", "unrelated", "teaser-body", "cookieless", "has-related-links", "is-promo",
        "no-cookies", "with-newsletter", "correlated", "subscriber-only", "popularity", "tag-cookies", "category-newsletter",
        "read", "more", "most", "already-read-moreover", "article-body", "story-text",
    ],
)  # fmt: skip
def test_names_that_only_look_like_it(name: str) -> None:
    assert not names_aside(name)


@needs_extra
@pytest.mark.parametrize(
    "name",
    [
        "subscribed-content", "promoted-story", "unrelated", "teaser-body", "cookieless", "has-related-links", "promo", "teaser",
        "related", "newsletter",
    ],
)  # fmt: skip
@pytest.mark.parametrize("tag", ["div", "section"])
def test_an_article_is_read_whatever_the_box_is_called_that_holds_it(name: str, tag: str) -> None:
    text = read(
        f'<h1>{TITLE}</h1><{tag} class="wide {name}">{ARTICLE}</{tag}><div id="comments"><p>Well done.</p></div>'
    )
    assert GUARANTEES in text
    assert THURSDAY in text


@needs_extra
def test_an_article_in_many_boxes_with_the_name_of_an_aside_is_read() -> None:
    boxes = "".join(f'<div class="promo">{each}</div>' for each in ARTICLE.split("\n"))
    split = "".join(f'<div class="promo"><p>{each}</p></div>' for each in (OPENING, GUARANTEES, THURSDAY))
    assert GUARANTEES in read(f"<h1>{TITLE}</h1>{boxes}")
    assert GUARANTEES in read(f"<h1>{TITLE}</h1>{split}")


@needs_extra
@pytest.mark.parametrize(
    "aside",
    [
        f'<section class="most-read"><h2>Most read</h2><p>{FERRY}</p></section>',
        f'<div id="popular"><h3>Popular</h3><p>{FERRY}</p></div>',
        f'<div class="c-trending"><h3>Trending</h3><p>{FERRY}</p></div>',
        f'<div class="related"><article><h3>Ferry sinks</h3><p>{FERRY}</p></article></div>',
        f'<div class="related-box"><div class="related-body"><p>{FERRY}</p></div></div>',
        '<div class="grid">' + f'<div class="card"><h3>Ferry sinks</h3><p>{FERRY[:50]}</p></div>' * 3 + "</div>",
        '<ul class="grid">' + f'<li class="news-card"><h4>Ferry sinks</h4><p>{FERRY[:50]}</p></li>' * 3 + "</ul>",
        '<div class="row">' + f'<div class="c4"><div class="card"><h3>Ferry sinks</h3><p>{FERRY[:40]}</p></div></div>' * 3 + "</div>",
        f'<div class="card"><h3><a href="/ferry">Ferry sinks</a></h3><p>{FERRY}</p></div>',
        f'<div class="wide"><h3><a href="/ferry">Ferry sinks</a></h3><p>{FERRY}</p></div>' * 2,
        f'<div class="wide"><a href="/ferry"><h3>Ferry sinks</h3></a><p>{FERRY}</p></div>' * 8,
        f'<div class="most-read">{f"<p>{FERRY}</p>" * 8}</div>',
        '<p>Nobody signed. Read also: <a href="/ferry">Ferry sinks in the night</a></p>',
        f'<p>Read also: the <a href="/ferry">loss of a ship</a> in the night: {FERRY}</p>',
        f'<p>Lesen Sie auch: {FERRY} Mehr im <a href="/ferry">Bericht</a>.</p>',
    ],
)  # fmt: skip
def test_what_leads_to_other_articles_cannot_match(aside: str) -> None:
    text = read(f"<article><h1>{TITLE}</h1><p>{OPENING}</p><p>{GUARANTEES}</p>{aside}<p>{THURSDAY}</p></article>")
    assert "ferry" not in text.lower()
    assert "Ferry" not in text
    assert THURSDAY in text


@needs_extra
@pytest.mark.parametrize(
    "part",
    [
        '<div class="card"><h2>The ferry</h2><p>{0}</p></div>',
        '<div class="card"><h2>The ferry</h2><p>{0}</p></div><div class="card"><h2>The quay</h2><p>{0}</p></div>',
        '<div class="card"><h2>The ferry</h2><p>{0}{0}{0}{0}</p></div>' * 4,
        '<div class="card"><p>{0}</p></div>' * 4,
        '<p>Read more than the first page of <a href="/ferry">the report</a>, he asked: {0}</p>',
        '<div class="wide"><h3><a href="/ferry">The ferry</a></h3><p>{0}</p></div>',
        '<div class="wide"><h3><a href="/ferry">The ferry</a></h3><p>{0}{0}{0}{0}</p></div>' * 3,
        '<div class="wide"><h3>The ferry</h3><p>{0}</p></div>' * 3,
        '<p>See how <a href="#ferry">the ferry</a> was lost. {0}</p>',
        '<p><a href="/ferry">The ferry</a> had been on their minds. {0}</p>',
    ],
)
def test_what_only_looks_like_it_is_kept(part: str) -> None:
    body = f"<article><h1>{TITLE}</h1>{ARTICLE}{part.format(FERRY)}<p>{THURSDAY}</p></article>"
    assert FERRY in read(body)


@needs_extra
def test_a_list_of_cards_that_is_the_article_is_read() -> None:
    card = '<div class="card"><h2>Place {0}</h2><p>In place {0} the delegations dined, and praised what came from the lake.</p></div>'
    text = read(f"<article><h1>{TITLE}</h1><p>{OPENING}</p>{''.join(map(card.format, range(12)))}</article>")
    assert "In place 11" in text


@needs_extra
def test_what_a_wall_of_payment_leaves_is_not_made_up_for_by_what_stands_around_it() -> None:
    cards = f'<div class="related"><h3>Ferry sinks</h3><p>{FERRY}</p></div>' * 5
    body = f"<html><body><article><h1>{TITLE}</h1><p>Delegations met in Geneva.</p></article>{cards}</body></html>"
    found = page(body.encode(), "text/html", TITLE, SUMMARY)
    assert "ferry" not in found.text
    assert found.fault == "the page shows less text than the summary"
