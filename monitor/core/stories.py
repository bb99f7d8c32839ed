"""What makes two articles copies of one story: keys that they share."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit

from monitor.core.model import Story
from monitor.core.text import bare_words, fold
from monitor.core.text.words import WORD

#: Copies of a story that come later than this after its first article are a story of their own.
STORY_WINDOW = timedelta(hours=72)
#: Words of text that two copies of a wire story have in common before editors differ.
OPENING = 30
#: Below so many words the same text may well stand under different news ("Read more on our site").
ENOUGH = 20
#: Equal texts published within half of this of each other are copies; those further apart than this never are.
APART = timedelta(hours=12)
#: Words of a title that tells one story from all others of its hours.
TELLING = 4
#: Kinds of keys made of a title: of what an aggregator lists, and of what an outlet published.
LISTED, TITLED = "listed", "titled"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def story_keys(title: str, summary: str, body: str, canonical_url: str, published: datetime) -> tuple[str, ...]:
    """Return the keys of an article: two that share one within STORY_WINDOW tell one story.

    One key is the page it leads to, under its title: some feeds link all their entries to one page, and would else lose all
    but the first. The others are its title and opening words, where there is enough text to be sure, and the time: a column
    that opens with the same words every day is another story every day.
    """
    page = [f"page:{_digest(' '.join((canonical_url, *_heading(title))))}"] if is_page(canonical_url) else []
    copy = copy_digest(title, summary, body)
    return (*page, *(f"copy:{copy}:{period}" for period in _periods(published) if copy))


def title_keys(title: str, published: datetime, *, listed: bool) -> tuple[str, ...]:
    """Return the keys made of a title and the time: `listed` for what an aggregator lists, else for what an outlet published.

    What an aggregator lists has the publisher's title and no text. By these keys it joins the story of an article with that title, or the
    article joins its: which keys an article joins by, `sought` says. When two outlets meet by their title, `monitor.core.namesakes` does.
    """
    heading = _heading(title)
    if len(heading) < TELLING:
        return ()
    return tuple(f"{LISTED if listed else TITLED}:{_digest(' '.join(heading))}:{each}" for each in _periods(published))


def counterparts(keys: Iterable[str]) -> dict[str, str]:
    """Return for each of some title keys the key of the other kind."""
    other = {LISTED: TITLED, TITLED: LISTED}
    parted = ((key, *key.partition(":")) for key in keys)
    return {key: f"{other[kind]}:{rest}" for key, kind, _, rest in parted}


def sought(keys: Iterable[str], known: Collection[str]) -> list[str]:
    """Return the keys by which an article with these title keys joins a story, given the keys `known` of stories so far.

    An article does not join what is listed where an article of its title is known: that one is what is listed.
    """
    return [other for key, other in counterparts(keys).items() if key.startswith(LISTED) or key not in known]


class Known:
    """Which stories of late have which keys."""

    def __init__(self) -> None:
        self._having: dict[str, set[Story]] = defaultdict(set)

    def add(self, key: str, story: Story) -> None:
        """Remember that a story has a key."""
        self._having[key].add(story)

    def having(self, titles: Iterable[str]) -> set[Story]:
        """Return the stories that have one of some title keys, of whichever kind."""
        return {story for pair in counterparts(titles).items() for key in pair for story in self._having.get(key, ())}

    def story_of(
        self, keys: Iterable[str], titles: Sequence[str], seen_at: datetime, window: timedelta
    ) -> Story | None:
        """Return the oldest story that has one of an article's keys, or what its title keys seek, and takes what is seen at that time."""
        asked = (*keys, *titles, *counterparts(titles).values())
        having = ((key, self._having[key]) for key in asked if key in self._having)
        oldest = {
            key: min(taking)
            for key, some in having
            if (taking := [each for each in some if each.takes(seen_at, window)])
        }
        return min((oldest[key] for key in (*keys, *sought(titles, oldest)) if key in oldest), default=None)


def copy_digest(title: str, summary: str, body: str) -> str:
    """Return what copies of a text have in common, title and opening words; "" where that is too little to be sure."""
    heading, first = _heading(title), opening(summary, body)
    return _digest(" ".join((*heading, "|", *first))) if heading and len(first) >= ENOUGH else ""


def opening(summary: str, body: str) -> list[str]:
    """Return the opening words, folded, of the longer of two texts."""
    found = WORD.finditer(summary if len(summary) > len(body) else body)
    return [fold(each[1]) for each in islice(found, OPENING)]


def is_page(url: str) -> bool:
    """Tell whether an address leads to a page of its own. Feeds that link every entry to their front page say nothing by it."""
    parts = urlsplit(url)
    return bool(parts.path.strip("/") or parts.query)


def _heading(title: str) -> list[str]:
    return [fold(word) for word in bare_words(title)]


def _periods(moment: datetime) -> tuple[str, str]:
    """Return two names of the time around `moment`, from overlapping rows of periods, each APART long."""
    age = moment - _EPOCH
    return f"a{age // APART}", f"b{(age + APART / 2) // APART}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
