"""Text: what is read of an article, and what counts as a word of it. Nothing here knows queries or rules."""

from monitor.core.text.cleaning import one_line, tidy
from monitor.core.text.folding import fold
from monitor.core.text.markup import plain_text
from monitor.core.text.sentences import sentence_ends
from monitor.core.text.stemming import LANGUAGES as STEMMED
from monitor.core.text.words import Word, bare_words, elision, words

__all__ = [
    "STEMMED",
    "Word",
    "bare_words",
    "elision",
    "fold",
    "one_line",
    "plain_text",
    "sentence_ends",
    "tidy",
    "words",
]
