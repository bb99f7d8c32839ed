"""Stories as entries of an Atom feed (RFC 4287), and such a feed as text that is taken up again when more comes.

An entry begins and ends on lines of its own, and what it says has neither `<` nor line breaks: so the entries that a feed
already has are found without a parser, and kept byte for byte.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

LONGEST_TEXT = 2_000  # characters
LONGEST_NAME = 240  # of a title, an outlet's and a rule's name
MOST_RULES = 10
MOST_COPIES = 5

# What XML 1.0 cannot hold, what breaks a line, and what turns the direction of what follows.
_UNFIT = re.compile(
    r"[\x00-\x20\x7f-\xa0\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]+"
)
_NOT_IRI = re.compile(r'[ <>"{}|\\^`]')
_ENTRY = re.compile(r"<entry>\n<id>([^<]*)</id>\n<updated>[^<]*</updated>\n.*?\n</entry>\n", re.DOTALL)
_UPDATED = re.compile(r"<updated>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)</updated>")


def lasting_id(*names: str) -> str:
    """Return an id that is equal for equal names, in every feed and for ever."""
    return uuid5(NAMESPACE_URL, "presswatch:" + "/".join(map(_line, names))).urn


def entry(story: Mapping[str, Any], id: str, made: str) -> str:
    """Return a story, as programs are told it, as an entry. `made`: when its edition was made, in RFC 3339."""
    outlet = _line(story["outlet"]) or "Presswatch"
    # An entry without a link needs content (RFC 4287, 4.1.2).
    text = "summary" if story["url"] else "content"
    parts = (
        "<entry>",
        _element("id", id),
        _element("updated", made),
        _element("published", story["published"]),
        _element("title", _line(story["title"]) or "(no title)"),
        *_links(story),
        f"<author>{_element('name', outlet)}</author>",
        *(_category(each) for each in story["rules"][:MOST_RULES]),
        f"<source>{_element('title', outlet)}</source>",
        _element(text, _line(f"{_line(story['excerpt'], LONGEST_TEXT)} {_why(story)}", 2 * LONGEST_TEXT)),
        "</entry>\n",
    )
    return "\n".join(parts)


def document(id: str, title: str, updated: str, new: Mapping[str, str], before: str, most: int) -> str:
    """Return a feed with the entries `new`, by their ids, and those of the feed `before`: the newest `most`, newest first.

    An entry that was there is replaced where it stood, so what is written twice makes the same feed as what is written once.
    """
    old = {found[1]: found[0] for found in _ENTRY.finditer(before)}
    merged = {
        **{each: new[each] for each in new if each not in old},
        **{each: new.get(each, old[each]) for each in old},
    }
    newest = sorted(merged.values(), key=_updated, reverse=True)
    parts = (
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        _element("id", id),
        _element("updated", max(updated, _updated(before))),
        _element("title", _line(title)),
        _element("generator", "Presswatch"),
        "<author><name>Presswatch</name></author>\n",
    )
    return "\n".join(parts) + "".join(newest[:most]) + "</feed>\n"


def _updated(text: str) -> str:
    """Return when an entry or a feed changed last; "" where it does not say."""
    found = _UPDATED.search(text)
    return found[1] if found else ""


def _links(story: Mapping[str, Any]) -> Iterable[str]:
    copies = islice((each for each in story["copies"] if each["url"]), MOST_COPIES)
    if story["url"]:
        yield f"<link href={_href(story['url'])}/>"
    yield from (f'<link rel="related" href={_href(each["url"])} title={_quoted(each["outlet"])}/>' for each in copies)


def _category(rule: Mapping[str, Any]) -> str:
    return f"<category term={_quoted(rule['id'])} label={_quoted(rule['title'])}/>"


def _why(story: Mapping[str, Any]) -> str:
    """Return which rules an article matched, and by which words."""
    told = [_reason(each) for each in story["rules"][:MOST_RULES]]
    return f"[{'; '.join(told)}]" if told else ""


def _reason(rule: Mapping[str, Any]) -> str:
    words: Sequence[str] = rule["words"]
    what = " ".join(part for part in (", ".join(words), rule["where"], rule.get("wave", "")) if part)
    return f"{rule['title']}: {what}" if what else str(rule["title"])


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _href(url: str) -> str:
    """Return an address as an attribute; what no address can hold is percent-encoded (RFC 3987, 3.1)."""
    return quoteattr(_NOT_IRI.sub(lambda found: f"%{ord(found[0]):02X}", _UNFIT.sub(" ", url).strip()))


def _quoted(text: str) -> str:
    return quoteattr(_line(text))


def _line(text: str, longest: int = LONGEST_NAME) -> str:
    """Return text on one line, of nothing but what XML can hold; a longer one ends in an ellipsis."""
    line = " ".join(_UNFIT.sub(" ", text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
