"""The size and shape of fields, whatever the format they came in."""

import re
from collections.abc import Iterable
from itertools import islice

from monitor.core.articles import TAG, TAGS, TEXT, TITLE, cut
from monitor.core.text import one_line, plain_text, tidy

_LONGEST_ID = 2000  # characters
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")


def bounded_title(text: str) -> str:
    """Return a title on one line."""
    return cut(one_line(text), TITLE)


def bounded_text(text: str, *, html: bool) -> str:
    """Return a text in paragraphs, from markup or as it is."""
    return cut(plain_text(text) if html else tidy(text[: TEXT * 2]).strip(), TEXT)


def bounded_id(text: str) -> str:
    """Return an entry's id."""
    return text.strip()[:_LONGEST_ID]


def bounded_tags(names: Iterable[str]) -> tuple[str, ...]:
    """Return the first tags, each once, on one line."""
    told = (cut(one_line(each), TAG) for each in names)
    return tuple(islice(dict.fromkeys(filter(None, told)), TAGS))


def language_tag(text: str) -> str:
    """Return a BCP 47 tag in lower case; "" for what is none."""
    tag = text.strip().replace("_", "-").lower()
    return tag if len(tag) <= 35 and _LANGUAGE.fullmatch(tag) else ""
