"""Folding: what makes two spellings of a word the same one. Blind to case, width and, in Latin and Greek, to accents."""

from functools import lru_cache
from unicodedata import category, name, normalize

from monitor.core.text.letters import APOSTROPHES

CACHED_LENGTH = 40
"""Longer words are folded each time they come, so that the cache stays a few megabytes."""

# Letters that Unicode takes for letters of their own, but which a reader without them writes as these. The last one is the Cyrillic yo.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0451": "\u0435",
    }
    | dict.fromkeys(APOSTROPHES, "'")
)


def fold(word: str) -> str:
    """Return the form under which `word` is compared: NFKC, case folded, without the accents of Latin and Greek letters.

    Cyrillic yo becomes ye; the other letters of Cyrillic, and the marks of other scripts, stay. Folding twice is folding once.
    """
    if word.isascii():
        return word.lower()
    return _fold_short(word) if len(word) <= CACHED_LENGTH else _fold(word)


def _fold(word: str) -> str:
    # Case folding can leave what NFKC would write otherwise, and the other way round: hence twice (Unicode Standard, 3.13, D146).
    folded = normalize("NFKC", normalize("NFKC", word).casefold()).casefold().translate(_PLAIN)
    return (
        folded if folded.isascii() else normalize("NFKC", _without_accents(normalize("NFD", folded))).translate(_PLAIN)
    )


_fold_short = lru_cache(1 << 15)(_fold)


def _without_accents(decomposed: str) -> str:
    kept: list[str] = []
    accented = False
    for letter in decomposed:
        if category(letter) != "Mn":
            accented = letter.isascii() or name(letter, "").startswith(("LATIN", "GREEK"))
        elif accented or name(letter, "").startswith("VARIATION"):
            continue
        kept.append(letter)
    return "".join(kept)
