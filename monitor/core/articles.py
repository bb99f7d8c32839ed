"""From an entry of a feed to an article: its identity, its address, its date, and the limits of its size."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from monitor.core.copies import bands
from monitor.core.identity import digest, keys
from monitor.core.model import Article, Document, Entry, Feed
from monitor.core.stories import STORY_WINDOW, story_keys, title_keys

#: Characters of a title, of a text (summary or body), of an author's name, of a tag; tags of an article.
TITLE, TEXT, NAME, TAG, TAGS = 1000, 1_000_000, 300, 100, 50
#: Words of the text that stand in for a title where there is none.
OPENING = 12
#: How far an article's date may lie from its first sight.
OLDEST, NEWEST = timedelta(days=3653), timedelta(days=1)

#: Query parameters that say how a reader came to a page, not which page it is. Collected from links of news feeds.
TRACKING = frozenset(
    {
        "cmp", "cmpid", "dclid", "fbclid", "feature", "gbraid", "gclid", "guccounter", "icid", "igsh", "igshid",
        "ito", "maca", "mbid", "mc_cid", "mc_eid", "mkt_tok", "msclkid", "ncid", "ocid", "oly_anon_id", "oly_enc_id",
        "partner", "ref", "ref_src", "referrer", "rss", "s_cid", "smid", "smtyp", "soc_src", "spm", "sr_share",
        "taid", "tpcc", "traffic_source", "trk", "twclid", "vero_id", "wbraid", "wprov", "wt.mc_id", "wt_mc", "wtmc",
        "xtor", "yclid", "ysclid", "_ga", "_gl", "_hsenc", "_hsmi",
    }
)  # fmt: skip
_TRACKING_FAMILIES = ("at_", "hsa_", "mtm_", "ns_", "pk_", "utm_")
# `#xtor=RSS-1` tells where a reader comes from; `#block-12` is a place, and in a live page one entry among many.
_TRACKING_FRAGMENT = re.compile(r"[^/!]*=.*|\d+", re.DOTALL)


def article(entry: Entry, feed_id: str, seen_at: datetime, site: str = "") -> Article:
    """Return `entry` as an article of the feed, first seen at `seen_at` (UTC). One without a link leads to the `site` of its feed.

    What it is known by is for `monitor.core.identity` to say. Texts over their limit are cut and end in "…". A date in the
    future (over a day) or unstated becomes `seen_at`, one over ten years old exactly that.
    """
    summary, body = cut(entry.summary, TEXT), cut(entry.body, TEXT)
    title = cut(entry.title or _opening(summary or body) or entry.url, TITLE)
    heading = without_publisher(title, entry.publisher)
    published = _possible(entry.published or entry.updated, seen_at)
    page = canonical_url(entry.url) if entry.url else ""
    named = keys(replace(entry, title=without_publisher(entry.title, entry.publisher)), page, _id_page(entry, page))
    return Article(
        feed_id=feed_id,
        key=named.first,
        url=entry.url or site,
        title=title,
        summary=summary,
        body=body,
        author=cut(entry.author, NAME),
        language=entry.language,
        tags=tuple(cut(each, TAG) for each in entry.tags[:TAGS]),
        published=published,
        seen_at=seen_at,
        content_hash=digest(title, summary, body),
        story_keys=story_keys(heading, summary, body, page, published),
        publisher=cut(entry.publisher, NAME),
        other_keys=named.others,
        loose_keys=named.loose,
        title_keys=title_keys(heading, published, listed=bool(entry.publisher)),
        # What is older than the window has no copies to come.
        bands=bands(heading, summary, body) if seen_at - published <= STORY_WINDOW else (),
    )


def document(article: Article, feed: Feed) -> Document:
    """Return what a query can look at of an article of `feed`."""
    return Document(
        title=article.title,
        summary=article.summary,
        body=article.body,
        author=article.author,
        source=feed.id,
        source_tags=feed.tags,
        url=article.url,
        language=article.language,
        tags=article.tags,
    )


def canonical_url(url: str) -> str:
    """Return the form that all addresses of one page share. It is for comparing; what is linked is the address as stated.

    Without tracking parameters, sorted, https for http, without `www.`, default port and the slash at the end.
    """
    try:
        parts = urlsplit(canonicalize_url(url, keep_fragments=True))
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    host = (parts.hostname or "").removeprefix("www.")
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(name)]
    fragment = "" if _TRACKING_FRAGMENT.fullmatch(parts.fragment) else parts.fragment
    scheme = "https" if parts.scheme == "http" else parts.scheme
    return urlunsplit((scheme, host + port, parts.path.rstrip("/"), urlencode(kept), fragment))


def cut(text: str, length: int) -> str:
    """Return `text`, of `length` characters at the most; "…" stands for what is cut off."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def without_publisher(title: str, publisher: str) -> str:
    """Return a title without what aggregators add to it: "Ferries to sail at night - Coast", published by Coast."""
    return title.removesuffix(f" - {publisher}").rstrip() if publisher else title


def _tracks(parameter: str) -> bool:
    name = parameter.lower()
    return name in TRACKING or name.startswith(_TRACKING_FAMILIES)


def _id_page(entry: Entry, page: str) -> str:
    """Return an id that is an address in canonical form; "" where it is none."""
    if entry.guid == entry.url:
        return page
    return canonical_url(entry.guid) if entry.guid.startswith(("https://", "http://")) else ""


def _possible(stated: datetime | None, seen_at: datetime) -> datetime:
    if stated is None or stated > seen_at + NEWEST:
        return seen_at
    return max(stated, seen_at - OLDEST)


def _opening(text: str) -> str:
    first = text[: TITLE * 4].split(maxsplit=OPENING)
    return " ".join(first[:OPENING]) + "…" if len(first) > OPENING else " ".join(first)
