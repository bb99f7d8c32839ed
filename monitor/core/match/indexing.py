"""Index words: of an article the words that an archive keeps to find it again, as the matcher compares them.

A query is turned into the same words by `narrowing`; what the matcher would find, these words admit.
"""

import re
from functools import lru_cache
from itertools import pairwise, product

from monitor.core.match.vocabulary import LONGEST_FORM, chunks
from monitor.core.text import bare_words, elision, fold
from monitor.core.text.letters import UNSPACED

LONGEST_WORD = 100
"""Characters of a word that are kept; a word is found by its beginning, and the matcher looks at the rest."""
LONGEST = 100_000
"""Characters of all words of an article together; PostgreSQL takes no more than a megabyte of them."""
UNREAD = "*"
"""The one word of an article that has too many: it has to be looked at whatever is searched for. No other word holds this sign."""

_UNSPACED_WORD = re.compile(f"[{UNSPACED}]")
# Some letters fold into several signs, as U+2474 does into (1): in an index, words are parted by spaces and hold no other signs.
_SIGNS = str.maketrans({chr(code): "_" for code in range(128) if not chr(code).isalnum() and chr(code) != "'"})


def index_words(*texts: str) -> str:
    """Return each word that stands in the texts once, folded, parted by spaces; in no particular order.

    An elided word is there with and without what it begins with. Of a script without spaces each character is a word, and so
    is each pair of neighbours.
    """
    written = set(b" ".join(chunks(texts)).lower().split())
    # The commonest kind of word is its own index word: nothing has to be looked up.
    plain = {each for each in written if each.isalnum() and len(each) <= LONGEST_WORD}
    found = plain.union(*map(_words_of, written - plain))
    joined = b" ".join(found).decode()
    if not joined.isascii() and _UNSPACED_WORD.search(joined):
        joined = " ".join((joined, *set().union(*map(_pairs, texts))))
    return joined if len(joined) <= LONGEST else UNREAD


def index_word(word: str) -> str:
    """Return the index word of a word as written."""
    folded = fold(word)[:LONGEST_WORD]
    return folded if folded.isalnum() else folded.translate(_SIGNS)


def pair(first: str, second: str) -> str | None:
    """Return the index word of two index words side by side; None where they are not both of a script without spaces."""
    joined = _UNSPACED_WORD.match(first) and _UNSPACED_WORD.match(second)
    return (first + second)[:LONGEST_WORD] if joined else None


def _words_of(chunk: bytes) -> tuple[bytes, ...]:
    return _short_words_of(chunk) if len(chunk) <= LONGEST_FORM else _cut(chunk)


def _cut(chunk: bytes) -> tuple[bytes, ...]:
    # What is no UTF-8 is a mark of where a paragraph or a field ends.
    return tuple(form.encode() for word in bare_words(chunk.decode(errors="ignore")) for form in _forms(word))


def _pairs(text: str) -> set[str]:
    neighbours = pairwise(
        _short_forms(word) if len(word) <= LONGEST_FORM else _forms(word) for word in bare_words(text)
    )
    both = (forms for first, second in neighbours for forms in product(first, second))
    return {joined for forms in both if (joined := pair(*forms))}


def _forms(word: str) -> tuple[str, ...]:
    head = elision(word)
    return (index_word(word), index_word(word[head:])) if head else (index_word(word),)


# A new article brings few words that no earlier one had: what was made of them is remembered, as the vocabulary of the matcher does.
_short_words_of = lru_cache(1 << 14)(_cut)
_short_forms = lru_cache(1 << 12)(_forms)
