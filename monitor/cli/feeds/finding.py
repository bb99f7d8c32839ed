"""From a site's address to its feeds: each candidate is really got and read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from monitor.cli.feeds.looking import Looker
from monitor.errors import FetchError
from monitor.parse.discovery import Candidate, candidates, sitemaps, usual
from monitor.parse.preview import Preview

#: Usual places that are tried where a page names no feed: each is a request to a site that asked for nothing.
PLACES = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that was found: where, how it came up, and what it holds."""

    url: str
    why: str
    preview: Preview

    @property
    def newest(self) -> datetime | None:
        """The date of its newest entry."""
        return max((each.published for each in self.preview.entries if each.published), default=None)


async def find(looking: Looker, site: str) -> list[Found]:
    """Return the feeds of a site, the best first: itself if it is one, those that its page names, else those in usual places.

    Raises FetchError where the site does not answer.
    """
    address = site if "://" in site else f"https://{site}"
    [itself] = [preview async for _, preview in looking.tried([address])]
    if not itself.error:
        return [Found(address, "itself a feed", itself)]
    page = await looking.document(address)
    html = page.body.decode("utf-8", "replace")
    named = await _read(looking, candidates(html, page.url))
    if named:
        return named
    guessed = await _read(looking, [*await _sitemaps(looking, page.url), *usual(page.url)[:PLACES]])
    # A site that answers every address with an empty feed has none.
    return [each for each in guessed if each.preview.entries]


async def _sitemaps(looking: Looker, url: str) -> list[Candidate]:
    try:
        robots = await looking.document(urljoin(url, "/robots.txt"))
    except FetchError:
        return []
    return sitemaps(robots.body.decode("utf-8", "replace"), url)


async def _read(looking: Looker, wanted: Sequence[Candidate]) -> list[Found]:
    why = {each.url: each.why for each in wanted}
    read = [Found(url, why[url], preview) async for url, preview in looking.tried(list(why)) if not preview.error]
    # One feed under several addresses is one: what it holds tells.
    once: dict[tuple[str, ...], Found] = {}
    for each in read:
        once.setdefault(tuple(entry.id for entry in each.preview.entries) or (each.url,), each)
    return list(once.values())
