"""Sentences: where one ends and the next begins."""

import re

from monitor.core.text.words import BREAK

_QUOTES = "\"'\u2019\u201d\u00bb\u203a\u300d\u300f)\\]"
_OPENING = "\"'\u2018\u201c\u201e\u00ab\u2039(\\[\u00bf\u00a1\u2013\u2014-"
# Signs that end a sentence by themselves: of Chinese and Japanese, Hindi, Urdu and Arabic, Armenian, Ethiopic, Khmer and Burmese.
_PLAIN_ENDS = "\u3002\uff01\uff1f\uff61\u0964\u0965\u06d4\u061f\u0589\u1362\u1367\u17d4\u104b"

_END = re.compile(
    rf"(?<![\w.!?\u2026])(?P<last>\w*+)[.!?\u2026]++[{_QUOTES}]*(?=\s+[{_OPENING}]*(?P<next>\w))"
    rf"|[{_PLAIN_ENDS}]+[{_QUOTES}]*|{BREAK.pattern}"
)
_SHORTENED = (
    "mr mrs ms dr prof st sr jr gen sen rep gov col lt sgt capt hon rev vs etc inc ltd corp dept est approx jan feb mar apr jun jul aug sep "
    "sept oct nov dec hr fr bzw nr usw sra dra ud uds av"
)
_ABBREVIATIONS = frozenset(_SHORTENED.split())


def sentence_ends(text: str) -> list[int]:
    """Return where the sentences of `text` end, ascending: behind . ! ? … before a capital, a digit or a letter without case; behind
    the like signs of other scripts; and at the end of a paragraph. A full stop after an initial or an abbreviation ends none.
    """
    return [found.end() for found in _END.finditer(text) if _is_end(found)]


def _is_end(found: re.Match[str]) -> bool:
    following = found["next"]
    if following is None:
        return True
    last = found["last"]
    abbreviated = "." in found[0] and (last.lower() in _ABBREVIATIONS or (len(last) == 1 and last.isupper()))
    return not abbreviated and following == following.upper()
