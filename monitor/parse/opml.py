"""Lists of feeds in OPML: read however broken they are, so that no feed in them is lost, and written so that nothing is.

Of 118 lists that people had shared, 80 were not well-formed XML: bare `&` above all, and whole pieces of HTML, quotes and all, within an
attribute. Hence no parser of XML or HTML, which would stop at the first slip or take it for the end of the tag: each `<outline` is looked through
for what is needed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from xml.sax.saxutils import escape, quoteattr

from monitor.core.text import one_line
from monitor.parse.comments import without_comments
from monitor.parse.encoding import is_utf8

LARGEST = 50 << 20
"""Bytes of a list."""
MOST = 200_000
"""Feeds of a list."""
DEEPEST = 20
"""Folders in one another; those further in count as the last."""
OWN = "https://presswatch.example/opml"
"""The name of our own attributes, in which what OPML has no word for is kept."""

_NAME = 1000
_LONGEST_TAG = 8000
# What follows an outline's name up to the next tag that concerns us.
_TAGS = re.compile(
    r"</outline\s*>|<outline(?=[\s/>])([^<]*(?:<(?!/?outline[\s/>]|/body)[^<]*)*)",
    re.IGNORECASE | re.DOTALL,
)
# A quote ends a value only where another attribute or the tag's end follows.
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:(["'])(.*?)\2(?=\s+[\w:.-]+\s*=|\s*/?>)|([^\s"'>]+))""", re.DOTALL)
_TAG = 64
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]{1,40})")
_UNFIT = re.compile(r"[^\w.-]+")
_OWN = ("id", "every", "weight", "fulltext")


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of a list. `tags` are the folders that it lies in and its categories, as words; `site` is the page it belongs to.

    `id`, `every`, `weight` and `full_text` are our own and "" where another program wrote the list; `line` is where it stands.
    """

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    site: str = ""
    id: str = ""
    every: str = ""
    weight: str = ""
    full_text: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class FeedList:
    """What a list holds. `links` are lists that it only refers to; `warnings` are sentences for the person who imports it."""

    outlines: tuple[Outline, ...]
    links: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read_opml(body: bytes) -> FeedList:
    """Return the feeds of an OPML list, in its order. Never raises: what is no list holds none."""
    reader = _Reader()
    reader.read(without_comments(_text(body[:LARGEST])))
    warnings = [*reader.warnings]
    if len(body) > LARGEST:
        warnings.append(f"the list is over {LARGEST >> 20} MB; what is beyond was not read")
    return FeedList(tuple(reader.outlines[:MOST]), tuple(reader.links), tuple(warnings))


def write_opml(outlines: Iterable[Outline], title: str) -> str:
    """Return an OPML 2.0 list of feeds that reads as it was written."""
    lines = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        f'<opml version="2.0" xmlns:presswatch="{OWN}">',
        f"  <head><title>{escape(title)}</title></head>",
        "  <body>",
        *(f"    <outline {_attributes(each)}/>" for each in outlines),
        "  </body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


def word(name: str) -> str:
    """Return a folder's name as a word that rules can use: "World & Europe" is world-europe; "" where nothing is left."""
    return _UNFIT.sub("-", one_line(name).lower()).strip("-._")[:_TAG].rstrip("-._")


def _attributes(outline: Outline) -> str:
    own = {"id": outline.id, "every": outline.every, "weight": outline.weight, "fullText": outline.full_text}
    told = {
        "type": "rss",
        "text": outline.title or outline.id or outline.url,
        "title": outline.title,
        "xmlUrl": outline.url,
        "htmlUrl": outline.site,
        "category": ",".join(outline.tags),
        **{f"presswatch:{name}": value for name, value in own.items()},
    }
    return " ".join(f"{name}={quoteattr(value)}" for name, value in told.items() if value)


def _text(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    stated = _ENCODING.search(body[:500])
    encoding = "utf-8" if is_utf8(body) or not stated else stated[1].decode("ascii")
    try:
        return body.removeprefix(b"\xef\xbb\xbf").decode(encoding, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


class _Reader:
    """Collects outlines as they come; an outline without an address is a folder of what follows inside it."""

    def __init__(self) -> None:
        self.outlines: list[Outline] = []
        self.links: list[str] = []
        self.warnings: list[str] = []
        self._folders: list[str] = []
        self._line = 1

    def read(self, text: str) -> None:
        """Take every outline of a document."""
        at = 0
        for tag in _TAGS.finditer(text):
            self._line += text.count("\n", at, tag.start())
            at = tag.start()
            if tag[0].startswith("</"):
                if self._folders:
                    self._folders.pop()
            else:
                self._open(tag[1], closed=tag[1].rstrip().endswith("/>"))

    def _open(self, inside: str, *, closed: bool) -> None:
        told = _told(inside)
        self._take(told)
        if not closed and len(self._folders) < DEEPEST:
            self._folders.append("" if _address(told) else _label(told))

    def _take(self, told: dict[str, str]) -> None:
        address = _address(told)
        if told.get("type", "").lower() in ("link", "include"):
            self.links += [address] if address else []
        elif address and len(self.outlines) < MOST:
            self.outlines.append(self._outline(told, address))
        elif address and len(self.warnings) == 0:
            self.warnings.append(f"line {self._line}: the list holds over {MOST:,} feeds; the rest was not read")

    def _outline(self, told: dict[str, str], address: str) -> Outline:
        categories = (part for each in told.get("category", "").split(",") for part in each.split("/"))
        tags = (word(each) for each in (*self._folders, *categories))
        own = {name: told.get(f"presswatch:{name}", "")[:_NAME] for name in _OWN}
        return Outline(
            address,
            _label(told) if told.get("title") or not own["id"] else "",
            tuple(dict.fromkeys(filter(None, tags))),
            told.get("htmlurl", "")[:_NAME],
            own["id"],
            own["every"],
            own["weight"],
            own["fulltext"],
            self._line,
        )


def _told(inside: str) -> dict[str, str]:
    """Return the attributes of a tag, whatever else is in it; the first of a name counts."""
    found = (
        (name.lower(), one if quote else other) for name, quote, one, other in _ATTRIBUTE.findall(inside[:_LONGEST_TAG])
    )
    told: dict[str, str] = {}
    for name, value in found:
        told.setdefault(name, unescape(value).strip())
    return told


def _address(told: dict[str, str]) -> str:
    return next((told[name] for name in ("xmlurl", "url", "feedurl") if told.get(name)), "")


def _label(told: dict[str, str]) -> str:
    return one_line(told.get("title") or told.get("text") or "")[:_NAME]
