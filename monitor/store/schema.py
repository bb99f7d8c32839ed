"""The tables, as DESIGN calls them, and the indexes each question needs.

Two conventions run through them. A row that is worked on by turns has ONE time that says when it is next due
(`feeds.next_poll_at`, `deliveries.next_at`, `pages.next_at`): null means never again, and taking a lease moves it to the lease's end, so a
lease that runs out makes the row due by itself. `lease_token` grows with every lease; only its newest holder may settle.
Numbers that leave the database (in messages, slots, commands) are never given twice: AUTOINCREMENT says so to SQLite.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from monitor.core.model import DeliveryState, FateState, FullText, Health, Outcome, Priority
from monitor.store.types import Duration, Number, Spans, StateOf, Tags, UtcTime, Words

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Rows that are updated at every poll: room for HOT updates, and a vacuum before dead index entries slow the claim.
BUSY = {"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.02}

EMPTY = sa.text("''")

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("url", Words, nullable=False),
    sa.Column("host", Words, nullable=False),
    sa.Column("title", Words, nullable=False, server_default=EMPTY),
    sa.Column("own_title", Words, nullable=False, server_default=EMPTY),
    sa.Column("tags", Tags, nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("every", Duration, nullable=False),
    sa.Column("max_every", Duration, nullable=False),
    sa.Column("next_poll_at", UtcTime),
    sa.Column("next_poll_reason", Words, nullable=False, server_default=EMPTY),
    sa.Column("lease_token", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("etag", Words, nullable=False, server_default=EMPTY),
    sa.Column("last_modified", Words, nullable=False, server_default=EMPTY),
    sa.Column("body_hash", Words, nullable=False, server_default=EMPTY),
    sa.Column("marks", Words, nullable=False, server_default=EMPTY),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error_kind", Words, nullable=False, server_default=EMPTY),
    sa.Column("error", Words, nullable=False, server_default=EMPTY),
    sa.Column("last_polled_at", UtcTime),
    sa.Column("last_good_at", UtcTime),
    sa.Column("last_new_at", UtcTime),
    sa.Column("baseline_at", UtcTime),
    # Who says what the feed is: "config" (config.toml and the files it includes), or "database", where `entry` holds the
    # [[feeds]] table as written, as JSON.
    sa.Column("origin", sa.Text, nullable=False, server_default="config"),
    sa.Column("entry", Words, nullable=False, server_default=EMPTY),
    # Why it is not polled: "paused", "gone", "removed"; "" where it is, which is exactly where `next_poll_at` is not null.
    sa.Column("stopped", sa.Text, nullable=False, server_default=EMPTY),
    sa.Column("stopped_at", UtcTime),
    sa.Column("stopped_why", Words, nullable=False, server_default=EMPTY),
    sa.Column("full_text", StateOf(FullText), nullable=False, server_default="maybe"),
    sa.Column("health", StateOf(Health), nullable=False, server_default="new"),
    sa.Column("health_since", UtcTime),
    sa.Column("health_why", Words, nullable=False, server_default=EMPTY),
    sa.Column("rhythm", Words, nullable=False, server_default=EMPTY),
    sa.Column("hints", Words, nullable=False, server_default=EMPTY),
    sa.Column("moved_to", Words, nullable=False, server_default=EMPTY),
    sa.Column("moved_since", UtcTime),
    sa.Column("moved_sightings", sa.Integer, nullable=False, server_default="0"),
    sa.Column("followed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("gone_since", UtcTime),
    sa.Column("gone_sightings", sa.Integer, nullable=False, server_default="0"),
    sa.Column("gap_at", UtcTime),
    sa.Index(None, "next_poll_at"),
    sa.Index(None, "stopped", "health"),
    postgresql_with=BUSY,
)

feed_changes = sa.Table(
    "feed_changes",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("feed_id", sa.Text, sa.ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("health", StateOf(Health), nullable=False),
    sa.Column("why", Words, nullable=False),
    sa.Index(None, "feed_id", "at"),
    sa.Index(None, "at"),
    sqlite_autoincrement=True,
)

hosts = sa.Table(
    "hosts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("next_at", UtcTime, nullable=False),
    postgresql_with=BUSY,
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("first_seen_at", UtcTime, nullable=False),
    sa.Column("last_seen_at", UtcTime, nullable=False),
    sa.Index(None, "last_seen_at"),
    sqlite_autoincrement=True,
)

story_keys = sa.Table(
    "story_keys",
    metadata,
    sa.Column("key", Words, primary_key=True),
    sa.Column("story_id", Number, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Index(None, "key", "seen_at"),
    sa.Index(None, "story_id"),
    sa.Index(None, "seen_at"),
)

# The period, counted from 1970, stands first: what comes in goes to one end of the index, and what is old goes from the other.
story_bands = sa.Table(
    "story_bands",
    metadata,
    sa.Column("period", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("band", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("article_id", Number, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# On PostgreSQL partitioned by month of `seen_at`, which is then part of its primary key; so nothing there can refer to it by id alone,
# and the foreign keys to it are SQLite's. What refers to an article goes when it goes: `monitor.store.articles.prune`.
articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("feed_id", sa.Text, sa.ForeignKey("feeds.id"), nullable=False),
    sa.Column("key", Words, nullable=False),
    sa.Column("url", Words, nullable=False),
    sa.Column("title", Words, nullable=False),
    sa.Column("summary", Words, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Column("author", Words, nullable=False),
    sa.Column("language", Words, nullable=False),
    sa.Column("tags", Tags, nullable=False),
    sa.Column("published", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("story_id", Number, sa.ForeignKey("stories.id")),
    sa.Column("publisher", Words, nullable=False, server_default=EMPTY),
    # Whether the body is that of the article's page: "waiting", "read", "failed"; "" where the page was not wanted.
    sa.Column("page", sa.Text, nullable=False, server_default=EMPTY),
    sa.Column("page_why", Words, nullable=False, server_default=EMPTY),
    sa.Index(None, "seen_at"),
    sa.Index(None, "story_id"),
    sqlite_autoincrement=True,
    postgresql_partition_by="RANGE (seen_at)",
)

# All that an article is known by within its feed. `seen_at` is the article's, and says in which partition it lies.
article_keys = sa.Table(
    "article_keys",
    metadata,
    sa.Column("feed_id", sa.Text, primary_key=True),
    sa.Column("key", Words, primary_key=True),
    sa.Column("article_id", Number, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Index(None, "article_id"),
    sqlite_with_rowid=False,
)

# Texts that an article had before; the newest is in `articles`.
article_versions = sa.Table(
    "article_versions",
    metadata,
    sa.Column("article_id", Number, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("title", Words, nullable=False),
    sa.Column("summary", Words, nullable=False),
    sa.Column("body", Words, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("replaced_at", UtcTime, nullable=False),
)  # fmt: skip

pages = sa.Table(
    "pages",
    metadata,
    sa.Column("article_id", Number, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("feed_id", sa.Text, nullable=False),
    sa.Column("host", Words, nullable=False),
    sa.Column("url", Words, nullable=False),
    sa.Column("why", Words, nullable=False),
    sa.Column("queued_at", UtcTime, nullable=False),
    sa.Column("next_at", UtcTime),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lease_token", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index(None, "next_at"),
    postgresql_with=BUSY,
)  # fmt: skip

# A table of its own: an article's row changes when it is given its story, and each change would be an entry in the index.
# SQLite has a virtual table of this name (FTS5) with tables of its own behind it, which nothing here describes.
article_words = sa.Table(
    "article_words",
    metadata,
    sa.Column("article_id", Number, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("words", TSVECTOR, nullable=False),
    sa.Index(None, "words", postgresql_using="gin"),
    postgresql_with={"toast_tuple_target": 128},
)  # fmt: skip

rule_versions = sa.Table(
    "rule_versions",
    metadata,
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("title", Words, nullable=False),
    sa.Column("query", Words, nullable=False),
    sa.Column("priority", StateOf(Priority), nullable=False),
    sa.Column("deliver", Tags, nullable=False),
    sa.Column("gathers", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("first_seen_at", UtcTime, nullable=False),
)

matches = sa.Table(
    "matches",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("article_id", Number, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("story_id", Number, sa.ForeignKey("stories.id"), nullable=False),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("spans", Spans, nullable=False),
    sa.Column("matched_at", UtcTime, nullable=False),
    sa.ForeignKeyConstraint(["rule_id", "rule_version"], ["rule_versions.rule_id", "rule_versions.version"]),
    sa.UniqueConstraint("article_id", "rule_id"),
    sa.Index(None, "story_id", "rule_id"),
    sa.Index(None, "rule_id", "matched_at"),
    sa.Index(None, "matched_at"),
    sqlite_autoincrement=True,
)

editions = sa.Table(
    "editions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest_id", sa.Text, nullable=False),
    sa.Column("slot", sa.Text, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("settled_at", UtcTime),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("reason", Words, nullable=False),
    sa.UniqueConstraint("digest_id", "slot"),
    sa.Index(None, "digest_id", "due_at"),
    sa.Index(None, "digest_id", "made_at"),
    sa.Index(None, "settled_at"),
)

fates = sa.Table(
    "fates",
    metadata,
    sa.Column("match_id", Number, sa.ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("digest_id", sa.Text, primary_key=True),
    sa.Column("state", StateOf(FateState), nullable=False),
    sa.Column("edition_id", sa.Text, sa.ForeignKey("editions.id", ondelete="SET NULL")),
    sa.Column("reason", Words, nullable=False, server_default=EMPTY),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Index(None, "digest_id", "state", "match_id"),
    sa.Index(None, "edition_id"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("edition_id", sa.Text, sa.ForeignKey("editions.id", ondelete="CASCADE"), nullable=False),
    sa.Column("channel_id", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("state", StateOf(DeliveryState), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", Words, nullable=False, server_default=EMPTY),
    sa.Column("first_at", UtcTime, nullable=False),
    sa.Column("next_at", UtcTime),
    sa.Column("settled_at", UtcTime),
    sa.Column("lease_token", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("told_in", sa.Text),
    sa.UniqueConstraint("edition_id", "channel_id", "recipient", "part"),
    sa.Index(
        None,
        "told_in",
        sqlite_where=sa.text("told_in IS NOT NULL"),
        postgresql_where=sa.text("told_in IS NOT NULL"),
    ),
    # Those that were given up are counted again and again.
    sa.Index(None, "state", sqlite_where=sa.text("state = 'dead'"), postgresql_where=sa.text("state = 'dead'")),
    # Only rows that are still due: the sent ones of two years stay out of it.
    sa.Index(
        None,
        "channel_id",
        "next_at",
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    ),
    postgresql_with=BUSY,
    sqlite_autoincrement=True,
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("delivery_id", Number, sa.ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("duration", Duration, nullable=False),
    sa.Column("outcome", StateOf(Outcome), nullable=False),
    sa.Column("stage", Words, nullable=False),
    sa.Column("code", Words, nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("degraded", sa.Boolean, nullable=False),
    sa.Index(None, "delivery_id"),
)

mutes = sa.Table(
    "mutes",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("until", UtcTime, nullable=False),
    sa.Column("reason", Words, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("made_by", Words, nullable=False, server_default=EMPTY),
    sa.Index(None, "rule_id", "until"),
)

unsubscribed = sa.Table(
    "unsubscribed",
    metadata,
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("digest_id", sa.Text, primary_key=True),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("why", Words, nullable=False, server_default=EMPTY),
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

gates = sa.Table(
    "gates",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("until", UtcTime),
    sa.Column("why", Words, nullable=False),
    sa.Column("since", UtcTime, nullable=False),
)

# How many messages of a channel failed one after the other, and the last of them.
breakers = sa.Table(
    "breakers",
    metadata,
    sa.Column("channel_id", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("delivery_id", sa.BigInteger, nullable=False),
)

instances = sa.Table(
    "instances",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", Words, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("beat_at", UtcTime, nullable=False),
)
