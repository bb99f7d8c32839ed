"""Pages of articles that are wanted: queued with their article, claimed by lease and token, gone once they are read or given up."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from monitor.core.hosts import host_of
from monitor.core.model import Article, Feed
from monitor.core.pages import OLDEST, TOO_LATE, Wish
from monitor.store import hosts, leases, words
from monitor.store.articles import STORED
from monitor.store.feeds import SETTINGS
from monitor.store.gates import HOST, shut
from monitor.store.hosts import Turns
from monitor.store.schema import articles, feeds, pages
from monitor.store.tx import Tx, batches

WAITING, READ, FAILED = "waiting", "read", "failed"
"""What an article says of its page; "" where it was not wanted."""

TURN = timedelta(seconds=1)
"""How long a page waits of whose host enough are read."""

CHANGED = "its article has changed"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to read the page of one article until `until`. `attempts` were made before; `story_id` is the article's, `entry` what the database says of a feed of its
    own."""

    article_id: int
    token: int
    until: datetime
    queued_at: datetime
    attempts: int
    url: str
    host: str
    article: Article
    story_id: int
    feed: Feed
    entry: str


def queue(tx: Tx, wishes: Mapping[int, tuple[Article, Wish | None]], changed: Collection[int] = ()) -> None:
    """Queue the pages that are wanted of articles just stored, by their ids.

    `changed` are those that have another text now: where their page was wanted before, it is read again, since what is stored is what
    their feed says.
    """
    rows = _stored(tx, changed)
    before = {id for id, (_, page) in rows.items() if page}
    wanted = {id: (article, wish) for id, (article, wish) in wishes.items() if wish and (wish.why or id in before)}
    _forget(tx, before - wanted.keys())
    taken = {id: pair for id, pair in wanted.items() if not pair[1].refused}
    _enqueue(tx, taken)
    # What a poll found of an article that was there bears the time of the poll.
    seen = {id: rows[id][0] if id in rows else article.seen_at for id, (article, _) in wanted.items()}
    told = [(id, FAILED if wish.refused else WAITING, wish.refused) for id, (_, wish) in wanted.items()]
    tx.many(_STATE, [_state(id, seen[id], page, why) for id, page, why in told])
    for some in batches(id for id, (_, wish) in wanted.items() if wish.refused and id in before):
        tx.run(sa.delete(pages).where(pages.c.article_id.in_(some)))


def claim(
    tx: Tx,
    limit: int,
    lease: timedelta,
    turns: Turns | None = None,
    under_way: Mapping[str, int] = MappingProxyType({}),
) -> list[Claim]:
    """Take up to `limit` due pages, the longest due first, for `lease`; those of paused hosts are passed over.

    With `turns` those of a host that was asked a moment ago are, too, and those of one of which as many as it has turns are read
    already: `under_way` says how many are, by host. No other claimer gets what was taken until the lease ends.
    """
    rows = {row.article_id: row for row in _taken(tx, limit, lease, turns, Counter(under_way))}
    if not rows:
        return []
    settings = [column.label(f"of_{column.name}") for column in SETTINGS]
    query = sa.select(*_ARTICLE, articles.c.id, articles.c.story_id, feeds.c.entry, *settings).join_from(
        articles, feeds
    )
    found = (row for some in batches(rows) for row in tx.conn.execute(query.where(articles.c.id.in_(some))))
    return sorted((_claim(rows[each.id], each) for each in found), key=lambda each: each.article_id)


def read(tx: Tx, claim: Claim, body: str) -> bool:
    """Let the page's text be the body of its article. False: the lease was lost, and nothing was stored."""
    if not _settled(tx, claim):
        return False
    tx.run(_this(claim).values(body=body, page=READ, page_why=""))
    words.keep(tx, {claim.article_id: replace(claim.article, body=body)}, changed=[claim.article_id])
    return True


def fail(tx: Tx, claim: Claim, why: str) -> bool:
    """Give a page up. `why` is read by who gets the alert. False: the lease was lost."""
    if not _settled(tx, claim):
        return False
    tx.run(_this(claim).values(page=FAILED, page_why=why))
    return True


def later(tx: Tx, claim: Claim, wait: timedelta, attempts: int, others: timedelta = timedelta(0)) -> bool:
    """Let a page be asked for again after `wait`, so many attempts having been made. False: the lease was lost.

    `others`: how long the other pages of its host wait at least.
    """
    mine = sa.update(pages).where(pages.c.article_id == claim.article_id, pages.c.lease_token == claim.token)
    if tx.run(mine.values(next_at=tx.now + wait, attempts=attempts)) != 1:
        return False
    if others:
        waiting = sa.select(pages.c.article_id).where(pages.c.host == claim.host, pages.c.next_at <= tx.now)
        due = waiting.with_for_update(skip_locked=True).cte("due")
        tx.run(sa.update(pages).where(pages.c.article_id == due.c.article_id).values(next_at=tx.now + others))
    return True


def awaits_turn(tx: Tx) -> bool:
    """Tell whether some page is due, or in a moment, and only waits for its turn at its host."""
    soon = sa.and_(pages.c.next_at <= tx.now + TURN, ~shut(tx, HOST, pages.c.host))
    return tx.conn.execute(sa.select(pages.c.article_id).where(soon).limit(1)).first() is not None


def release(tx: Tx, claims: Iterable[Claim]) -> None:
    """Give back pages that were not read after all: they are due at once."""
    leases.give_back(tx, pages.c.article_id, pages.c.next_at, ((each.article_id, each.token) for each in claims))


def recover(tx: Tx) -> None:
    """Make due at once what a daemon that died was reading, and what a clock set wrong had put off beyond the age of any page.

    On PostgreSQL another daemon may be reading it: there the lease decides.
    """
    lost = pages.c.next_at > tx.now + OLDEST
    if tx.conn.dialect.name == "sqlite":
        # One that was tried before may as well be waiting for its next attempt, which is soon.
        lost = sa.or_(lost, sa.and_(pages.c.attempts == 0, pages.c.next_at > tx.now))
    tx.run(sa.update(pages).where(lost).values(next_at=tx.now))


def expire(tx: Tx, before: datetime, limit: int = 1000) -> int:
    """Give up to `limit` pages up that were queued before `before`; return how many. Where nothing reads pages any more, nobody else does."""
    old = sa.select(pages.c.article_id).where(pages.c.queued_at < before).order_by(pages.c.article_id).limit(limit)
    gone = tx.conn.execute(old).scalars().all()
    for some in batches(gone):
        # The articles first, as everywhere.
        tx.run(sa.update(articles).where(articles.c.id.in_(some)).values(page=FAILED, page_why=TOO_LATE))
        tx.run(sa.delete(pages).where(pages.c.article_id.in_(some)))
    return len(gone)


def _taken(tx: Tx, limit: int, lease: timedelta, turns: Turns | None, under_way: Counter[str]) -> list[sa.Row[Any]]:
    """Take pages, so that no host has more under way than it has turns: what is beyond that waits a moment."""
    free = [~shut(tx, HOST, pages.c.host)] + ([~hosts.resting(tx, pages.c.host)] if turns else [])
    rows: list[sa.Row[Any]] = []
    while room := limit - len(rows):
        full = [host for host, count in under_way.items() if turns and count >= turns.a_second]
        mine = leases.take(
            tx, pages.c.article_id, pages.c.next_at, room, lease, *free, pages.c.host.not_in(full)
        ).returning(*(pages.c[name] for name in _CLAIMED))
        now: list[sa.Row[Any]] = []
        later: list[sa.Row[Any]] = []
        for row in tx.conn.execute(mine).all():
            under_way[row.host] += 1
            (later if turns and under_way[row.host] > turns.a_second else now).append(row)
        leases.put_off(
            tx, pages.c.article_id, pages.c.next_at, [(row.article_id, row.lease_token, tx.now + TURN) for row in later]
        )
        rows += now
        if not later:
            break
    if turns:
        hosts.rest(tx, (row.host for row in rows), turns)
    return rows


_CLAIMED = ("article_id", "lease_token", "next_at", "queued_at", "attempts", "url", "host")
_ARTICLE = [articles.c[name] for name in STORED]
_STATE = (
    sa.update(articles)
    .where(articles.c.id == sa.bindparam("of_id"), articles.c.seen_at == sa.bindparam("of_seen_at"))
    .values(page=sa.bindparam("new_page"), page_why=sa.bindparam("new_why"))
)


def _state(id: int, seen_at: datetime, page: str, why: str) -> dict[str, Any]:
    return {"of_id": id, "of_seen_at": seen_at, "new_page": page, "new_why": why}


def _stored(tx: Tx, changed: Collection[int]) -> dict[int, tuple[datetime, str]]:
    """Return when articles were first seen, and what they say of their pages."""
    query = sa.select(articles.c.id, articles.c.seen_at, articles.c.page)
    rows = (row for some in batches(changed) for row in tx.conn.execute(query.where(articles.c.id.in_(some))))
    return {row.id: (row.seen_at, row.page) for row in rows}


def _forget(tx: Tx, ids: Collection[int]) -> None:
    for some in batches(ids):
        tx.run(sa.delete(pages).where(pages.c.article_id.in_(some)))
        tx.run(sa.update(articles).where(articles.c.id.in_(some)).values(page="", page_why=""))


def _enqueue(tx: Tx, taken: Mapping[int, tuple[Article, Wish]]) -> None:
    if not taken:
        return
    # A page that is being read at this moment is that of the text before: its lease is void.
    statement = tx.insert(pages)
    fresh = {name: getattr(statement.excluded, name) for name in ("host", "url", "why", "queued_at", "next_at")}
    anew = {**fresh, "attempts": 0, "lease_token": pages.c.lease_token + 1}
    rows = [_row(tx, id, article, wish) for id, (article, wish) in taken.items()]
    tx.many(statement.on_conflict_do_update(index_elements=[pages.c.article_id], set_=anew), rows)


def _row(tx: Tx, id: int, article: Article, wish: Wish) -> dict[str, Any]:
    return {
        "article_id": id,
        "feed_id": article.feed_id,
        "host": host_of(article.url),
        "url": article.url,
        "why": wish.why or CHANGED,
        "queued_at": tx.now,
        "next_at": tx.now,
    }


def _claim(row: sa.Row[Any], stored: Any) -> Claim:
    return Claim(
        article_id=row.article_id,
        token=row.lease_token,
        until=row.next_at,
        queued_at=row.queued_at,
        attempts=row.attempts,
        url=row.url,
        host=row.host,
        article=Article(**{name: getattr(stored, name) for name in STORED}),
        story_id=stored.story_id,
        feed=Feed(**{column.name: getattr(stored, f"of_{column.name}") for column in SETTINGS}),
        entry=stored.entry,
    )


def _settled(tx: Tx, claim: Claim) -> bool:
    """Take a page out of the queue, where the lease still holds. The article is locked first, as the store of its feed's polls does."""
    tx.conn.execute(sa.select(articles.c.id).where(*_same(claim)).with_for_update())
    mine = sa.delete(pages).where(pages.c.article_id == claim.article_id, pages.c.lease_token == claim.token)
    return tx.run(mine) == 1


def _this(claim: Claim) -> sa.Update:
    return sa.update(articles).where(*_same(claim))


def _same(claim: Claim) -> Sequence[sa.ColumnElement[bool]]:
    return articles.c.id == claim.article_id, articles.c.seen_at == claim.article.seen_at
