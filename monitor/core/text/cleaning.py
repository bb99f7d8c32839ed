"""Characters that no text keeps, one spelling for those it does, and spaces."""

import re
from unicodedata import normalize

from monitor.core.text.letters import MARKS

# Controls, bidi marks, overrides and isolates (they reorder what follows them), soft hyphens and zero-width spaces (they hide inside
# words), halves of surrogate pairs (UTF-8 has none), tags and non-characters. The joiners stay: Persian and emoji need them.
DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
MOST_MARKS = 8
"""Combining marks in a row that are kept. Writing needs no more (a Hebrew letter with points and accents has five, the largest stacks of
Tibetan eight), and each that stands on the others is drawn over the lines above. Normalising takes time quadratic in them, 21 s for 200,000."""
PILED_MARKS = re.compile(f"([{MARKS}]{{{MOST_MARKS}}})[{MARKS}]+")
# No mark is a letter or a digit, and those are told a hundred times sooner than which of all signs is a mark.
PERHAPS_PILED = re.compile(rf"[^\w\s]{{{MOST_MARKS + 1}}}")
# Not `\s+`: single spaces, which are nearly all there are, need not be replaced by themselves.
SPACES = re.compile(r"[^\S ]\s*|\s{2,}")


def tidy(text: str) -> str:
    """Return `text` in NFC without characters that steer terminals, the direction of writing or databases. Spaces stay."""
    if text.isascii() and text.isprintable():
        return text
    text = DROPPED.sub("", text)
    return _unpiled(normalize("NFC", _unpiled(text))) if not text.isascii() else text


def _unpiled(text: str) -> str:
    """Return `text` with no more marks in a row than are kept. Normalising may part one from its letter, and so make them one too many."""
    return PILED_MARKS.sub(r"\1", text) if PERHAPS_PILED.search(text) else text


def one_line(text: str) -> str:
    """Return `text` tidy and on one line, with single spaces."""
    return single_spaced(tidy(text)).strip()


def single_spaced(text: str) -> str:
    """Return `text` with each run of spaces and line ends as one space."""
    # Of all spaces only the plain one is printable; most texts have nothing else, and are looked at ten times sooner so.
    if text.isprintable() and "  " not in text:
        return text
    return SPACES.sub(" ", text)


def storable(text: str) -> str:
    """Return `text` with what no database takes (NUL, halves of surrogate pairs) replaced one for one, so offsets hold."""
    text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text
