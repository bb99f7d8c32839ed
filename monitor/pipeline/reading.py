"""From a document that changed to what is new in it and the rules that it matches; documents that come together are read together."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.identity import recognised
from monitor.core.model import Feed
from monitor.errors import ParseError, StoreUnavailable
from monitor.fetch import Response
from monitor.parse.articles import NO_ITEMS, Document, Reading, read_each
from monitor.parse.cutting import MOST_BLOCKS
from monitor.pipeline.grouping import Grouped
from monitor.pipeline.matching import Finding, Lookout, unseen
from monitor.pipeline.setup import Limits, Setup
from monitor.store import Store, articles
from monitor.store.feeds import Claim
from monitor.workers import Workers

#: Documents that a worker is given at a time, and bytes of them: handing one over costs as much as reading a small one.
DOCUMENTS, BYTES = 16, 1 << 20
#: Worker tasks under way; more would wait within the pool, where they are no longer grouped.
TASKS = 2
#: The kinds of failure of a feed whose document was given up: its process was ended, or all of the poll took too long.
STOPPED, UNREAD = "parser-stopped", "not-read"
#: Documents whose articles are looked up and matched together.
TOGETHER = 100


@dataclass(frozen=True, slots=True)
class News:
    """What a poll found: what was read, what of it is taken, and how much is left for the next poll (`left`).

    `new`: when the articles that nobody had seen were published. `shared`: whether the document shares an item with those before it,
    None where it holds none that could be shared, or the last one held none.
    """

    reading: Reading
    findings: tuple[Finding, ...]
    new: tuple[datetime, ...]
    left: int
    shared: bool | None


@dataclass(frozen=True, slots=True)
class _Sought:
    reading: Reading
    feed: Feed
    most: int
    marks: str


class Reader:
    """Reads the documents of feeds; at the most `limits.entries` articles of each, but all of one that is seen for the first time."""

    def __init__(
        self,
        store: Store,
        setup: Callable[[], Setup],
        workers: Workers,
        lookout: Lookout,
        clock: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        self._store = store
        self._setup = setup
        self._workers = workers
        self._lookout = lookout
        self._clock = clock
        self._limits = limits
        self._parsing = Grouped(
            self._parse, DOCUMENTS, weight=lambda each: len(each.body), heaviest=BYTES, at_once=TASKS
        )
        # What had to be stopped before is read by itself: in a group it would stop the others, too.
        self._parsing_slow = Grouped(self._parse, 1)
        self._sifting = Grouped(self._sift, TOGETHER, nobodys=(StoreUnavailable,))

    async def read(self, claim: Claim, response: Response) -> News:
        """Read one document. Raises ParseError, WorkerError, StoreUnavailable."""
        first = claim.state.first
        # A first sight is taken whole: what it left for the next poll would ring as if it were new.
        document = Document(
            response.body,
            response.headers.get("content-type", ""),
            response.url,
            claim.feed_id,
            self._clock(),
            claim.marks,
            self._setup().detecting,
            MOST_BLOCKS if first else self._limits.entries,
        )
        parsing = self._parsing_slow if claim.state.error_kind in (STOPPED, UNREAD) else self._parsing
        reading = await parsing.add(document)
        if isinstance(reading, ParseError):
            raise reading
        most = len(reading.articles) if first else self._limits.entries
        return await self._sifting.add(_Sought(reading, claim.feed, most, claim.marks))

    async def _parse(self, documents: Sequence[Document]) -> Sequence[Reading | ParseError]:
        return await self._workers.call(read_each, documents, timeout=self._limits.parse_seconds)

    async def _sift(self, sought: Sequence[_Sought]) -> Sequence[News]:
        keys = {each.feed.id: [key for one in each.reading.articles for key in one.keys] for each in sought}
        known = await self._store.read(articles.known_of, keys)
        return await asyncio.to_thread(lambda: [self._news(each, known[each.feed.id]) for each in sought])

    def _news(self, sought: _Sought, known: articles.KnownByKey) -> News:
        reading = sought.reading
        fresh = unseen(reading.articles, known)
        taken = fresh[max(0, len(fresh) - sought.most) :]
        new = tuple(each.published for each in taken if recognised(each, known) is None)
        findings = tuple(self._lookout.find(taken, sought.feed))
        shared = None if sought.marks == NO_ITEMS else _shared(reading, known)
        return News(reading, findings, new, len(fresh) - len(taken), shared)


def _shared(reading: Reading, known: articles.KnownByKey) -> bool | None:
    """Tell whether a document shares an item with those before it; None where it holds none that could be shared."""
    if not reading.items:
        return None
    # What was cut away was there before; of the rest it is told by what is stored.
    return reading.items > reading.left + reading.rest or any(
        recognised(each, known) is not None for each in reading.articles
    )
