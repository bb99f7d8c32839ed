"""Which article an entry is: the keys it is known by within its feed, and what each is worth.

An article that is edited, dated anew, moved to another address or given another id is the same article. So an entry has several keys:

- its **id** (GUID), where that names one article: the address of a front page, which some feeds give as the id of everything, does not;
- the **page** it leads to, where that is a page of its own, in the form that all addresses of a page share;
- the **copy**: site, title, opening words of the text and day; for an entry that leads to a page, with text enough to be sure of;
- **title and day**; for an entry that leads to no page. If it has an id, its opening words too: what has the same title, another id and
  another text is the next bulletin, and not to be lost.

An entry is the article that has its first key, or one of the others. All of them are sure but one: an entry with an id of its own (one that does
not just repeat the address of the page) is recognised by its page only where its title is akin to the stored one, for some feeds
lead from all their entries to one page. So an hourly "Weather", each under an id and an address of its own, stays many articles, and
an article that got a new id, under the old address or with the old title and text, stays one.

Within one document more can be seen. Two entries with different first keys are two articles, whatever else they share; two with one first key
are one, unless their pages differ and their titles are not akin. What two articles of a document share is no key of either.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from urllib.parse import urldefrag, urlsplit

from monitor.core.model import Article, Entry
from monitor.core.stories import copy_digest, is_page, opening
from monitor.core.text import bare_words, fold

#: Of the words of the shorter of two titles that are akin, one in so many at least is in the other. Some feeds begin all their titles alike.
AKIN = 2
#: Entries with one first key that an entry is compared with.
MOST_COMPARED = 20


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of the article that has a key. `seen_at` is when it was first seen, in UTC."""

    id: int
    title: str
    content_hash: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of an entry: the first, others as sure as that, and those that count only where the titles are akin."""

    first: str
    others: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()


def keys(entry: Entry, page: str, id_page: str) -> Keys:
    """Return the keys of an entry. `page` is its address and `id_page` its id in canonical form, each "" where it is none."""
    paged = is_page(page)
    pages = (digest("page", page),) if paged else ()
    rest = _copies(entry, page) if paged else (_title_key(entry),)
    if not entry.guid or (id_page and not is_page(id_page)):
        named = pages + rest
        return Keys(named[0], named[1:])
    # A site that moves to https gives all its addresses new names, and none of its articles is new for that.
    secure = entry.guid.startswith("http://")
    first = digest("id", "https://" + entry.guid.removeprefix("http://") if secure else entry.guid)
    if id_page and urldefrag(id_page).url == urldefrag(page).url:
        return Keys(first, (*pages, *rest))
    return Keys(first, rest if paged else (_title_key(entry, *opening(entry.summary, entry.body)),), pages)


def told_apart(found: Iterable[Article]) -> list[Article]:
    """Return the articles of ONE document, each once, in order; of two entries that are one the first counts."""
    by_key: dict[str, list[Article]] = {}
    for each in found:
        alike = by_key.setdefault(each.key, [])
        if not any(_one(each, other) for other in islice(alike, MOST_COMPARED)):
            alike.append(each)
    kept = [each for alike in by_key.values() for each in alike]
    shared = {key for key, count in Counter(key for each in kept for key in set(each.keys)).items() if count > 1}
    apart: dict[str, Article] = {}
    for each in kept:
        one = _without(each, shared) if shared.intersection(each.keys) else each
        apart.setdefault(one.key, one)
    return list(apart.values())


def recognised(article: Article, known: Mapping[str, Known]) -> Known | None:
    """Return the stored article that this one is, given the stored ones by key; None: it is new."""
    for key in (article.key, *article.other_keys):
        if key in known:
            return known[key]
    loose = (known[key] for key in article.loose_keys if key in known)
    return next((each for each in loose if akin(each.title, article.title)), None)


def sorted_out(found: Sequence[Article], known: Mapping[str, Known]) -> Iterator[tuple[Article, Known | None]]:
    """Yield the articles of one document, in order, each with the stored one that it is.

    Where another of them is that one by its first key, it is new, and has its first key alone.
    """
    taken = {known[each.key].id for each in found if each.key in known}
    for each in found:
        stored = recognised(each, known)
        if stored and stored.id in taken and each.key not in known:
            yield replace(each, other_keys=(), loose_keys=()), None
            continue
        if stored:
            taken.add(stored.id)
        yield each, stored


def akin(one: str, other: str) -> bool:
    """Tell whether two titles have enough words in common to be those of one article, before and after an edit."""
    ours, theirs = ({fold(word) for word in bare_words(each)} for each in (one, other))
    shorter = min(len(ours), len(theirs))
    return len(ours & theirs) * AKIN >= shorter if shorter else one == other


def digest(*parts: str) -> str:
    """Return a short name for `parts`, the same for the same parts only."""
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _copies(entry: Entry, page: str) -> tuple[str, ...]:
    copy = copy_digest(entry.title, entry.summary, entry.body)
    return (digest("copy", urlsplit(page).hostname or "", copy, _day(entry)),) if copy else ()


def _title_key(entry: Entry, *words: str) -> str:
    return digest("title", entry.title or entry.summary or entry.body, _day(entry), *words)


def _day(entry: Entry) -> str:
    stated = entry.published or entry.updated
    # Where no date is stated the day of first sight must not count, or the entry is new again every day.
    return stated.date().isoformat() if stated else ""


def _one(article: Article, other: Article) -> bool:
    """Whether two articles of a document with one first key are one."""
    same_page = bool(article.loose_keys) and article.loose_keys == other.loose_keys
    return same_page or akin(article.title, other.title)


def _without(article: Article, shared: set[str]) -> Article:
    """Return an article without keys that it shares; one that has no sure one left is known by title and day."""
    sure = [key for key in (article.key, *article.other_keys) if key not in shared]
    loose = tuple(key for key in article.loose_keys if key not in shared)
    day = "" if article.published == article.seen_at else article.published.date().isoformat()
    first, *others = sure or [digest("title alone", article.title, day)]
    return replace(article, key=first, other_keys=tuple(others), loose_keys=loose)
