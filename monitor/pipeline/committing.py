"""Stores what polls found: articles, stories, matches, fates and feed state of each poll together, many polls in one transaction."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.core.model import Article, FateState
from monitor.core.rules import Rule
from monitor.core.stories import STORY_WINDOW
from monitor.errors import StoreUnavailable
from monitor.pipeline.matching import Finding
from monitor.store import Store, articles, fates, feeds, matches, pages, quiet, stories
from monitor.store.fates import NewFate
from monitor.store.feeds import Claim, PollResult
from monitor.store.matches import NewMatch
from monitor.store.tx import Tx

log = logging.getLogger(__name__)

#: Polls that one transaction takes together at the most.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll that has ended: the claim it began with, how it ended, and what it found."""

    claim: Claim
    result: PollResult
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing one poll brought: new or changed articles, new matches, and whether its lease had been lost."""

    articles: int = 0
    matches: int = 0
    lost: bool = False


class Committer:
    """Groups the polls that end while a transaction runs into the next one."""

    def __init__(self, store: Store, catch_up: timedelta) -> None:
        self._store = store
        self._catch_up = catch_up
        self._waiting: list[tuple[Poll, asyncio.Future[Stored]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, poll: Poll) -> Stored:
        """Store one poll; returns what it brought. Raises what the store raises for this poll alone."""
        stored: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._waiting.append((poll, stored))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._commit_waiting(), name="commit")
        return await stored

    async def _commit_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                brought = await self._store.run(commit, [poll for poll, _ in batch], self._catch_up)
            except StoreUnavailable as error:
                # None of them is to blame, and each alone would wait for the database as long as all of them did.
                _fail(batch, error)
            except Exception as error:  # noqa: BLE001  handed on to whoever waits for it
                await self._one_by_one(batch, error)
            else:
                _tell(batch, brought)

    async def _one_by_one(self, batch: list[tuple[Poll, asyncio.Future[Stored]]], error: Exception) -> None:
        """Store each poll in a transaction of its own, so that one the database chokes on takes no other along."""
        if len(batch) == 1:
            _fail(batch, error)
            return
        log.warning("a commit of %d polls failed; storing them one by one: %s", len(batch), error)
        for poll, stored in batch:
            try:
                _tell([(poll, stored)], await self._store.run(commit, [poll], self._catch_up))
            except Exception as own:  # noqa: BLE001  handed on to whoever waits for it
                _fail([(poll, stored)], own)


def _tell(batch: list[tuple[Poll, asyncio.Future[Stored]]], brought: Sequence[Stored]) -> None:
    for (_, stored), one in zip(batch, brought, strict=True):
        if not stored.done():
            stored.set_result(one)


def _fail(batch: list[tuple[Poll, asyncio.Future[Stored]]], error: Exception) -> None:
    for _, stored in batch:
        if not stored.done():
            stored.set_exception(error)


def commit(tx: Tx, polls: Sequence[Poll], catch_up: timedelta) -> list[Stored]:
    """Store each poll whole or, where its lease was lost, not at all; one poll's loss is nobody else's."""
    passing = [
        (each.claim, each.result) for each in polls if not each.findings and quiet.is_quiet(each.claim, each.result)
    ]
    done = {claim.feed_id for claim, _ in passing} if quiet.complete(tx, passing) else set()
    return [Stored() if each.claim.feed_id in done else _commit(tx, each, catch_up) for each in polls]


def _commit(tx: Tx, poll: Poll, catch_up: timedelta) -> Stored:
    with tx.savepoint():
        # A lost lease means that another poll of this feed is under way, or done: nothing of ours is stored.
        if not feeds.complete(tx, poll.claim, poll.result):
            return Stored(lost=True)
        return _store(tx, poll, catch_up)


def _store(tx: Tx, poll: Poll, catch_up: timedelta) -> Stored:
    ids = articles.save(tx, [each.article for each in poll.findings])
    found = {ids[each.article.key]: each for each in poll.findings if each.article.key in ids}
    story_of = stories.assign(tx, {id: each.article for id, each in found.items()}, STORY_WINDOW)
    first = poll.claim.state.first
    if not first:
        pages.queue(tx, {id: (each.article, each.wish) for id, each in found.items()}, ids.changed)
    new = match_stored(tx, found, story_of, ids.changed, first_sight=first, catch_up=catch_up)
    return Stored(len(found), new)


def match_stored(
    tx: Tx,
    found: Mapping[int, Finding],
    story_of: Mapping[int, int],
    changed: Collection[int],
    *,
    first_sight: bool,
    catch_up: timedelta,
) -> int:
    """Store what the rules found in stored articles, by their ids, and what becomes of it; return how many matches are new.

    `changed` are those whose text is another since they were matched. A pair of article and rule that matched before is not new.
    """
    hits = {(id, hit.rule.id): hit for id, finding in found.items() for hit in finding.hits}
    new = matches.add(
        tx,
        [NewMatch(id, story_of[id], rule_id, hit.rule.version, hit.spans) for (id, rule_id), hit in hits.items()],
        changed=changed,
    )
    rules = {pair: hits[pair].rule for pair in new}
    seen = {id: each.article for id, each in found.items()}
    fates.add(tx, _fates(new, rules, seen, first_sight=first_sight, catch_up=catch_up))
    return len(new)


def _fates(
    new: Mapping[tuple[int, str], int],
    rules: Mapping[tuple[int, str], Rule],
    found: Mapping[int, Article],
    *,
    first_sight: bool,
    catch_up: timedelta,
) -> Iterable[NewFate]:
    """Give every new match its fate in each digest its rule delivers to."""
    for pair, match_id in new.items():
        state, reason = first_fate(found[pair[0]], rules[pair], first_sight=first_sight, catch_up=catch_up)
        for digest_id in rules[pair].deliver:
            yield NewFate(match_id, digest_id, state, reason)


def first_fate(article: Article, rule: Rule, *, first_sight: bool, catch_up: timedelta) -> tuple[FateState, str]:
    """Decide what a new match begins as: pending, or at once baseline or expired, with the reason."""
    age = article.seen_at - article.published
    if age > rule.max_age:
        return (
            FateState.EXPIRED,
            f"the article was {_told(age)} old when first seen; the rule takes up to {_told(rule.max_age)}",
        )
    # An article that states no date counts as published when seen, which on a first sight says nothing of its age.
    if first_sight and (age <= timedelta(0) or age > catch_up):
        return FateState.BASELINE, "in the feed when it was first read"
    return FateState.PENDING, ""


def _told(span: timedelta) -> str:
    hours = span // timedelta(hours=1)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"
