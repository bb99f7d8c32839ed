"""Pages of articles: which are worth a request, and when one that failed is asked for again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from monitor.core.model import Article, Feed, FullText
from monitor.errors import NOT_ITS_TURN

LONG_BODY = 1_500
"""Characters of a body from which on a feed is taken to bring whole articles."""
OLDEST = timedelta(days=1)
"""How long a page is tried; later its article is no news."""
TOO_MANY = "too many articles came at once to read all their pages"
TOO_LATE = "the page was not to be had for a day"
ATTEMPTS = 3
WAITS = (timedelta(minutes=1), timedelta(minutes=10))
"""How long a page is left alone after its first failure, and after its second."""
BUSY = timedelta(seconds=30)
"""How long it waits at least where others were asking the same host, or the host wants pauses between them."""
UNANSWERED = timedelta(minutes=1)
"""How long all pages of a host are left alone after one that had no answer."""
MOST = 100
"""Pages that one poll of a feed asks for at the most: an alert about the first page of an archive is no news."""

_LASTING = frozenset(
    {"too-large", "bad-url", "bad-redirect", "redirects", "bad-encoding", "refused-address", "blocked"}
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Why a page is wanted, "" where nothing asks for it now; `refused` says why it cannot be had, "" where it can."""

    why: str
    refused: str = ""


def wish(article: Article, feed: Feed, maybe: Callable[[], bool]) -> Wish | None:
    """Return whether the page of an article is wanted, None where it never is: its feed brings the whole text, or is not to be helped.

    `maybe` tells whether more text could make some rule match.
    """
    if feed.full_text is FullText.NEVER or len(article.body) >= LONG_BODY:
        return None
    if feed.full_text is FullText.ALWAYS:
        why = "its feed wants every page"
    else:
        why = "title and summary satisfy part of a rule" if maybe() else ""
    return Wish(why, _unreachable(article.url))


def again(kind: str, *, retry: bool, retry_after: timedelta | None, attempts: int, age: timedelta) -> timedelta | None:
    """Return how long to wait after a failure before the page is asked for again; None for never.

    `attempts` counts this one. A page that is not there, or not for us, is not asked for twice: only what passes (a server that fails,
    a network that does not answer) is worth it.
    """
    if not retry or kind in _LASTING or (kind.startswith("http-4") and kind not in ("http-429", "http-408")):
        return None
    if counts(kind) and attempts >= ATTEMPTS:
        return None
    wait = max(WAITS[attempts - 1] if counts(kind) else BUSY, retry_after or timedelta(0))
    return wait if age + wait < OLDEST else None


def counts(kind: str) -> bool:
    """Whether a failure is an attempt: not where the page was not asked for, since it was not its turn."""
    return kind not in NOT_ITS_TURN


def bounded(wishes: Sequence[tuple[Article, Wish | None]]) -> list[Wish | None]:
    """Return what is wished for articles of one poll, with all but the newest MOST of the pages refused."""
    wanted = [
        (at, article, wish) for at, (article, wish) in enumerate(wishes) if wish and wish.why and not wish.refused
    ]
    wanted.sort(key=lambda each: each[1].published, reverse=True)
    kept = [wish for _, wish in wishes]
    for at, _, wish in wanted[MOST:]:
        kept[at] = replace(wish, refused=TOO_MANY)
    return kept


def told(kind: str, message: str) -> str:
    """Return in a few words, for who reads the alert, why a page could not be had."""
    if kind.startswith("http-"):
        return f"the page answered {kind.removeprefix('http-')}"
    if kind in ("timeout", "connect", "host-busy"):
        return "the page did not answer in time"
    return _TOLD.get(kind, message)


_TOLD = {
    "dns": "the name of the page's server leads nowhere",
    "tls": "the page's server has no valid certificate",
    "refused-address": "the page is in a private network",
    "too-large": "the page is too large",
    "crawl-delay": "the page's site wants pauses between pages, and there were too many of them",
    "unforeseen": "the page could not be read: the log says why",
    "blocked": "the page is for people only: it asks for proof of one",
}


def _unreachable(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the article's link is no web address"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "the article has no link to a page"
    if parts.path in ("", "/") and not parts.query:
        return "the article's link leads to the front page of its site"
    if parts.hostname == "news.google.com" and parts.path.startswith(("/rss/articles/", "/articles/", "/read/")):
        return "the link leads to Google News, which does not say where the page is"
    return ""
