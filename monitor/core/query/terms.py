"""The words of a term: hyphens, prefixes, single letters left open, and the signs that are no part of a word."""

import re

from monitor.core.query.errors import QueryError
from monitor.core.query.nodes import Raw, Term, TermWord
from monitor.core.text import bare_words, fold, words
from monitor.core.text.letters import APOSTROPHES, HYPHENS, UNSPACED

SHORTEST_PREFIX = 3
MOST_WORDS = 50
MOST_COMPOUNDS = 4
"""Words with hyphens in one phrase: each has two spellings, and the phrase all their combinations."""

_PLAIN = re.compile("[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
"""The commonest terms, of which all that is left to say is how long they are."""
HYPHEN = re.compile(f"[{HYPHENS}]")
_JOINT = re.compile(f"(?:[{APOSTROPHES}][sS])?(?:([{HYPHENS}])|(\\?+))")
_INNER_QUESTION_MARK = re.compile(r"(?<=\w)\?+(?=\w)")
UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
_ENDS_UNSPACED = re.compile(f"[{UNSPACED}].?\\Z")


def read_term(text: str, at: int) -> Term:
    """Return the term written as `text` (without quotes), which stands at `at` of its query."""
    if _PLAIN.fullmatch(text):
        term = Term(tuple(map(TermWord, text.split(" "))))
        if len(term.words) > MOST_WORDS:
            _check_size(term, at, at + len(text))
        return term
    spelled: list[tuple[str, int, int]] = []
    for word in words(text):
        if spelled and (joint := _JOINT.fullmatch(text, spelled[-1][2], word.start)):
            first, start, _ = spelled.pop()
            spelled.append((f"{first}{joint[2] or '-'}{_settled(word.text)}", start, word.end))
        else:
            spelled.append((_settled(word.text), word.start, word.end))
    _check_open_letters(text, at)
    stars = {found.start() for found in re.finditer(r"\*", text)}
    term = Term(tuple(TermWord(word, end in stars) for word, _, end in spelled))
    _check_stars(at, stars, spelled)
    _check_size(term, at, at + len(text))
    return term


def read_raw(text: str, start: int, end: int) -> Raw:
    """Return the raw term written as `text`, which stands with its quotes at [start, end) of its query."""
    raw = Raw(" ".join(text.split()))
    found = bare_words(raw.text)
    if not found:
        raise QueryError("PW134", "raw: needs at least one word to look for", start, end)
    if len(found) > MOST_WORDS:
        raise QueryError("PW135", f"{len(found)} words in a row; at most {MOST_WORDS}", start, end)
    return raw


def _settled(word: str) -> str:
    """Return `word` without possessives, however many: it has to read as itself."""
    while (again := bare_words(word)[0]) != word:
        word = again
    return word


def _check_open_letters(text: str, at: int) -> None:
    for found in _INNER_QUESTION_MARK.finditer(text):
        if UNSPACED_LETTER.match(text, found.start() - 1) or UNSPACED_LETTER.match(text, found.end()):
            told = "? is one letter inside a word, and in this script every character is a word"
            raise QueryError("PW130", told, at + found.start(), at + found.end(), "use NEAR/1 between the two")


def _check_stars(at: int, stars: set[int], spelled: list[tuple[str, int, int]]) -> None:
    ends = {end: word for word, _, end in spelled}
    starts = {start for _, start, _ in spelled}
    for star in sorted(stars):
        if star not in ends or star + 1 in starts:
            told = "a * stands at the end of a word, for any ending"
            raise QueryError("PW130", told, at + star, at + star + 1, "as in guarantee*")
        word = ends[star]
        start = at + star - len(word)
        if _ENDS_UNSPACED.search(word):
            told = "words of this script need no *: they are found wherever their characters stand"
            raise QueryError("PW130", told, at + star, at + star + 1, "leave the * out")
        if len(fold(HYPHEN.split(word)[-1]).replace("?", "")) < SHORTEST_PREFIX:
            told = f"the prefix {word}* is too short: it needs at least {SHORTEST_PREFIX} letters"
            raise QueryError(
                "PW129", told, max(start, at), at + star + 1, "write more of the word, or list words with OR"
            )


def _check_size(term: Term, start: int, end: int) -> None:
    if not term.words:
        raise QueryError("PW134", "there is no word here to look for", start, end)
    if len(term.words) > MOST_WORDS:
        told = f"{len(term.words)} words in a row are a phrase; at most {MOST_WORDS} can be"
        raise QueryError("PW135", told, start, end, "write OR or AND between words that need not stand together")
    if sum("-" in word.text for word in term.words) > MOST_COMPOUNDS:
        told = f"more than {MOST_COMPOUNDS} words with hyphens in one phrase"
        raise QueryError("PW135", told, start, end, "write spaces instead of hyphens")
