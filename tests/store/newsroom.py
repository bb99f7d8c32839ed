"""Short ways to put feeds, articles, matches and editions into a store, for tests that are about what comes after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.delivery import Verdict, delivery_key
from monitor.core.feeds import PollOutcome, after
from monitor.core.model import Article, DeliveryState, Feed, Outcome, Parcel, Priority, Receipt, Span
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.store import Tx, articles, deliveries, editions, fates, feeds, matches, polls, rule_versions, stories
from tests.clock import MONDAY

LEASE = timedelta(minutes=2)
WINDOW = timedelta(hours=72)
HARBOUR = Feed("harbour", "https://harbour.example/feed", title="Harbour News", weight=3)
VALLEY = Feed("valley", "https://valley.example/feed")


def article(
    key: str = "ferry-1",
    feed_id: str = "harbour",
    *,
    title: str = "Ferry line opens",
    body: str = "The first boat leaves at dawn.",
    seen_at: datetime = MONDAY,
    story_keys: tuple[str, ...] = (),
    content_hash: str = "",
    other_keys: tuple[str, ...] = (),
    loose_keys: tuple[str, ...] = (),
    bands: tuple[int, ...] = (),
) -> Article:
    """An article of a feed; its content hash follows from its text."""
    return Article(
        feed_id=feed_id,
        key=key,
        url=f"https://{feed_id}.example/{key}",
        title=title,
        summary="",
        body=body,
        author="A. Reporter",
        language="en",
        tags=("local",),
        published=seen_at,
        seen_at=seen_at,
        content_hash=content_hash or f"{title}|{body}",
        story_keys=story_keys,
        other_keys=other_keys,
        loose_keys=loose_keys,
        bands=bands,
    )


def rule(
    rule_id: str = "ferries",
    *,
    title: str = "Ferries",
    version: str = "v1",
    deliver: tuple[str, ...] = ("instant",),
) -> Rule:
    """A rule that looks for one word."""
    return Rule(
        id=rule_id,
        query=parse("ferry"),
        title=title,
        description="",
        languages=(),
        sources=(),
        max_age=timedelta(days=7),
        priority=Priority.NORMAL,
        deliver=deliver,
        path="rules/test.yaml",
        line=1,
        version=version,
    )


def open_house(tx: Tx) -> None:
    """Configure two feeds and two rules."""
    feeds.sync(tx, [HARBOUR, VALLEY])
    rule_versions.record(tx, [rule(), rule("boats", title="Boats")])


def publish(
    tx: Tx, *found: Article, rules: Sequence[str] = ("ferries",), digests: Sequence[str] = ("instant",)
) -> list[int]:
    """Store articles of one feed, matched by every one of `rules`, waiting in every one of `digests`; return new match ids."""
    ids = articles.save(tx, found)
    story_of = stories.assign(tx, {ids[each.key]: each for each in found if each.key in ids}, WINDOW)
    hits = [
        matches.NewMatch(ids[each.key], story_of[ids[each.key]], rule_id, "v1", (Span("title", 0, 5),))
        for each in found
        if each.key in ids
        for rule_id in rules
    ]
    new = sorted(matches.add(tx, hits).values())
    fates.add(tx, [fates.NewFate(match_id, digest_id) for match_id in new for digest_id in digests])
    return new


def polled(
    tx: Tx, claim: feeds.Claim, next_poll_at: datetime, outcome: PollOutcome | None = None, **document: str
) -> bool:
    """Complete a poll that saw `outcome`, a good one unless told; the next is due when the test says."""
    verdict = after(claim.feed, claim.state, outcome or PollOutcome(), tx.now)
    due = None if verdict.at is None else next_poll_at
    result = feeds.PollResult(due, verdict.reason, verdict.state, verdict.host_until, **document)
    return polls.complete(tx, [(claim, result)]) == [True]


def edition(
    edition_id: str = "instant/1", digest_id: str = "instant", *, slot: str = "", at: datetime = MONDAY
) -> editions.NewEdition:
    """An edition to be made at `at`, its slot named after it unless given."""
    return editions.NewEdition(edition_id, digest_id, slot or edition_id, at, at, "stories-due")


def parcel(
    edition_id: str = "instant/1", channel_id: str = "desk", recipient: str = "ana@example.org", part: int = 0
) -> Parcel:
    """A message for one recipient."""
    key = delivery_key(channel_id, recipient, edition_id, part)
    return Parcel(key, channel_id, recipient, part, f"message {part} of {edition_id} for {recipient}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side says to an attempt, and what follows from it."""

    outcome: Outcome
    state: DeliveryState
    wait: timedelta | None = None


SENT = Answer(Outcome.SENT, DeliveryState.SENT)
REFUSED = Answer(Outcome.REFUSED, DeliveryState.DEAD)
LATER = Answer(Outcome.RETRY, DeliveryState.PENDING, timedelta(minutes=5))
UNCERTAIN = Answer(Outcome.UNCERTAIN, DeliveryState.UNCERTAIN, timedelta(minutes=1))


def answer(tx: Tx, row: deliveries.DeliveryRow, given: Answer) -> bool:
    """Settle a claimed delivery with an answer."""
    attempt = deliveries.Attempt(tx.now, timedelta(seconds=1), Receipt(given.outcome, "data", "250", "fine"))
    next_at = None if given.wait is None else tx.now + given.wait
    return deliveries.settle(tx, row.id, row.token, attempt, Verdict(given.state, next_at, "because", row.attempts + 1))
