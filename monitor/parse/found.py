"""Reads single fields of what feedparser found, as plain text of bounded size."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from monitor.core.articles import NAME, TITLE, cut
from monitor.core.text import one_line, plain_text
from monitor.parse.limits import bounded_tags, bounded_text, bounded_title
from monitor.parse.links import as_stated, resolved, web_url

#: feedparser's mapping. Its own `get` answers for absent keys with the values of others, hence `dict.get` throughout.
Found = dict[str, Any]

_PLAIN = "text/plain"
_TEXTUAL = frozenset({"", _PLAIN, "text/html", "application/xhtml+xml"})
#: Kinds of links that lead readers somewhere, the best first.
_LINKS = ("alternate", "via", "related", "enclosure")
_REGISTRY = "http://www.iana.org/assignments/relation/"  # relations may be written out in full (RFC 4287, 4.2.7.2)
_ENTITY = re.compile(r"&#?\w+;")
_NAME_OF_ADDRESS = re.compile(r"\S+@\S+\s*\(([^()]+)\)|([^<>]+?)\s*<[^<>]*@[^<>]*>")


def stated(found: Found, key: str) -> str:
    """Return the text under a key, "" where there is none."""
    value = dict.get(found, key)
    return value if isinstance(value, str) else ""


def title(found: Found, *, atom: bool) -> str:
    """Return the title on one line, without markup.

    An Atom title of type text says what it says. RSS knows no types, and its titles are often encoded twice.
    """
    raw = stated(found, "title")[: TITLE * 4]
    if _kind(dict.get(found, "title_detail")) != _PLAIN:
        return bounded_title(plain_text(raw))
    return bounded_title(unescape(raw) if not atom and _ENTITY.search(raw) else raw)


def texts(found: Found) -> tuple[str, str]:
    """Return summary and body as plain text; the body is "" where it says nothing beyond the summary."""
    raw = stated(found, "summary")
    contents = [each for each in dict.get(found, "content") or () if _kind(each) in _TEXTUAL]
    longest: Found = max(contents, key=lambda each: len(stated(each, "value")), default={})
    content = stated(longest, "value")
    summary = bounded_text(raw, html=_kind(dict.get(found, "summary_detail") or longest) != _PLAIN)
    if not content or content == raw:
        return summary, ""
    body = bounded_text(content, html=_kind(longest) != _PLAIN)
    return (body, "") if not summary else (summary, "" if body == summary else body)


def link(found: Found, base: str) -> str:
    """Return the address of the entry's own page: the link, else an alternate one, else an id that is one.

    A relative one counts from `base`.
    """
    others = (address for kind in _LINKS for relation, address in _links(found) if relation == kind)
    candidates = (stated(found, "feedburner_origlink"), stated(found, "link"), *others)
    address = next(filter(None, (resolved(base, as_stated(each)) for each in candidates)), "")
    return address or web_url(identity(found))


def identity(found: Found) -> str:
    """Return the id of an entry as it stands in the document, wherever that came from."""
    return as_stated(stated(found, "id") or stated(found, "dc_identifier"))


def own_address(found: Found, base: str) -> str:
    """Return where a feed says that it is itself (Atom's `self`)."""
    return next((resolved(base, as_stated(address)) for relation, address in _links(found) if relation == "self"), "")


def _links(found: Found) -> Iterator[tuple[str, str]]:
    """Yield relation and address of each link; one of Atom is a link too where its prefix was never declared."""
    stray = dict.get(found, "atom_link")
    for each in (*(dict.get(found, "links") or ()), *([stray] if isinstance(stray, dict) else ())):
        yield stated(each, "rel").removeprefix(_REGISTRY), stated(each, "href")


def authors(found: Found, *, atom: bool) -> str:
    """Return the authors' names. In RSS an author is "address (name)" by the book, and any text in practice."""
    if atom:
        names = (one_line(stated(each, "name")) for each in (dict.get(found, "authors") or ())[:10])
        return cut(", ".join(dict.fromkeys(filter(None, names))), NAME)
    author = one_line(stated(found, "author")[: NAME * 4])
    named = _NAME_OF_ADDRESS.fullmatch(author)
    return cut((named[1] or named[2]).strip() if named else author, NAME)


def publisher(found: Found) -> str:
    """Return the name of whose entry this is where an aggregator lists it: RSS and Atom `source`."""
    source = dict.get(found, "source")
    return cut(one_line(plain_text(stated(source, "title")[: NAME * 4])), NAME) if isinstance(source, dict) else ""


def languages(found: Found) -> Iterator[str]:
    """Yield the language tags that an entry's texts carry, most telling first."""
    for each in (
        *(dict.get(found, "content") or ()),
        dict.get(found, "summary_detail"),
        dict.get(found, "title_detail"),
    ):
        yield stated(each or {}, "language")


def tags(found: Found) -> tuple[str, ...]:
    """Return the categories as people read them: label, else term."""
    return bounded_tags(stated(each, "label") or stated(each, "term") for each in dict.get(found, "tags") or ())


def _kind(detail: Found | None) -> str:
    return stated(detail or {}, "type")
