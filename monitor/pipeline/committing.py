"""Stores what polls found: articles, stories, matches, fates and feed state of each poll together, many polls in one transaction."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.core.model import Article, FateState
from monitor.core.rules import Rule
from monitor.core.stories import STORY_WINDOW
from monitor.errors import StoreUnavailable
from monitor.pipeline.grouping import Grouped
from monitor.pipeline.matching import Finding
from monitor.store import Store, articles, fates, matches, pages, polls, stories
from monitor.store.fates import NewFate
from monitor.store.feeds import Claim, PollResult
from monitor.store.matches import NewMatch
from monitor.store.tx import Tx

#: Polls that one transaction takes together at the most, and how many of these and of their articles: others wait for the writer, too.
POLLS, HEAVIEST = 200, 1_000


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


def committer(store: Store, catch_up: timedelta, linger: float = 0.0) -> Grouped[Poll, Stored]:
    """Return what stores polls, those together that end while others are stored, or in the `linger` seconds before one that found something."""

    async def work(ended: Sequence[Poll]) -> Sequence[Stored]:
        return await store.run(commit, ended, catch_up)

    # Where the store is away none of them is to blame, and each alone would wait for it as long as all of them did.
    return Grouped(
        work,
        POLLS,
        weight=lambda poll: 1 + len(poll.findings),
        heaviest=HEAVIEST,
        nobodys=(StoreUnavailable,),
        linger=linger,
        hurries=lambda poll: bool(poll.findings),
    )


def commit(tx: Tx, ended: Sequence[Poll], catch_up: timedelta) -> list[Stored]:
    """Store each poll whole or, where its lease was lost, not at all; one poll's loss is nobody else's."""
    held = polls.complete(tx, [(each.claim, each.result) for each in ended])
    # A lost lease means that another poll of this feed is under way, or done: nothing of ours is stored.
    kept = iter(_store(tx, [each for each, holds in zip(ended, held, strict=True) if holds], catch_up))
    return [next(kept) if holds else Stored(lost=True) for holds in held]


def _store(tx: Tx, ended: Sequence[Poll], catch_up: timedelta) -> list[Stored]:
    saved = articles.save_all(tx, [[finding.article for finding in each.findings] for each in ended])
    brought = [
        {ids[each.article.key]: each for each in poll.findings if each.article.key in ids}
        for poll, ids in zip(ended, saved, strict=True)
    ]
    found = {id: each for some in brought for id, each in some.items()}
    changed = frozenset(id for each in saved for id in each.changed)
    seen_first = frozenset(
        id for poll, some in zip(ended, brought, strict=True) if poll.claim.state.first for id in some
    )
    story_of = stories.assign(tx, {id: each.article for id, each in found.items()}, STORY_WINDOW)
    wishes = {id: (each.article, each.wish) for id, each in found.items() if id not in seen_first}
    pages.queue(tx, wishes, changed - seen_first)
    new = match_stored(tx, found, story_of, changed, seen_first=seen_first, catch_up=catch_up)
    made = Counter(article_id for article_id, _ in new)
    return [Stored(len(some), sum(made[id] for id in some)) for some in brought]


def match_stored(
    tx: Tx,
    found: Mapping[int, Finding],
    story_of: Mapping[int, int],
    changed: Collection[int],
    *,
    seen_first: Collection[int],
    catch_up: timedelta,
) -> Collection[tuple[int, str]]:
    """Store what the rules found in stored articles, by their ids, and what becomes of it; return the new pairs of article and rule.

    `changed` are those whose text is another since they were matched, `seen_first` those in a feed that was read for the first time.
    A pair that matched before is not new.
    """
    if not found:
        return ()
    hits = {(id, hit.rule.id): hit for id, finding in found.items() for hit in finding.hits}
    new = matches.add(
        tx,
        [NewMatch(id, story_of[id], rule_id, hit.rule.version, hit.spans) for (id, rule_id), hit in hits.items()],
        changed=changed,
    )
    fates.add(
        tx,
        [
            NewFate(match_id, digest_id, *first_fate(article, rule, first_sight=id in seen_first, catch_up=catch_up))
            for (id, rule_id), match_id in new.items()
            for article, rule in [(found[id].article, hits[id, rule_id].rule)]
            for digest_id in rule.deliver
        ],
    )
    return new.keys()


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
