"""Which boxes of a page are no part of its article: newsletters, related stories, what is read most, cards of other articles."""

import re
from collections.abc import Callable, Iterator, Sequence
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
CARD = 300
"""Characters of a card at the most; what is longer tells something, as the parts of a long list do."""
NAMED, LINKED, ROW = 1, 2, 3
"""What the name of a card, and a heading that is a link, weigh; and what those of a row weigh together that shows other articles."""
ARTICLE = 0.5
"""The share of all that a page says from which on a box may be the article, whatever its name."""

_BOXES = frozenset({"div", "section", "aside", "ul", "ol", "form", "p", "nav", "figure", "article"})
_UNREAD = frozenset({"script", "style", "noscript", "template"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def names_aside(name: str) -> bool:
    """Whether one class, or the id, of a box says that it is an aside: by whole words, parted by hyphens or capital letters."""
    words = [each.lower() for each in _WORD.findall(name)]
    if not words or words[0] in STATES or (len(words) > 1 and words[-1] in PARTS):
        return False
    return not ASIDE.isdisjoint(words) or any(pair in ASIDE_PAIRS for pair in pairwise(words))


def asides(page: Any, says_it: Callable[[str], bool]) -> list[Any]:
    """Return the outermost boxes of a page (an element of lxml) that are no part of its article.

    `says_it` tells whether a text says what the feed says of the article: a box that does, and is the larger part of the page, is it.
    """
    said = _said(page)
    larger = said[page] * ARTICLE
    found: list[Any] = []
    waiting = [page]
    while waiting:
        children = list(waiting.pop())
        beside = {box for row in _rows(children, said, larger) for box in row}
        for child in children:
            if child in beside or (_is_aside(child) and not (said[child] >= larger and says_it(text_of(child)))):
                found.append(child)
            else:
                waiting.append(child)
    return found


def _is_aside(box: Any) -> bool:
    return box.tag in _BOXES and any(map(names_aside, _names(box))) and box.find(".//h1") is None


def text_of(box: Any) -> str:
    """Return all text of an element of lxml."""
    return " ".join(box.itertext())


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


def _rows(children: Sequence[Any], said: dict[Any, int], larger: float) -> Iterator[list[Any]]:
    """Yield the rows of cards among the children of an element: boxes side by side, each with a heading and little more.

    Where the larger part of a page are cards that lead nowhere, it is a list, and they are what it tells.
    """
    weights = {child: _weight(child, said) for child in children}
    for is_card, row in groupby(children, lambda each: weights[each] > 0):
        cards = list(row)
        leading = all(weights[each] >= LINKED for each in cards)
        if (
            is_card
            and sum(weights[each] for each in cards) >= ROW
            and (leading or sum(said[each] for each in cards) < larger)
        ):
            yield cards


def _weight(box: Any, said: dict[Any, int]) -> int:
    """Return how much a box looks like a card, 0 where it does not."""
    if (box.tag not in _BOXES and box.tag not in ("li", "a")) or said[box] > CARD:
        return 0
    headings = [each for each in box.iter("h2", "h3", "h4", "h5", "h6") if text_of(each).strip()]
    if len(headings) != 1:
        return 0
    # The box of a grid may hold the card.
    names = [*_names(box), *(name for each in box if len(box) == 1 for name in _names(each))]
    named = any(not CARDS.isdisjoint(each.lower() for each in _WORD.findall(name)) for name in names)
    within = said[headings[0]] == 0 and headings[0].find(".//a") is not None
    linked = within or next(headings[0].iterancestors("a"), None) is not None
    return NAMED * named + LINKED * linked
