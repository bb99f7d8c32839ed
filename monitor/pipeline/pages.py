"""Beside the first stage: pages of articles are fetched where more text could make a rule match, and the articles matched anew."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.core.feeds.outage import NETWORK
from monitor.core.pages import OLDEST, TOO_LATE, UNANSWERED, again, counts, told
from monitor.errors import FetchError, StoreUnavailable, WorkerError, WorkersBusy
from monitor.fetch import Request, Response, same_host
from monitor.fetch.robots import Gatekeeper
from monitor.metrics import Metrics
from monitor.parse.pages import Page, page
from monitor.pipeline.committing import Stored, match_stored
from monitor.pipeline.matching import Finding, Lookout
from monitor.pipeline.polling import TURN, Retrieve
from monitor.pipeline.setup import Limits, Setup, turns
from monitor.store import Store, pages
from monitor.store.pages import Claim
from monitor.store.tx import Tx
from monitor.workers import Workers

log = logging.getLogger(__name__)

ACCEPT = "text/html, application/xhtml+xml, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class _Unread:
    """Why a page was not read: a word for the metric, words for people, and how to go on."""

    kind: str
    why: str
    error: FetchError | None = None


class PageReader:
    """Keeps up to `limits.pages` pages in flight. `lookout` matches by the rules in force; `get` is the door to the network.

    `matched` is called whenever new matches were stored; `ticks` tells seconds that never go back.
    """

    def __init__(
        self,
        store: Store,
        setup: Callable[[], Setup],
        lookout: Lookout,
        get: Retrieve,
        workers: Workers,
        metrics: Metrics,
        clock: Callable[[], datetime],
        limits: Limits,
        matched: Callable[[], None] = lambda: None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._setup = setup
        self._lookout = lookout
        self._get = get
        self._gatekeeper = Gatekeeper(get, ticks)
        self._workers = workers
        self._metrics = metrics
        self._clock = clock
        self._limits = limits
        self._matched = matched
        self._reading: dict[asyncio.Task[None], Claim] = {}
        self._claiming = asyncio.Lock()
        self._stopping = False

    async def read_due(self) -> int:
        """Claim as many pages as there is room for and begin to read them; return how many."""
        # Whoever asks may be cut off; a claim of which nobody knew would keep its pages waiting until its lease ends.
        return await asyncio.shield(asyncio.create_task(self._begin(), name="claim pages"))

    async def _begin(self) -> int:
        async with self._claiming:  # two that claim at once would each fill the same room
            room = self._limits.pages - len(self._reading)
            if self._stopping or room <= 0 or not self._setup().full_text:
                return 0
            under_way = Counter(claim.host for claim in self._reading.values())
            claims = await self._store.run(pages.claim, room, self._limits.page_lease, turns(self._limits), under_way)
            for claim in claims:
                task = asyncio.create_task(self._read(claim), name=f"page {claim.article_id}")
                self._reading[task] = claim
                task.add_done_callback(self._reading.pop)
            return len(claims)

    async def read_round(self) -> int:
        """Read what is due until nothing is, and return how many pages that were. What failed for now waits for another round."""
        count = 0
        while True:
            if claimed := await self.read_due():
                count += claimed
                await self.settle()
            elif self._setup().full_text and not self._stopping and await self._store.read(pages.awaits_turn):
                await asyncio.sleep(TURN)
            else:
                return count

    async def settle(self) -> None:
        """Wait until no page is under way."""
        while self._reading:
            await asyncio.gather(*self._reading, return_exceptions=True)

    async def stop(self) -> None:
        """Stop reading; what is under way is given back and due at once."""
        self._stopping = True
        async with self._claiming:  # a claim under way ends first, or nobody would know of it
            claims = list(self._reading.values())
        for task in list(self._reading):
            task.cancel()
        await self.settle()
        if claims:
            await self._store.run(pages.release, claims)

    async def _read(self, claim: Claim) -> None:
        """Read one page and store what it brings. Whatever goes wrong, it comes again when its lease ends."""
        try:
            outcome = await self._outcome(claim)
            if isinstance(outcome, str):
                await self._keep(claim, outcome)
            else:
                await self._put_off(claim, outcome)
        except StoreUnavailable as error:
            log.warning("the page of article %d could not be stored and is read again: %s", claim.article_id, error)
        except Exception:
            log.exception("the page of article %d failed in an unforeseen way", claim.article_id)
            await self._count(claim)

    async def _count(self, claim: Claim) -> None:
        """Count an attempt that failed in a way nobody foresaw: what fails so every time is not to fail for a day."""
        error = FetchError("unforeseen", "")
        try:
            await self._put_off(claim, _Unread(error.kind, told(error.kind, ""), error))
        except StoreUnavailable as away:
            log.warning("the page of article %d could not be put off and is read again: %s", claim.article_id, away)

    async def _outcome(self, claim: Claim) -> str | _Unread:
        """Return the page's text, or why there is none."""
        if self._clock() - claim.queued_at > OLDEST:
            return _Unread("too-late", TOO_LATE)
        try:
            response = await self._fetch(claim)
            found: Page = await self._workers.call(
                page,
                response.body,
                response.headers.get("content-type", ""),
                claim.article.title,
                claim.article.summary,
                timeout=self._limits.parse_seconds,
            )
        except FetchError as error:
            return _Unread(error.kind, told(error.kind, str(error)), error)
        except WorkersBusy as error:
            return _Unread("host-busy", str(error), FetchError("host-busy", str(error)))
        except WorkerError as error:
            log.warning("the page of article %d: %s", claim.article_id, error)
            return _Unread("parser-stopped", "the page took too long to read")
        return _Unread("no-article", found.fault) if found.fault else found.text

    async def _fetch(self, claim: Claim) -> Response:
        """Get a page where its site leaves it to us, at every address that redirects lead to."""
        private = self._allows_private(claim)

        async def may_follow(url: str) -> None:
            # A redirect within the site is no other page.
            allowed = private and same_host(url, claim.url)
            if urlsplit(url).netloc == urlsplit(claim.url).netloc:
                await self._gatekeeper.check(url, allow_private=allowed)
            else:
                await self._gatekeeper.admit(url, allow_private=allowed)

        await self._gatekeeper.admit(claim.url, allow_private=private)
        return await self._get(Request(claim.url, accept=ACCEPT, allow_private=private, may_follow=may_follow))

    def _allows_private(self, claim: Claim) -> bool:
        """Whether the page may be in a private network: where every feed may, or its own feed may and is on the same host."""
        setup = self._setup()
        if setup.allow_private or not same_host(claim.feed.url, claim.url):
            return setup.allow_private
        return setup.access_to(claim.feed, claim.entry).allow_private

    async def _keep(self, claim: Claim, text: str) -> None:
        article = replace(claim.article, body=text)
        (finding,) = await asyncio.to_thread(self._lookout.find, [article], claim.feed)
        stored = await self._store.run(_store, claim, finding, self._limits)
        if stored.lost:
            log.info("the page of article %d was read under a lease that had been lost", claim.article_id)
            return
        self._metrics.pages.labels("read").inc()
        self._metrics.matches.inc(stored.matches)
        if stored.matches:
            self._matched()

    async def _put_off(self, claim: Claim, unread: _Unread) -> None:
        """Let a page that could not be read come again later, where that may help, or give it up."""
        attempts = claim.attempts + counts(unread.kind)
        wait = self._wait(claim, unread.error, attempts) if unread.error else None
        self._metrics.pages.labels(unread.kind if wait is None else "put-off").inc()
        log.debug("the page of article %d (%s): %s", claim.article_id, claim.url, unread.why)
        if wait is None:
            await self._store.run(pages.fail, claim, unread.why)
        else:
            # Where one page had no answer others would have none: they leave their room to the pages of other hosts.
            others = unread.error is not None and unread.kind in NETWORK and unread.error.host == claim.host
            await self._store.run(pages.later, claim, wait, attempts, UNANSWERED if others else timedelta(0))

    def _wait(self, claim: Claim, error: FetchError, attempts: int) -> timedelta | None:
        age = self._clock() - claim.queued_at
        return again(error.kind, retry=error.retry, retry_after=error.retry_after, attempts=attempts, age=age)


def _store(tx: Tx, claim: Claim, finding: Finding, limits: Limits) -> Stored:
    """Store a page's text with what the rules find in it, or, where its lease was lost, nothing."""
    if not pages.read(tx, claim, finding.article.body):
        return Stored(lost=True)
    new = match_stored(
        tx,
        {claim.article_id: finding},
        {claim.article_id: claim.story_id},
        changed={claim.article_id},
        seen_first=(),
        catch_up=limits.catch_up,
    )
    return Stored(1, len(new))
