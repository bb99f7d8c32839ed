"""What makes two articles copies of one story: keys that they share."""

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit

from monitor.core.text import bare_words, fold, words

#: Copies of a story that come later than this after it are a story of their own.
STORY_WINDOW = timedelta(hours=72)
#: Words of text that two copies of a wire story have in common before editors differ.
OPENING = 30
#: Below so many words the same text may well stand under different news ("Read more on our site").
ENOUGH = 20
#: Equal texts published within half of this of each other are copies; those further apart than this never are.
APART = timedelta(hours=12)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def story_keys(title: str, summary: str, body: str, canonical_url: str, published: datetime) -> tuple[str, ...]:
    """Return the keys of an article: two that share one within STORY_WINDOW tell one story.

    One key is the page it leads to, under its title: some feeds link all their entries to one page, and would else lose all
    but the first. The others are its title and opening words, where there is enough text to be sure, and the time: a column
    that opens with the same words every day is another story every day.
    """
    heading = [fold(word) for word in bare_words(title)]
    page = [f"page:{_digest(' '.join((canonical_url, *heading)))}"] if is_page(canonical_url) else []
    return (*page, *_copy_keys(heading, summary if len(summary) > len(body) else body, published))


def is_page(url: str) -> bool:
    """Tell whether an address leads to a page of its own. Feeds that link every entry to their front page say nothing by it."""
    parts = urlsplit(url)
    return bool(parts.path.strip("/") or parts.query)


def _copy_keys(heading: list[str], text: str, published: datetime) -> list[str]:
    opening = [fold(word.text) for word in islice(words(text), OPENING)]
    if not heading or len(opening) < ENOUGH:
        return []
    copy = _digest(" ".join((*heading, "|", *opening)))
    return [f"copy:{copy}:{period}" for period in _periods(published)]


def _periods(moment: datetime) -> tuple[str, str]:
    """Return two names of the time around `moment`, from overlapping rows of periods, each APART long."""
    age = moment - _EPOCH
    return f"a{age // APART}", f"b{(age + APART / 2) // APART}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
