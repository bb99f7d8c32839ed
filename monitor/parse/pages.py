"""The text of an article's page: what it says, without menus, teasers, banners and footers. Needs the extra `fulltext`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from w3lib.encoding import html_to_unicode

from monitor.core.articles import TEXT, cut
from monitor.core.text import one_line
from monitor.parse.encoding import is_utf8
from monitor.parse.extraction import extracted
from monitor.parse.judging import Told
from monitor.parse.teasers import is_teaser, without_teaser

LONGEST = 3_000_000
"""Characters of a page that are looked at."""
LINKED = 0.5
"""The share of a paragraph from which on it is taken for links to other articles."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says: paragraphs parted by a blank line; or, where that is not the article's text, why not."""

    text: str
    fault: str = ""


def page(body: bytes, content_type: str, title: str, summary: str) -> Page:
    """Return the text of the page of an article, of which its feed says title and summary. Only where `extraction.can_extract`.

    A page that says less than the feed, or something else (a wall of consent or payment), is at fault. The text is cut as every
    article's is.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind and "html" not in kind and kind not in ("text/plain", "application/octet-stream"):
        return Page("", f"the page is no HTML but {kind[:40]}")
    html, told = _decoded(body, content_type)[:LONGEST], Told(title, summary)
    found = extracted(html, told.is_said_by)
    text = _text(found.body)
    fault = told.fault(text)
    # A box may be named as an aside and hold the article: where what is left says nothing of it, and the boxes do.
    if fault and told.says_more(found.beside, text):
        text = _text(extracted(html).body)
        fault = told.fault(text)
    return Page(text, fault)


def _decoded(body: bytes, content_type: str) -> str:
    """Return the page as text, by its bytes where they are UTF-8, else as header or meta say."""
    stated = "text/html; charset=utf-8" if is_utf8(body) else content_type
    _, text = html_to_unicode(stated, body, default_encoding="cp1252")
    return text


def _text(body: Any) -> str:
    return "" if body is None else cut("\n\n".join(_kept(_blocks(body))), TEXT)


_BLOCKS = ("p", "head", "item", "quote", "cell", "code")


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, what of it are links to other pages, and whether it is a heading."""

    text: str
    links: tuple[str, ...]
    heading: bool

    @property
    def leads_away(self) -> bool:
        return sum(map(len, self.links)) > len(self.text) * LINKED or is_teaser(self.text, self.links)


def _blocks(body: Any) -> Iterator[_Block]:
    """Yield the paragraphs of what was found."""
    for element in body.iter("lb", *_BLOCKS):
        # Words on both sides of a line's end are no one word.
        element.text, element.tail = f" {element.text or ''}", f" {element.tail or ''}"
    for element in body.iter(*_BLOCKS):
        if any(each.tag in _BLOCKS for each in element.iterancestors()):
            continue
        links = tuple(_links(element))
        whole = one_line("".join(element.itertext()))
        text = without_teaser(whole, links)
        if text:
            # The link that was cut off says nothing of what is left.
            yield _Block(text, links if text == whole else links[:-1], element.tag == "head")


def _links(element: Any) -> Iterator[str]:
    """Yield what the links to other pages say; one to a place of the same page is a note, or a chapter."""
    for each in element.iter("ref"):
        said = one_line("".join(each.itertext()))
        if said and not each.get("target", "").startswith("#"):
            yield said


def _kept(blocks: Iterable[_Block]) -> list[str]:
    """Return the paragraphs that do not lead away, without headings that nothing follows."""
    kept: list[_Block] = []
    for each in blocks:
        if each.leads_away:
            _drop_headings(kept)
        else:
            kept.append(each)
    _drop_headings(kept)
    return [each.text for each in kept]


def _drop_headings(kept: list[_Block]) -> None:
    """Take away the headings at the end, but for the first of all: that of the article itself."""
    while len(kept) > 1 and kept[-1].heading:
        kept.pop()
