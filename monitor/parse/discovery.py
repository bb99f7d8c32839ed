"""Where the feeds of a site may be: what its page names, what its links look like, and where such sites usually keep them."""

import re
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from monitor.core.text import one_line
from monitor.parse.comments import without_comments
from monitor.parse.links import resolved, web_url

LARGEST = 2_000_000
"""Characters of a page that are looked at."""
MOST = 30
"""Candidates that are returned."""

_KINDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/json", "text/xml", "application/xml"})  # fmt: skip
_LOOKS = re.compile(r"(?:^|[/._-])(?:rss|feeds?|atom|rdf|syndication)(?:$|[/._?=-])|\.(?:rss|rdf|atom)$", re.IGNORECASE)
USUAL = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json", "/feeds", "/?feed=rss2")
"""Where sites keep their feeds, the commonest first."""
_SITEMAP = re.compile(r"^\s*sitemap:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed's, what the page calls it, and why it is thought to be one."""

    url: str
    title: str = ""
    why: str = ""


def candidates(html: str, url: str) -> list[Candidate]:
    """Return the addresses that a page at `url` names or links as feeds, those that it names first. Never raises."""
    page = _Page(url)
    with suppress(AssertionError):  # the library's own, at declarations that are none; what came before them is kept
        page.feed(without_comments(html[:LARGEST]))
        page.close()
    return _once([*page.named, *page.linked])


def usual(url: str) -> list[Candidate]:
    """Return where a site of this kind keeps its feeds, without having looked at it."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    within = url.split("?")[0].split("#")[0].rstrip("/")
    known = _known_host(parts.hostname or "", parts.path.rstrip("/"), root)
    below = [f"{within}/feed", f"{within}/rss"] if parts.path.strip("/") else []
    return _once(
        [Candidate(each, why="how this host does it") for each in known]
        + [Candidate(each, why="a usual place") for each in (*below, *(root + path for path in USUAL))]
    )


def sitemaps(robots: str, url: str) -> list[Candidate]:
    """Return the news sitemaps that a site's robots.txt names."""
    found = [resolved(url, each) for each in _SITEMAP.findall(robots[:LARGEST])]
    return _once([Candidate(each, why="a news sitemap") for each in found if "news" in each.lower()])


def _known_host(host: str, path: str, root: str) -> list[str]:
    host = host.removeprefix("www.")
    if host == "youtube.com" and path.startswith("/channel/"):
        return [f"{root}/feeds/videos.xml?channel_id={path.split('/')[2]}"]
    if host.endswith("reddit.com") and path.startswith(("/r/", "/user/")):
        return [f"{root}{path}/.rss"]
    if host == "medium.com" and path:
        return [f"{root}/feed{path}"]
    if host == "github.com" and path.count("/") == 2:
        return [f"{root}{path}/releases.atom"]
    if path.startswith("/@") and path.count("/") == 1:
        return [f"{root}{path}.rss"]
    return []


def _once(found: list[Candidate]) -> list[Candidate]:
    return list({each.url: each for each in reversed(found) if each.url}.values())[::-1][:MOST]


class _Page(HTMLParser):
    """Collects what a page says of feeds."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.named: list[Candidate] = []
        self.linked: list[Candidate] = []
        self._base = url
        self._link: str = ""
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at `base`, `link` and `a`."""
        told = {name: value or "" for name, value in reversed(attrs)}
        if tag == "base" and (base := web_url(urljoin(self._base, told.get("href", "")))):
            self._base = base
        elif tag == "link" and "alternate" in told.get("rel", "").lower().split():
            kind = told.get("type", "").split(";")[0].strip().lower()
            if kind in _KINDS:
                self.named.append(
                    Candidate(self._absolute(told), one_line(told.get("title", ""))[:300], "named by the page")
                )
        elif tag == "a":
            self._link, self._words = self._absolute(told), []

    def handle_data(self, data: str) -> None:
        """Note what a link is called."""
        if self._link and len(self._words) < 20:
            self._words.append(data[:300])

    def handle_endtag(self, tag: str) -> None:
        """Judge a link by its address and its words."""
        if tag == "a" and self._link:
            words = one_line(" ".join(self._words))[:300]
            parts = urlsplit(self._link)
            if _LOOKS.search(f"{parts.path}?{parts.query}") or words.lower() in ("rss", "feed", "atom", "rss feed"):
                self.linked.append(Candidate(self._link, words, "linked by the page"))
            self._link = ""

    def _absolute(self, told: dict[str, str]) -> str:
        return resolved(self._base, told.get("href", ""))
