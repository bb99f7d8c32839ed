"""What of a page is its article, as trafilatura tells it. It is the extra `fulltext`, and used here only."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from monitor.parse.asides import asides, text_of


def can_extract() -> bool:
    """Whether the extra is installed."""
    return find_spec("trafilatura") is not None


@dataclass(frozen=True, slots=True)
class Extracted:
    """The element of lxml that holds the article, or None: `p`, `head`, `item`, `quote`, `cell` and `code`, with links as `ref`.

    `beside` is all that stands in boxes that were left out.
    """

    body: Any
    beside: str = ""


def extracted(html: str, says_it: Callable[[str], bool] | None = None) -> Extracted:
    """Return what of a page is its article. Without `says_it` (see `asides`) nothing is left out for its name.

    Only where `can_extract`. The first call takes most of a second, and 40 MB of its process for good.
    """
    from trafilatura import bare_extraction
    from trafilatura.utils import load_html

    page = load_html(html) if html.strip() else None
    if page is None:
        return Extracted(None)
    boxes = asides(page, says_it) if says_it else []
    beside = " ".join(map(text_of, boxes))
    for box in boxes:
        box.drop_tree()
    found: Any = bare_extraction(page, fast=True, include_comments=False, include_links=True, include_tables=True)
    return Extracted(None if found is None else found.body, beside)
