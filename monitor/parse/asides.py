"""Which boxes of a page are no part of its article: newsletters, related stories, what is read most, cards of other articles."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

ASIDE = frozenset(
    {
        "newsletter", "newsletters", "cookie", "cookies", "consent", "related", "teaser", "teasers", "recommend", "recommended",
        "recommendation", "recommendations", "recirculation", "readmore", "readalso", "mostread", "subscribe", "promo", "promos",
        "popular", "trending",
    }
)  # fmt: skip
"""Words in the class or id of a box that is no part of the article around it."""
ASIDE_PAIRS = frozenset(
    {
        ("read", "more"), ("read", "also"), ("read", "next"), ("see", "also"), ("most", "read"), ("most", "viewed"),
        ("more", "stories"), ("more", "news"), ("more", "articles"),
    }
)  # fmt: skip
"""The same, said in two."""
STATES = frozenset({"has", "is", "with", "without", "no", "not", "non", "hide", "show", "tag", "category", "topic"})
"""First words of a name that tells what is so with a box, or what it is about, not what it is: `has-related-links`, `tag-cookies`."""
PARTS = frozenset({"body", "text", "main", "page"})
"""Last words of a name that is of a part, `teaser-body`: where all of the box is an aside, the box around it says so."""
CARDS = frozenset({"card", "cards", "tile"})
ROW = 3
"""Cards from which on a row of them shows other articles."""
CARD = 300
"""Characters of a card at the most; what is longer tells something, as the parts of a long list do."""
ARTICLE = 0.5
"""The share of all that a page says from which on a box is taken for the article, whatever its name."""

_BOXES = frozenset({"div", "section", "aside", "ul", "ol", "form", "p", "nav", "figure", "article"})
_UNREAD = frozenset({"script", "style", "noscript", "template"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def names_aside(name: str) -> bool:
    """Whether one class, or the id, of a box says that it is an aside: by whole words, parted by hyphens or capital letters."""
    words = [each.lower() for each in _WORD.findall(name)]
    if not words or words[0] in STATES or (len(words) > 1 and words[-1] in PARTS):
        return False
    return not ASIDE.isdisjoint(words) or any(pair in ASIDE_PAIRS for pair in pairwise(words))


def asides(page: Any) -> list[Any]:
    """Return the outermost boxes of a page (an element of lxml) that are no part of its article."""
    said = _said(page)
    article = said[page] * ARTICLE
    found: list[Any] = []
    waiting = [page]
    while waiting:
        children = list(waiting.pop())
        beside = {box for row in _rows(children, said) if sum(said[each] for each in row) < article for box in row}
        for child in children:
            named = child.tag in _BOXES and any(map(names_aside, _names(child)))
            if child in beside or (named and said[child] < article and child.find(".//h1") is None):
                found.append(child)
            else:
                waiting.append(child)
    return found


def _said(page: Any) -> dict[Any, int]:
    """Return how many characters each element of a page says, links not counted: what a menu says is little."""
    said: dict[Any, int] = {}
    for element in reversed(list(page.iter())):
        silent = not isinstance(element.tag, str) or element.tag == "a" or element.tag in _UNREAD
        inner = len((element.text or "").strip()) + sum(said[each] + len((each.tail or "").strip()) for each in element)
        said[element] = 0 if silent else inner
    return said


def _names(box: Any) -> Iterator[str]:
    yield from box.get("class", "").split()
    yield box.get("id", "")


def _rows(children: Sequence[Any], said: dict[Any, int]) -> Iterator[list[Any]]:
    """Yield the rows of cards among the children of an element: boxes side by side, each with a heading and little more."""
    for is_card, row in groupby(children, lambda each: _is_card(each, said)):
        cards = list(row)
        if is_card and len(cards) >= ROW:
            yield cards


def _is_card(box: Any, said: dict[Any, int]) -> bool:
    if box.tag not in _BOXES and box.tag not in ("li", "a"):
        return False
    named = any(not CARDS.isdisjoint(each.lower() for each in _WORD.findall(name)) for name in _names(box))
    return named and said[box] <= CARD and any(box.find(f".//h{level}") is not None for level in range(2, 7))
