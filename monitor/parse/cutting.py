"""Cuts out of a feed document the items that were read before, so that only what is new in it has to be parsed.

Parsing is what reading feeds costs: milliseconds an item, of which two in forty are new. What lies between `<item>` and
`</item>` (or `<entry>`) is recognised by a hash of its bytes; an item that changed in any way is a new one. Wherever the
document gives reason for doubt it is not cut, and is parsed whole.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.parse.sitemaps import is_sitemap

#: Hexadecimal digits of a block's mark: two blocks of one feed share one by chance about never.
MARK = 16
#: More items than this are not remembered: the document is parsed whole each time it changes.
MOST_BLOCKS = 10_000

#: Where an item begins (the first group), or ends (the second).
_ITEMS = re.compile(rb"<(?:(item|entry)(?=[\s>/])|/(item|entry)\s*>)")
_PAGES = re.compile(rb"<(?:(url)(?=[\s>/])|/(url)\s*>)")
#: What an item is known by, the best first: its id, what it is about (RDF), its page (sitemaps), its link.
_IDENTITIES = (
    re.compile(rb"<(?:guid|id)(?:\s[^>]*)?>\s*(?:<!\[CDATA\[)?\s*(.*?)\s*(?:\]\]>)?\s*</(?:guid|id)\s*>", re.DOTALL),
    re.compile(rb"<item\s[^>]*about\s*=\s*[\"']([^\"']*)"),
    re.compile(rb"<loc>\s*(?:<!\[CDATA\[)?\s*(.*?)\s*(?:\]\]>)?\s*</loc\s*>", re.DOTALL),
    re.compile(rb"<link(?:\s[^>]*)?>\s*(?:<!\[CDATA\[)?\s*(.*?)\s*(?:\]\]>)?\s*</link\s*>", re.DOTALL),
)
#: An id in the plainest form (the group), or anything else that begins like one.
_GUID = re.compile(rb"<(?:guid(?:\s[^>]*)?>([^<]*)</guid\s*>|guid|id)")
#: Pairs that a cut must never part, and that may hide what only looks like an item.
_BRACKETS = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"))


@dataclass(frozen=True, slots=True)
class Cutting:
    """A document without the items seen before, and the marks of all its items but those put off, joined.

    `items`: how many the document holds; `left`: how many are still in `body`; `rest`: how many were put off.
    """

    body: bytes
    marks: str
    items: int
    left: int
    rest: int


def cut(body: bytes, seen: str, most: int = MOST_BLOCKS) -> Cutting | None:
    """Cut the items with a mark in `seen` (the marks of an earlier `Cutting`, joined) out of an XML feed document.

    Of the others the first `most` stay, for feeds put the newest on top; the rest is put off until these are seen.

    None: the document is not to be cut, since its items cannot be told apart for certain.
    """
    blocks = _blocks(body)
    if not blocks or len(blocks) > MOST_BLOCKS or not _telling(body, blocks):
        return None
    marks = [hashlib.blake2b(body[start:end], digest_size=MARK // 2).hexdigest() for start, end in blocks]
    known = {seen[at : at + MARK] for at in range(0, len(seen), MARK)}
    unseen = [at for at, mark in enumerate(marks) if mark not in known]
    stays, rest = set(unseen[:most]), set(unseen[most:])
    gone = [block for at, block in enumerate(blocks) if at not in stays]
    kept = "".join(mark for at, mark in enumerate(marks) if at not in rest)
    return Cutting(_without(body, gone), kept, len(blocks), len(stays), len(rest))


def _blocks(body: bytes) -> list[tuple[int, int]]:
    """Return start and end of every item, or nothing where opening and closing tags do not alternate."""
    # UTF-16 and UTF-32 write tags in other bytes.
    if b"\0" in body:
        return []
    edges = list((_PAGES if is_sitemap(body) else _ITEMS).finditer(body))
    openings, closings = edges[::2], edges[1::2]
    names = {each[1] for each in openings} | {each[2] for each in closings}
    # None among the names: an item begins within another, or ends twice.
    if len(openings) != len(closings) or len(names) != 1 or None in names:
        return []
    return [(first.start(), last.end()) for first, last in zip(openings, closings, strict=True)]


def _telling(body: bytes, blocks: list[tuple[int, int]]) -> bool:
    """Whether every item is whole, none is hidden in a comment, and no two bear one id.

    What a document says twice is judged by looking at all its items together.
    """
    return _whole(body, blocks) and _different(body, blocks)


def _whole(body: bytes, blocks: list[tuple[int, int]]) -> bool:
    if b"!" not in body or b"<!" not in body:  # neither can begin; a single sign is found ten times sooner
        return True
    return all(_balanced(body[start:end]) for start, end in blocks) and _balanced(_without(body, blocks))


def _different(body: bytes, blocks: list[tuple[int, int]]) -> bool:
    if _each_has_its_guid(body, blocks):
        return True
    # One item may hold several ids, one of them that of where it was taken from; which of them counts is for the parser to say.
    items = [body[start:end] for start, end in blocks]
    told = Counter(identity for item in items for identity in _identities(item) or {item})
    return max(told.values()) == 1


def _each_has_its_guid(body: bytes, blocks: list[tuple[int, int]]) -> bool:
    """Whether all is well in the plainest way, and the commonest: one guid an item, all different. A fifth of the cost of the other."""
    stated = list(_GUID.finditer(body))
    if len(stated) != len(blocks) or any(found[1] is None for found in stated):
        return False
    if not all(start < found.start() < end for found, (start, end) in zip(stated, blocks, strict=True)):
        return False
    return len({found[1].strip() for found in stated}) == len(blocks)


def _identities(item: bytes) -> set[bytes]:
    found = ({each.strip() for each in pattern.findall(item)} for pattern in _IDENTITIES)
    return next(filter(None, found), set())


def _balanced(piece: bytes) -> bool:
    return all(piece.count(opening) == piece.count(closing) for opening, closing in _BRACKETS)


def _without(body: bytes, blocks: Iterable[tuple[int, int]]) -> bytes:
    kept, at = [], 0
    for start, end in blocks:
        kept.append(body[at:start])
        at = end
    return b"".join((*kept, body[at:]))
