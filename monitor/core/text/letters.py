"""Which characters words are made of, as the insides of regex character classes, from the Unicode tables of this Python."""

from collections.abc import Iterable
from itertools import chain
from unicodedata import category

APOSTROPHES = "'\u2019\u02bc\uff07"
"""All read as one sign. U+02BC counts as a letter in Unicode, but is an apostrophe in Ukrainian."""

HYPHENS = "\\-\u2010\u2011\ufe63\uff0d"
"""Signs that join the parts of a compound. Dashes are none."""

# Blocks of the scripts that write no space between words: Thai, Lao, Myanmar, Khmer, Tai scripts, kana, Bopomofo, and Han.
# Hangul writes spaces; Tibetan parts its syllables by a sign.
_MIXED_BLOCKS = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x1950, 0x19DF),
    (0x1A20, 0x1AAF),
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x312F),
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAADF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
    (0x1AFF0, 0x1B16F),
)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"


def _ranges(points: Iterable[int]) -> str:
    """Return the inside of a character class that holds exactly `points`, given in order."""
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in runs)


# Between these lie Han, Hangul syllables and what is for private use; beyond U+1F000 only the variation selectors of the last range.
_WITH_MARKS = ((0x300, 0x3400), (0xA000, 0xAC00), (0xF900, 0x1F000), (0xE0100, 0xE01F0))
_MARKS = tuple(point for first, end in _WITH_MARKS for point in range(first, end) if category(chr(point))[0] == "M")
_MIXED = tuple(chain.from_iterable(range(first, last + 1) for first, last in _MIXED_BLOCKS))

MARKS = _ranges(_MARKS)
"""Every combining mark."""

UNSPACED = _HAN + _ranges(point for point in _MIXED if category(chr(point))[0] in "LNM")
"""Letters, digits and marks of the scripts without spaces."""

_IN_MIXED = frozenset(_MIXED)
JOINING_MARKS = _ranges(point for point in _MARKS if point not in _IN_MIXED) + "\u3099\u309a\uff9e\uff9f"
"""Marks that belong to the character before them in any script; Thai vowels and their like are characters of their own."""
