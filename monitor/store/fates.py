"""Fates: what became of each match in each digest it goes to. Matches times digests is always the sum of the fates."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from monitor.core.articles import without_publisher
from monitor.core.digest import PendingMatch, WaitingMatch
from monitor.core.digest.reopening import Telling
from monitor.core.model import FateState, Priority
from monitor.store import feeds as feed_rows
from monitor.store.articles import outlet
from monitor.store.carriers import ARRIVED, carried
from monitor.store.schema import article_versions, articles, editions, fates, feeds, matches, rule_versions
from monitor.store.tx import Tx, batches
from monitor.store.types import UtcTime

OPEN = (FateState.PENDING, FateState.HELD)
"""The states in which a match still waits: for a slot, or in an edition that is being delivered."""

DROPPED = "dropped by a person"
"""Why a match failed whose message somebody wanted to reach nobody: its story counts as told."""

SILENT = (FateState.BASELINE, FateState.EXPIRED)
"""The states of what was there when a feed was first read, or too old when it came."""

STRANDED = timedelta(days=1)
"""A message that nobody has tried for so long, as its channel is not configured, say, keeps no copy of its story waiting."""

MOST = 2000
"""Matches that are planned and shown at a time."""

BODY_SHOWN = 20_000
"""Characters of an article's body that planning is given; 2,000 pending articles of a megabyte each would be two gigabytes."""


@dataclass(frozen=True, slots=True)
class NewFate:
    """What a new match starts as in one digest: waiting, or settled from the start (baseline, expired)."""

    match_id: int
    digest_id: str
    state: FateState = FateState.PENDING
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a match without its being sent (or that it is HELD for now), and why, in words."""

    match_id: int
    state: FateState
    reason: str


def add(tx: Tx, new: Iterable[NewFate]) -> None:
    """Store what new matches start as, one row for each digest a match goes to."""
    rows = [
        {
            "match_id": each.match_id,
            "digest_id": each.digest_id,
            "state": each.state,
            "reason": each.reason,
            "changed_at": tx.now,
        }
        for each in new
    ]
    tx.many(tx.insert(fates).on_conflict_do_nothing(), rows)


def settle(tx: Tx, digest_id: str, settled: Sequence[Settled]) -> int:
    """Settle matches that wait for a slot, or hold them (HELD); return how many did wait.

    One that has been taken into an edition, or was settled before, is left alone.
    """
    ours = sa.update(fates).where(waiting(digest_id))
    return sum(
        tx.run(
            ours.where(fates.c.match_id == each.match_id).values(
                state=each.state, reason=each.reason, changed_at=tx.now
            )
        )
        for each in sorted(settled, key=lambda each: each.match_id)
    )


def waiting_for(tx: Tx, digest_id: str, limit: int = MOST, gathering: Collection[str] = ()) -> list[WaitingMatch]:
    """Return the matches that wait for a slot of this digest, the oldest first, with what planning needs of them.

    What is held, what waits of rules that are `gathering` or for a message that is under way, and, where there is more than `limit`, what is
    urgent, has a limit of its own: nothing else may wait behind it.
    """
    asked = {"digest": digest_id, "most": limit, "recent": tx.now - STRANDED}
    queries = [
        _waiting_for(FateState.PENDING),
        _waiting_for(FateState.PENDING, under_way=True),
        _waiting_for(FateState.HELD),
    ]
    if gathering:
        some = matches.c.rule_id.in_(gathering)
        queries = [each.where(part) for each in queries for part in (some, ~some)]
    rows: dict[int, sa.Row[Any]] = {}
    for query in queries:
        found = list(tx.conn.execute(query, asked))
        if len(found) == limit:
            found += tx.conn.execute(query.where(rule_versions.c.priority == Priority.URGENT), asked)
        rows |= {row.match_id: row for row in found}
    return [_waiting_match(rows[match_id]) for match_id in sorted(rows)]


def waiting_count(tx: Tx, digest_id: str) -> int:
    """Return how many matches wait for a slot of a digest."""
    number: int = tx.conn.execute(sa.select(sa.func.count()).select_from(fates).where(waiting(digest_id))).scalar_one()
    return number


def tellings(tx: Tx, digest_id: str, match_ids: Iterable[int]) -> dict[int, tuple[int, list[Telling]]]:
    """Return for each of some matches of stories that their rules told before the weight of its feed, and the editions of a digest that told them."""
    found: dict[int, tuple[int, list[Telling]]] = {}
    for some in batches(match_ids):
        for match_id, weight, made_at, heaviest in tx.conn.execute(_tellings(), {"digest": digest_id, "some": some}):
            found.setdefault(match_id, (weight, []))[1].append(Telling(made_at, heaviest))
    return found


@cache
def _tellings() -> sa.Select[tuple[Any, ...]]:
    """Return the query for what told the stories of some matches; made once, for it is asked every second while one waits to be told once more."""
    other, fate, its_article, its_feed = matches.alias(), fates.alias(), articles.alias(), feeds.alias()
    told = sa.and_(
        other.c.story_id == matches.c.story_id, other.c.rule_id == matches.c.rule_id, other.c.id != matches.c.id
    )
    ours = sa.and_(fate.c.match_id == other.c.id, fate.c.digest_id == sa.bindparam("digest", type_=sa.Text))
    some: sa.BindParameter[list[int]] = sa.bindparam("some", expanding=True)
    return (
        sa.select(matches.c.id, feeds.c.weight, editions.c.made_at, sa.func.max(its_feed.c.weight))
        .select_from(
            matches.join(articles, articles.c.id == matches.c.article_id)
            .join(feeds, feeds.c.id == articles.c.feed_id)
            .join(other, told)
            .join(fate, ours)
            .join(editions, editions.c.id == fate.c.edition_id)
            .join(its_article, its_article.c.id == other.c.article_id)
            .join(its_feed, its_feed.c.id == its_article.c.feed_id)
        )
        .where(matches.c.id.in_(some), fate.c.state.in_((FateState.SENT, FateState.PENDING)))
        .group_by(matches.c.id, feeds.c.weight, editions.c.id, editions.c.made_at)
    )


def held(tx: Tx, digest_id: str) -> set[int]:
    """Return the matches that are held for now, by quiet hours say, and go out with a later edition of this digest."""
    query = sa.select(fates.c.match_id).where(waiting(digest_id), fates.c.state == FateState.HELD)
    return set(tx.conn.execute(query).scalars())


def outlets(tx: Tx, match_ids: Iterable[int]) -> dict[int, str]:
    """Return who published the articles of some matches, by match."""
    query = sa.select(matches.c.id, outlet).select_from(matches.join(articles))
    return {
        match_id: published
        for some in batches(match_ids)
        for match_id, published in tx.conn.execute(query.where(matches.c.id.in_(some)))
    }


def _waiting_match(row: sa.Row[Any]) -> WaitingMatch:
    told, held = bool(row.told), bool(row.held)
    match = WaitingMatch(row.match_id, row.story_id, row.rule_id, row.priority, row.matched_at, told, held)
    return replace(match, gathers=bool(row.gathers), under_way=row.under_way) if row.gathers or row.under_way else match


def among(tx: Tx, digest_id: str, match_ids: Iterable[int]) -> list[PendingMatch]:
    """Return those of some matches that wait for a slot of this digest, the oldest first, with all that showing needs."""
    query = _pending()
    found = [
        _shown(row)
        for some in batches(match_ids)
        for row in tx.conn.execute(
            query.where(matches.c.id.in_(some)), {"digest": digest_id, "most": len(some)}
        ).mappings()
    ]
    return sorted(found, key=lambda each: each.match_id)


def pending(tx: Tx, digest_id: str, until: datetime | None = None, limit: int = 2000) -> list[PendingMatch]:
    """Return the matches that wait for a slot of this digest, the oldest first, with all that planning and showing need.

    `until`: only those made by then. `told`: this rule's hit on this story was in an edition of this digest before.
    Bodies are cut after 20,000 characters, titles before the publisher that an aggregator adds, and spans beyond are left out.
    """
    query, chosen = _pending(), {"digest": digest_id, "most": limit}
    if until is not None:
        query = query.where(matches.c.matched_at <= until)
    return [_shown(row) for row in tx.conn.execute(query, chosen).mappings()]


@cache
def _waiting_for(state: FateState, *, under_way: bool = False) -> sa.Select[tuple[Any, ...]]:
    """Return the query for what waits in a state, and whose story is in a message under way or not; made once, as every digest asks it every second."""
    digest_id, most = sa.bindparam("digest", type_=sa.Text), sa.bindparam("most", type_=sa.Integer)
    query = sa.select(
        matches.c.id.label("match_id"),
        matches.c.story_id,
        matches.c.rule_id,
        rule_versions.c.priority,
        matches.c.matched_at,
        _told(digest_id, _REACHED).label("told"),
        (fates.c.state == FateState.HELD).label("held"),
        rule_versions.c.gathers,
        sa.literal(under_way).label("under_way"),
    ).select_from(fates.join(matches).join(rule_versions))
    coming = _told(digest_id, _UNDER_WAY)
    query = query.where(waiting(digest_id), fates.c.state == state, coming if under_way else ~coming)
    return query.order_by(fates.c.match_id).limit(most)


@cache
def _pending() -> sa.Select[tuple[Any, ...]]:
    """Return the query for what waits and all that is shown of it."""
    digest_id = sa.bindparam("digest", type_=sa.Text)
    most = sa.bindparam("most", type_=sa.Integer)
    return _shown_of(digest_id).where(waiting(digest_id)).order_by(matches.c.id).limit(most)


def _shown_of(digest_id: sa.BindParameter[str]) -> sa.Select[tuple[Any, ...]]:
    """Return the query for fates and all that is shown of their matches."""
    body = sa.func.substr(articles.c.body, 1, BODY_SHOWN).label("body")
    return sa.select(
        matches.c.id.label("match_id"),
        *(matches.c[name] for name in ("article_id", "story_id", "rule_id", "matched_at", "spans")),
        *(
            articles.c[name]
            for name in ("feed_id", "title", "summary", "url", "published", "publisher", "page", "page_why")
        ),
        body,
        rule_versions.c.title.label("rule_title"),
        rule_versions.c.priority,
        feed_rows.label.label("feed_title"),
        feeds.c.weight,
        _told(digest_id, sa.or_(_REACHED, _IN_EDITION)).label("told"),
        _edited().label("edited"),
    ).select_from(fates.join(matches).join(articles).join(feeds).join(rule_versions))


def of_editions(tx: Tx, digest_id: str, names: Sequence[str], limit: int) -> list[PendingMatch]:
    """Return the newest matches that some editions of a digest tell, the oldest first, with all that showing needs."""
    return _newest(tx, digest_id, limit, fates.c.edition_id.in_(names))


def brought(tx: Tx, digest_id: str, since: datetime, limit: int = 2000) -> list[PendingMatch]:
    """Return the newest matches that this digest was to tell and that were made at `since` or later, whatever became of them, the oldest first.

    Without those that were in a feed when it was first read, or too old when they came.
    """
    return _newest(tx, digest_id, limit, fates.c.state.not_in(SILENT), matches.c.matched_at >= since)


def _newest(tx: Tx, digest_id: str, limit: int, *which: sa.ColumnElement[bool]) -> list[PendingMatch]:
    query = _shown_of(sa.bindparam("digest", type_=sa.Text)).where(fates.c.digest_id == digest_id, *which)
    rows = tx.conn.execute(query.order_by(matches.c.id.desc()).limit(limit), {"digest": digest_id}).mappings()
    return sorted(map(_shown, rows), key=lambda each: each.match_id)


def volume(tx: Tx, digest_id: str, rule_ids: Collection[str], bounds: Sequence[datetime]) -> dict[str, tuple[int, ...]]:
    """Count the matches of rules that this digest was to tell, whatever became of them: between each of `bounds` and the next, by rule.

    Without those that were in a feed when it was first read, or too old when they came.
    """
    made = matches.c.matched_at
    between = (sa.and_(made >= start, made < end) for start, end in pairwise(bounds))
    counts = [sa.func.count(sa.case((each, 1))) for each in between]
    ours = (fates.c.digest_id == digest_id, fates.c.state.not_in(SILENT))
    query = sa.select(matches.c.rule_id, *counts).select_from(matches.join(fates)).where(*ours)
    query = query.where(made >= bounds[0], made < bounds[-1], matches.c.rule_id.in_(sorted(rule_ids)))
    return {row[0]: tuple(row[1:]) for row in tx.conn.execute(query.group_by(matches.c.rule_id))}


def count_by_state(tx: Tx, digest_id: str | None = None) -> dict[FateState, int]:
    """Return how many fates are in each state, of one digest or of all."""
    query = sa.select(fates.c.state, sa.func.count()).group_by(fates.c.state)
    if digest_id is not None:
        query = query.where(fates.c.digest_id == digest_id)
    return {row[0]: row[1] for row in tx.conn.execute(query)}


def waiting(digest_id: str | sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a fate waits for a slot of this digest: it is open, and in no edition."""
    return sa.and_(fates.c.digest_id == digest_id, fates.c.state.in_(OPEN), fates.c.edition_id.is_(None))


_fate = fates.alias()
_IN_EDITION = sa.and_(_fate.c.state == FateState.PENDING, _fate.c.edition_id.is_not(None))
# Who waits at a channel that is down must not keep those from the sequel who have the story.
_SOMEBODY_HAS_IT = carried(_fate.c.edition_id, lambda each: each.c.next_at.is_(None) & each.c.state.in_(ARRIVED))
_SOMEBODY_GETS_IT = carried(_fate.c.edition_id, lambda each: each.c.next_at > sa.bindparam("recent", type_=UtcTime))
_UNDER_WAY = sa.and_(_IN_EDITION, ~_SOMEBODY_HAS_IT, _SOMEBODY_GETS_IT)
_REACHED = sa.or_(
    _fate.c.state == FateState.SENT,
    sa.and_(_fate.c.state == FateState.FAILED, _fate.c.reason == DROPPED),
    sa.and_(_IN_EDITION, _SOMEBODY_HAS_IT),
)


def _told(digest_id: sa.BindParameter[str], how: sa.ColumnElement[bool]) -> sa.Exists:
    """Return the condition that an edition of this digest told another match of the same rule and story, and became of it `how`."""
    other = matches.alias()
    return (
        sa.select(other.c.id)
        .where(other.c.story_id == matches.c.story_id, other.c.rule_id == matches.c.rule_id, other.c.id != matches.c.id)
        .where(_fate.c.match_id == other.c.id, _fate.c.digest_id == digest_id, how)
        .exists()
    )


def _edited() -> sa.Exists:
    """Return the condition that the article had another text before the match."""
    before = article_versions.c.replaced_at <= matches.c.matched_at
    return (
        sa.select(article_versions.c.version)
        .where(article_versions.c.article_id == matches.c.article_id, before)
        .exists()
    )


def _shown(row: sa.RowMapping) -> PendingMatch:
    title = without_publisher(row["title"], row["publisher"])
    within = {"title": len(title), "summary": len(row["summary"]), "body": len(row["body"])}
    spans = tuple(each for each in row["spans"] if each.end <= within.get(each.field, each.end))
    told, edited = bool(row["told"]), bool(row["edited"])
    return PendingMatch(**{**row, "title": title, "spans": spans, "told": told, "edited": edited})
