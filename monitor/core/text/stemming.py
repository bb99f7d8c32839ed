"""Stems: what the forms of one word have in common, by the Snowball algorithms (snowballstem.org)."""

from functools import cache
from unicodedata import normalize

from Stemmer import Stemmer

from monitor.core.text.folding import fold
from monitor.core.text.letters import APOSTROPHES

LANGUAGES = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""Codes of the languages whose stems are known, and the names of their algorithms."""

_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


def stem(word: str, language: str) -> str:
    """Return what all forms of `word` have in common, folded; `language` is one of LANGUAGES."""
    plain = normalize("NFKC", normalize("NFKC", word).casefold()).translate(_APOSTROPHE)
    return fold(_stemmer(language).stemWord(plain))


@cache
def _stemmer(language: str) -> Stemmer:
    # Its own cache would hold every word of every article; the vocabulary of the matcher remembers already.
    return Stemmer(LANGUAGES[language], 0)
