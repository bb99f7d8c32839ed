"""HTML to plain text, aware of blocks. One pass over the markup: linear in its length, whatever stands in it."""

import re
from collections.abc import Iterator
from html import unescape

from monitor.core.text.cleaning import single_spaced, tidy

MOST_MARKUP = 4_000_000
"""Characters of markup that are read; what lies beyond is cut."""

PARAGRAPH = "\n\n"
LINE = "\n"

_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form"
    "|h[1-6]|head|header|hgroup|hr|html|legend|li|main|menu|nav|ol|option|p|pre|section|select|summary|table|tbody|td|tfoot|th|thead"
    "|title|tr|ul"
)
"""The elements that a browser sets on lines of their own, and the cells of tables."""
_UNREAD = {
    name: re.compile(rf"</{name}\b", re.IGNORECASE)
    for name in ("iframe", "math", "noscript", "object", "script", "style", "svg", "template")
}
"""Elements whose content is not for reading, and how they end."""
_NO_TEXT = frozenset({"script", "style"})
"""Those that hold no language at all: where one never closes, the rest is lost."""
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]*)")
_QUOTE_OR_END = re.compile(r""">|=\s*(["'])""")
# int() refuses more than 4,300 digits, and the library's unescape does not expect that.
_HUGE_REFERENCE = re.compile(r"&#\d{10,};?")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")


def plain_text(html: str) -> str:
    """Return the text of `html`: blocks parted by a blank line, `<br>` by a newline, entities decoded, spaces single.

    Text without any tag keeps its blank lines. Never raises; time is linear in the length.
    """
    html = html[:MOST_MARKUP]
    text = "".join(_pieces(html)) if _MARKUP.search(html) else PARAGRAPH.join(map(_read, _BLANK_LINE.split(html)))
    return _parted(text).strip()


def _pieces(html: str) -> Iterator[str]:
    """Yield the text between the tags, and a break for each tag that makes one."""
    start, tag = 0, html.find("<")
    open_ended: set[str] = set()
    while tag >= 0:
        end, parted = _markup(html, tag, open_ended)
        if end > tag:
            yield _read(html[start:tag])
            yield parted
            start = end
        tag = html.find("<", max(end, tag + 1))
    yield _read(html[start:])


def _markup(html: str, at: int, open_ended: set[str]) -> tuple[int, str]:
    """Return where the markup at `at` ends, and what it puts into the text; the end is `at` where it is only a sign.

    `open_ended` collects what is known to have no end further on, so that nobody looks for it twice.
    """
    tag = _TAG.match(html, at)
    if not tag:
        return _declaration(html, at, open_ended), ""
    name = tag[1].lower()
    end = _tag_end(html, tag.end())
    if name in _UNREAD and html[at + 1] != "/" and name not in open_ended:
        if closing := _UNREAD[name].search(html, end):
            return _tag_end(html, closing.end()), " "
        if name in _NO_TEXT:
            return len(html), " "
        # One that never closes is a slip of the author's; the story behind it is still to be read.
        open_ended.add(name)
    if name == "br":
        return end, LINE
    return end, PARAGRAPH if _BLOCKS.fullmatch(name) else ""


def _declaration(html: str, at: int, open_ended: set[str]) -> int:
    """Return the end of a comment, declaration or processing instruction at `at`; a comment that never closes ends with its tag."""
    if html.startswith("<!--", at) and "-->" not in open_ended:
        closing = html.find("-->", at + 2)
        if closing >= 0:
            return closing + 3
        open_ended.add("-->")
    if html[at + 1 : at + 2] in ("!", "?", "/"):
        closing = html.find(">", at)
        return closing + 1 if closing >= 0 else len(html)
    return at


def _tag_end(html: str, at: int) -> int:
    """Return the position after the tag whose name ends at `at`; its quoted values may hold `>`.

    A quote that never closes is taken for a plain sign, a tag that never ends swallows the rest, as in a browser.
    """
    while found := _QUOTE_OR_END.search(html, at):
        if not found[1]:
            return found.end()
        closing = html.find(found[1], found.end())
        at = closing + 1 if closing >= 0 else found.end()
    return len(html)


def _read(piece: str) -> str:
    """Return text between tags with its entities decoded and its spaces single."""
    if "&" in piece:
        piece = unescape(_HUGE_REFERENCE.sub("\ufffd", piece))
    return single_spaced(tidy(piece))


def _parted(text: str) -> str:
    """Return `text` with one newline, or a blank line for more, where there are newlines among spaces, and single spaces elsewhere."""
    parted: list[str] = []
    breaks = 0
    for line in text.split(LINE):
        if told := line.strip(" "):
            parted += [PARAGRAPH if breaks > 1 else LINE if breaks else "", single_spaced(told)]
            breaks = 0
        breaks += 1
    return "".join(parted)
