"""The way of one article through the house: its story, its matches, their fates, and the deliveries and attempts behind these."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

import sqlalchemy as sa

from monitor.core.articles import canonical_url
from monitor.core.model import Article, DeliveryState, FateState, Feed, Span
from monitor.store import articles as stored_articles
from monitor.store import deliveries as sendings
from monitor.store import gates
from monitor.store.articles import EarlierText
from monitor.store.deliveries import Attempt
from monitor.store.schema import articles, deliveries, editions, fates, feeds, matches, rule_versions
from monitor.store.tx import Tx, batches, columns

MOST_COMPARED = 1_000
"""Articles that are compared by address."""
MOST_BEFORE = 50
"""Articles of a story that another is compared with, the first."""
MOST_DELIVERIES = 100
"""Deliveries of one edition that are told of."""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it is stored now: `version` counts its texts, `earlier` has those before, the oldest first. `copies` are the other
    articles of its story. `page`: whether its page was wanted ("waiting", "read", "failed"), and `page_why` why it could not be had.
    """

    id: int
    article: Article
    feed: Feed
    version: int
    story_id: int | None
    copies: int
    earlier: tuple[EarlierText, ...] = ()
    page: str = ""
    page_why: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way, or at its end, with every attempt so far. `paused`: why its channel waits for a person, "" where it does not."""

    channel_id: str
    recipient: str
    part: int
    state: DeliveryState
    reason: str
    next_at: datetime | None
    settled_at: datetime | None
    attempts: tuple[Attempt, ...]
    paused: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a match in one digest. `edition_id` and what follows are empty where it is in no edition."""

    match_id: int
    digest_id: str
    state: FateState
    reason: str
    changed_at: datetime
    edition_id: str | None
    slot: str
    made_at: datetime | None
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """A rule's hit on an article when it came. `title` and `query` are those of the rule's version then."""

    id: int
    rule_id: str
    rule_version: str
    title: str
    query: str
    spans: tuple[Span, ...]
    matched_at: datetime
    fates: tuple[Fate, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a rule has matched since some time, and when it last did at all."""

    hits: int
    last_at: datetime


def article(tx: Tx, article_id: int) -> StoredArticle | None:
    """Return an article by its number; None where there is none."""
    query = sa.select(articles, feeds.c.url.label("feed_url"), feeds.c.tags.label("feed_tags"))
    row = tx.conn.execute(query.select_from(articles.join(feeds)).where(articles.c.id == article_id)).mappings().first()
    if row is None:
        return None
    others = sa.and_(
        articles.c.story_id.is_not(None), articles.c.story_id == row["story_id"], articles.c.id != article_id
    )
    copies: int = tx.conn.execute(sa.select(sa.func.count()).select_from(articles).where(others)).scalar_one()
    return StoredArticle(
        id=article_id,
        article=_article(row),
        feed=Feed(row["feed_id"], row["feed_url"], tags=row["feed_tags"]),
        version=row["version"],
        story_id=row["story_id"],
        copies=copies,
        earlier=tuple(stored_articles.earlier(tx, article_id)),
        page=row["page"],
        page_why=row["page_why"],
    )


def before(tx: Tx, stored: StoredArticle) -> list[tuple[int, Article]]:
    """Return the articles of its story that were stored before an article, with their numbers, the first first."""
    if stored.story_id is None or not stored.copies:
        return []
    query = sa.select(articles).where(articles.c.story_id == stored.story_id, articles.c.id < stored.id)
    rows = tx.conn.execute(query.order_by(articles.c.id).limit(MOST_BEFORE)).mappings()
    return [(row["id"], _article(row)) for row in rows]


def at_address(tx: Tx, url: str) -> list[int]:
    """Return the articles at an address, as it is stored or in another form of the same page; the newest first.

    Every article is looked at: addresses have no index.
    """
    page = canonical_url(url)
    # What no form of an address changes, so that the database need not know the forms.
    pieces = [each for each in page.partition("://")[2].partition("?")[0].split("/") if "%" not in each]
    alike = sa.or_(articles.c.url == url, articles.c.url.icontains(max(pieces, key=len, default=""), autoescape=True))
    as_given = sa.case((articles.c.url == url, 0), else_=1)
    query = sa.select(articles.c.id, articles.c.url).where(alike).order_by(as_given, articles.c.id.desc())
    query = query.limit(MOST_COMPARED)
    return [row.id for row in tx.conn.execute(query) if row.url == url or canonical_url(row.url) == page]


def of_article(tx: Tx, article_id: int) -> list[StoredMatch]:
    """Return the matches of an article, by rule, each with its fates, by digest."""
    query = sa.select(
        *(matches.c[name] for name in ("id", "rule_id", "rule_version", "spans", "matched_at")),
        rule_versions.c.title,
        rule_versions.c.query,
    ).select_from(matches.join(rule_versions))
    rows = tx.conn.execute(query.where(matches.c.article_id == article_id).order_by(matches.c.rule_id)).mappings()
    found = [dict(row) for row in rows]
    fates_of = _fates(tx, [row["id"] for row in found])
    return [StoredMatch(**row, fates=tuple(each for each in fates_of if each.match_id == row["id"])) for row in found]


def in_force_since(tx: Tx, rule_id: str, version: str) -> datetime | None:
    """Return when a daemon first took up this version of a rule; None where none has."""
    query = sa.select(rule_versions.c.first_seen_at)
    found = query.where(rule_versions.c.rule_id == rule_id, rule_versions.c.version == version)
    moment: datetime | None = tx.conn.execute(found).scalar()
    return moment


def tallies(tx: Tx, since: datetime, rule_id: str | None = None) -> dict[str, Tally]:
    """Return, by rule, how many matches there were since `since`, and the last one; of one rule or of all that ever matched."""
    recent = sa.func.count(sa.case((matches.c.matched_at >= since, 1)))
    query = sa.select(matches.c.rule_id, recent, sa.func.max(matches.c.matched_at)).group_by(matches.c.rule_id)
    if rule_id is not None:
        query = query.where(matches.c.rule_id == rule_id)
    return {row[0]: Tally(row[1], row[2]) for row in tx.conn.execute(query)}


def _article(row: sa.RowMapping) -> Article:
    return Article(**{field.name: row[field.name] for field in fields(Article) if field.name in row})


def _fates(tx: Tx, match_ids: Sequence[int]) -> list[Fate]:
    query = sa.select(*columns(fates, Fate), sa.func.coalesce(editions.c.slot, "").label("slot"), editions.c.made_at)
    query = query.select_from(fates.outerjoin(editions)).order_by(fates.c.match_id, fates.c.digest_id)
    found = [each for some in batches(match_ids) for each in tx.rows(Fate, query.where(fates.c.match_id.in_(some)))]
    carried = {each: _deliveries(tx, each) for each in {each.edition_id for each in found if each.edition_id}}
    return [replace(each, deliveries=carried.get(each.edition_id or "", ())) for each in found]


def _deliveries(tx: Tx, edition_id: str) -> tuple[Delivery, ...]:
    told = [each for each in columns(deliveries, Delivery) if each.name != "attempts"]
    shut = gates.paused(tx)
    query = sa.select(deliveries.c.id, *told).where(deliveries.c.edition_id == edition_id)
    rows = tx.conn.execute(query.order_by(deliveries.c.id).limit(MOST_DELIVERIES)).mappings().all()
    return tuple(
        Delivery(
            **{name: value for name, value in row.items() if name != "id"},
            attempts=tuple(sendings.history(tx, row["id"])),
            paused=shut[row["channel_id"]].why if row["next_at"] and row["channel_id"] in shut else "",
        )
        for row in rows
    )
