"""What of a page is its article, as trafilatura tells it. It is the extra `fulltext`, and used here only."""

from importlib.util import find_spec
from typing import Any

ASIDE = (
    "newsletter",
    "cookie",
    "consent",
    "related",
    "teaser",
    "recommend",
    "read-more",
    "readmore",
    "subscribe",
    "promo",
)
"""Words in the class or id of a box that is no part of the article around it."""


def can_extract() -> bool:
    """Whether the extra is installed."""
    return find_spec("trafilatura") is not None


def extracted(html: str) -> Any:
    """Return the element of lxml that holds the article: `p`, `head`, `item`, `quote`, `cell` and `code`, with links as `ref`; or None.

    Only where `can_extract`. The first call takes most of a second, and 40 MB of its process for good.
    """
    from trafilatura import bare_extraction

    if not html.strip():
        return None
    found: Any = bare_extraction(
        html, fast=True, include_comments=False, include_links=True, include_tables=True, prune_xpath=[_ASIDES]
    )
    return None if found is None else found.body


def _named(word: str) -> str:
    lower = "translate({}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
    return " or ".join(f"contains({lower.format(each)}, '{word}')" for each in ("@class", "@id"))


# Not a box that holds the article: a body of class "has-newsletter" is no newsletter.
_BOXES = " or ".join(f"self::{each}" for each in ("div", "section", "aside", "ul", "ol", "form", "p", "nav", "figure"))
_WHOLE = "not(descendant::article) and not(descendant::h1) and not(self::*[count(descendant::p) > 6])"
_ASIDES = f"//*[{_BOXES}][{' or '.join(map(_named, ASIDE))}][{_WHOLE}]"
