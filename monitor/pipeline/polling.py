"""The first stage: due feeds are claimed, fetched, parsed, matched, and stored with what follows from them."""

import asyncio
import hashlib
import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.core.feeds import PollOutcome, after
from monitor.core.feeds.cadence import NEXT_TURN, asks_outright, told
from monitor.core.feeds.outage import NETWORK, Outlook, seen
from monitor.core.hosts import host_of
from monitor.errors import NOT_ITS_TURN, FetchError, ParseError, StoreUnavailable, WorkerError, WorkersBusy
from monitor.fetch import Request, Response, fresh_for, same_host
from monitor.metrics import Metrics
from monitor.pipeline.committing import Poll, committer
from monitor.pipeline.matching import Lookout
from monitor.pipeline.reading import STOPPED, UNREAD, Reader
from monitor.pipeline.setup import Access, Limits, Setup, turns
from monitor.store import Store, feeds, gates
from monitor.store.feeds import Claim, PollResult
from monitor.workers import Workers

log = logging.getLogger(__name__)

#: How much of its lease a poll takes at the most; what is left of it is for storing how it ended.
LONGEST = 0.9

#: How long the rest waits of a feed that holds more new articles than one poll takes.
REST = timedelta(minutes=1)

#: Seconds after which a round looks whether it is some feed's turn at its host.
TURN = 0.2

Retrieve = Callable[[Request], Awaitable[Response]]


class Poller:
    """Keeps up to `limits.polls` feeds in flight and commits their results together."""

    def __init__(
        self,
        store: Store,
        setup: Callable[[], Setup],
        retrieve: Retrieve,
        workers: Workers,
        metrics: Metrics,
        clock: Callable[[], datetime],
        limits: Limits,
        matched: Callable[[], None] = lambda: None,
    ) -> None:
        """`matched` is called whenever new matches were stored."""
        self._store = store
        self._setup = setup
        self._retrieve = retrieve
        self._matched = matched
        self._metrics = metrics
        self._clock = clock
        self._limits = limits
        self._turns = turns(limits)
        self.lookout = Lookout(setup)
        self._reader = Reader(store, setup, workers, self.lookout, clock, limits)
        self._committer = committer(store, limits.catch_up, limits.linger)
        self._polls: set[asyncio.Task[None]] = set()
        self._reading: dict[Claim, asyncio.Task[None]] = {}
        self._claiming = asyncio.Lock()
        self._left = sys.maxsize
        self._more_due = False
        self._stopping = False
        self._outlook = Outlook()
        self._down = False

    def switched_off(self) -> tuple[str, ...]:
        """Return the ids of the rules that are left out since their regular expressions ran away."""
        return self.lookout.switched_off()

    def unreachable_since(self) -> datetime | None:
        """Return since when nothing at all has answered (UTC), so that our own network seems to be down; None while it is up."""
        return self._outlook.since if self._down else None

    async def poll_due(self) -> int:
        """Claim as many due feeds as there is room for and begin to poll them; return how many.

        While more are due than there is room for, feeds that have been read bring in the next ones.
        """
        # Whoever asks may be cut off; a claim of which nobody knew would keep its feeds from being read until its lease ends.
        return await asyncio.shield(asyncio.create_task(self._begin(), name="claim feeds"))

    async def _begin(self) -> int:
        async with self._claiming:  # two that claim at once would each fill the same room
            room = 0 if self._stopping else min(self._limits.polls - len(self._reading), self._left)
            if room <= 0:
                return 0
            claims = await self._store.run(feeds.claim, room, self._limits.poll_lease, self._turns)
            self._left -= len(claims)
            self._more_due = len(claims) == room
            for claim in claims:
                task = asyncio.create_task(self._poll(claim), name=f"poll {claim.feed_id}")
                self._reading[claim] = task
                self._polls.add(task)
                task.add_done_callback(self._polls.discard)
                # One at a time: all that begin in one round of the event loop go on in lockstep, and hold up everything else.
                await asyncio.sleep(0)
            return len(claims)

    async def poll_round(self, most: int) -> int:
        """Poll what is due, up to `most` feeds, and wait for the end of it; return how many were polled.

        For a run that ends: feeds that are due again before the last one was read would keep it going for ever.
        """
        self._left = most
        while self._left > 0:
            if await self.poll_due():
                await self.settle()
            elif await self._store.read(feeds.awaits_turn):
                await asyncio.sleep(TURN)
            else:
                break
        return most - self._left

    async def settle(self) -> None:
        """Wait until no poll is under way."""
        while self._polls:
            await asyncio.gather(*self._polls, return_exceptions=True)

    async def stop(self) -> None:
        """Stop polling. What is being read is given back and due at once; what has been read is stored first.

        A poll that was cut off while it is stored would be given back as if it had not been made, though the store goes
        on: its feed would be asked again at once, however long it wanted to be left alone.
        """
        self._stopping = True
        async with self._claiming:  # a claim under way ends first, or nobody would know of it
            for task in self._reading.values():
                task.cancel()
        await self.settle()
        await self._store.run(feeds.release, list(self._reading))

    async def _poll(self, claim: Claim) -> None:
        longest = LONGEST * self._limits.poll_lease.total_seconds()
        try:
            async with asyncio.timeout(longest):
                poll = await self._read(claim)
        except TimeoutError:
            # Not left to the end of its lease: a feed that hangs each time has to be told of like any other that fails.
            poll = self._failed(claim, UNREAD, FetchError(UNREAD, f"it was not read within {longest:g} s"))
        del self._reading[claim]
        # Half the room at a time: a claim of many costs the database as much as a claim of one.
        if self._more_due and len(self._reading) <= self._limits.polls // 2:
            self._more_due = False
            await asyncio.gather(self._keep(poll), self._go_on())
        else:
            await self._keep(poll)

    async def _go_on(self) -> None:
        try:
            await self.poll_due()
        except Exception as error:  # noqa: BLE001  the next beat asks again, and tells what is wrong
            log.debug("no more feeds could be claimed: %s", error)

    async def _read(self, claim: Claim) -> Poll | None:
        """Return how the poll ended, or None where the feed was given a new address a moment ago.

        The reload has then made its claim void; an address that is not the configured one must not get its password.
        """
        try:
            access = self._setup().access_to(claim.feed, claim.entry)
        except FetchError as error:
            return self._failed(claim, error.kind, error)
        if access.url != claim.feed.url:
            return None
        started = asyncio.get_running_loop().time()
        poll = await self._outcome(claim, access)
        self._metrics.poll_seconds.observe(asyncio.get_running_loop().time() - started)
        return poll

    async def _keep(self, poll: Poll | None) -> None:
        """Store a poll. Whatever goes wrong, nothing of it is stored, and the feed comes again when its lease ends."""
        if poll is None:
            return
        feed_id = poll.claim.feed_id
        try:
            stored = await self._committer.add(poll)
        except StoreUnavailable as error:
            log.warning("%s could not be stored and is read again later: %s", feed_id, error)
            return
        except Exception:
            log.exception("%s could not be stored and is read again later", feed_id)
            return
        if stored.lost:
            log.warning("%s was read under a lease that had been lost; the other reading counts", feed_id)
        if poll.claim.state.failures and not poll.result.state.failures:
            log.info("%s can be read again", feed_id)
        self._metrics.articles_stored.inc(stored.articles)
        self._metrics.matches.inc(stored.matches)
        if stored.matches:
            self._matched()

    async def _outcome(self, claim: Claim, access: Access) -> Poll:
        try:
            poll = await self._look(claim, access)
        except FetchError as error:
            poll = (
                _put_off(claim, error, self._clock())
                if error.kind in NOT_ITS_TURN
                else self._failed(claim, error.kind, error)
            )
        except ParseError as error:
            poll = self._failed(claim, "not-a-feed", error)
        except WorkersBusy as error:
            poll = _put_off(claim, FetchError("host-busy", str(error)), self._clock())
        except WorkerError as error:
            poll = self._failed(claim, STOPPED, error)
        except Exception as error:
            log.exception("%s failed in an unforeseen way", claim.feed_id)
            poll = self._failed(claim, "internal", error)
        self._metrics.polls.labels(poll.result.state.error_kind or ("new" if poll.findings else "unchanged")).inc()
        return poll

    async def _look(self, claim: Claim, access: Access) -> Poll:
        """Fetch a feed and, where it changed, read it and match what is new in it."""
        request = replace(_request(claim, access), may_follow=partial(self._may_follow, claim))
        response = await self._retrieve(request)
        if response.status == 304:
            return self._unchanged(claim, response)
        body_hash = hashlib.blake2b(response.body, digest_size=16).hexdigest()
        if body_hash == claim.body_hash:
            return self._unchanged(claim, response)
        return await self._found(claim, response, body_hash)

    async def _may_follow(self, claim: Claim, url: str) -> None:
        """Raise FetchError ("host-busy") where a redirect leads to another host that asked to be left alone."""
        host = host_of(url)
        if host == claim.host:
            return
        if gate := await self._store.read(gates.get, gates.host(host)):
            wait = gate.until - self._clock() if gate.until else None
            raise FetchError("host-busy", f"{host}, to which it redirects, asks to be left alone", retry_after=wait)

    async def _found(self, claim: Claim, response: Response, body_hash: str) -> Poll:
        news = await self._reader.read(claim, response)
        reading = news.reading
        outcome = PollOutcome(
            changed=True,
            new=len(news.new),
            published=news.new,
            items=reading.items,
            shared=news.shared,
            hints=reading.hints,
            moved_to=response.permanent_url,
            fresh_for=fresh_for(response.headers, self._clock()),
        )
        result = replace(self._after(claim, outcome), title=reading.title)
        if not news.left:
            result = replace(result, marks=reading.marks)
        left = news.left + reading.rest
        if left:
            return Poll(claim, _soon(result, self._clock(), len(news.findings), left), news.findings)
        # Only what is stored is vouched for: a feed not taken whole is read again, unasked whether it changed.
        return Poll(claim, _vouched(result, response, body_hash), news.findings)

    def _unchanged(self, claim: Claim, response: Response) -> Poll:
        outcome = PollOutcome(moved_to=response.permanent_url, fresh_for=fresh_for(response.headers, self._clock()))
        return Poll(claim, _vouched(self._after(claim, outcome), response, claim.body_hash))

    def _failed(self, claim: Claim, kind: str, error: Exception) -> Poll:
        refused = error if isinstance(error, FetchError) else FetchError(kind, "")
        now = self._clock()
        # Feeds that have long been dead fail all the time: only the silence of one that answered before is a sign.
        host = refused.host or claim.host
        if not claim.state.failures or kind not in NETWORK or host in self._outlook.silent:
            self._note(host, kind, now)
        ours = kind in NETWORK and self._down
        outcome = PollOutcome(kind, str(error), refused.retry, refused.retry_after, outage=ours)
        result = replace(self._after(claim, outcome), host=refused.host)
        level = logging.WARNING if claim.state.failures == 0 and not outcome.outage else logging.DEBUG
        log.log(level, "%s: %s (%s)", claim.feed_id, error, result.reason)
        return Poll(claim, result)

    def _note(self, host: str, kind: str, now: datetime) -> None:
        """Note how a host answered, and tell once that our own network is down, and once that it is back."""
        self._outlook = seen(self._outlook, host, kind, now)
        if self._outlook.down(now) == self._down:
            return
        self._down = not self._down
        self._metrics.network_down.set(self._down)
        if self._down:
            since = self._outlook.since
            log.error("nothing has answered since %s: the network here seems to be down; no feed is blamed", since)
        else:
            log.warning("the network is back: %s has answered", host)

    def _after(self, claim: Claim, outcome: PollOutcome) -> PollResult:
        if not outcome.error_kind:
            self._note(claim.host, "", self._clock())
        verdict = after(claim.feed, claim.state, outcome, self._clock())
        return PollResult(verdict.at, verdict.reason, verdict.state, verdict.host_until)


def _request(claim: Claim, access: Access) -> Request:
    """Return what asks a feed where it is. What a person gave for the configured host is for no other."""
    outright = asks_outright(claim.feed_id, claim.state.last_polled_at)
    request = Request(claim.url) if outright else Request(claim.url, claim.etag, claim.last_modified)
    if not same_host(claim.url, access.url):
        return request
    return replace(request, headers=access.headers, auth=access.auth, allow_private=access.allow_private)


def _put_off(claim: Claim, error: FetchError, now: datetime) -> Poll:
    """Let a feed that was not asked come again soon: others of its host took so long, which is no failure of its own."""
    wait = min(max(error.retry_after or NEXT_TURN, NEXT_TURN), max(claim.feed.max_every, NEXT_TURN))
    return Poll(claim, PollResult(now + wait, f"{error}: again after {told(wait)}", claim.state))


def _soon(result: PollResult, now: datetime, taken: int, left: int) -> PollResult:
    """Have a feed that was not taken whole read again soon: what it still holds may leave it."""
    due = min(result.next_poll_at or now + REST, now + REST)
    reason = f"{taken} of {taken + left} new articles were taken; the rest follows"
    return result if due == result.next_poll_at else replace(result, next_poll_at=due, reason=reason)


def _vouched(result: PollResult, response: Response, body_hash: str) -> PollResult:
    """Add the validators of an answer whose content is stored. A 304 may leave one out: it is then still the old one."""
    kept = None if response.status == 304 else ""
    return replace(
        result,
        etag=response.headers.get("etag", kept),
        last_modified=response.headers.get("last-modified", kept),
        body_hash=body_hash,
    )
