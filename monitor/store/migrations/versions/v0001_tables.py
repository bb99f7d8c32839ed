"""The first schema: every table of the way from a feed to a delivered message.

A migration is history: it uses plain column types, so that what it makes never changes when our own types do.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EMPTY = sa.text("''")
BUSY = {"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.02}


def upgrade() -> None:
    _feeds()
    _stories()
    _articles()
    _matches()
    _editions()
    _fates()
    _deliveries()
    _attempts()
    _switches()


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("own_title", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("every", sa.BigInteger(), nullable=False),
        sa.Column("max_every", sa.BigInteger(), nullable=False),
        sa.Column("next_poll_at", TIME, nullable=True),
        sa.Column("next_poll_reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("lease_token", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("etag", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("last_modified", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("body_hash", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("marks", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_kind", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("error", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("last_polled_at", TIME, nullable=True),
        sa.Column("last_good_at", TIME, nullable=True),
        sa.Column("last_new_at", TIME, nullable=True),
        sa.Column("baseline_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        postgresql_with=BUSY,
    )
    op.create_index("ix_feeds_next_poll_at", "feeds", ["next_poll_at"])


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stories_last_seen_at", "stories", ["last_seen_at"])
    op.create_table(
        "story_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("story_id", NUMBER, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_keys_story_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "story_id", name="pk_story_keys"),
    )
    op.create_index("ix_story_keys_key_seen_at", "story_keys", ["key", "seen_at"])
    op.create_index("ix_story_keys_seen_at", "story_keys", ["seen_at"])
    op.create_index("ix_story_keys_story_id", "story_keys", ["story_id"])


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("published", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("story_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_articles_feed_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_articles_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("feed_id", "key", name="uq_articles_feed_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_seen_at", "articles", ["seen_at"])
    op.create_index("ix_articles_story_id", "articles", ["story_id"])


def _matches() -> None:
    op.create_table(
        "rule_versions",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(16), nullable=False),
        sa.Column("deliver", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "version", name="pk_rule_versions"),
    )
    op.create_table(
        "matches",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("story_id", NUMBER, nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("matched_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_matches_article_id"),
        sa.ForeignKeyConstraint(
            ["rule_id", "rule_version"],
            ["rule_versions.rule_id", "rule_versions.version"],
            name="fk_matches_rule_id_rule_version",
        ),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_matches_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_matches"),
        sa.UniqueConstraint("article_id", "rule_id", name="uq_matches_article_id_rule_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_matches_matched_at", "matches", ["matched_at"])
    op.create_index("ix_matches_story_id_rule_id", "matches", ["story_id", "rule_id"])


def _editions() -> None:
    op.create_table(
        "editions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("settled_at", TIME, nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint("digest_id", "slot", name="uq_editions_digest_id_slot"),
    )
    op.create_index("ix_editions_digest_id_due_at", "editions", ["digest_id", "due_at"])
    op.create_index("ix_editions_digest_id_made_at", "editions", ["digest_id", "made_at"])
    op.create_index("ix_editions_settled_at", "editions", ["settled_at"])


def _fates() -> None:
    op.create_table(
        "fates",
        sa.Column("match_id", NUMBER, nullable=False),
        sa.Column("digest_id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("edition_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_fates_edition_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name="fk_fates_match_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("match_id", "digest_id", name="pk_fates"),
    )
    op.create_index("ix_fates_digest_id_state_match_id", "fates", ["digest_id", "state", "match_id"])
    op.create_index("ix_fates_edition_id", "fates", ["edition_id"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("edition_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("settled_at", TIME, nullable=True),
        sa.Column("lease_token", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_deliveries_edition_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint(
            "edition_id", "channel_id", "recipient", "part", name="uq_deliveries_edition_id_channel_id_recipient_part"
        ),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
        postgresql_with=BUSY,
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_deliveries_channel_id_next_at",
        "deliveries",
        ["channel_id", "next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("delivery_id", NUMBER, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("duration", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("degraded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_attempts_delivery_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_delivery_id", "attempts", ["delivery_id"])


def _switches() -> None:
    op.create_table(
        "mutes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mutes"),
    )
    op.create_index("ix_mutes_rule_id_until", "mutes", ["rule_id", "until"])
    op.create_table(
        "gates",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", TIME, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_gates"),
    )
    op.create_table(
        "instances",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("beat_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_instances"),
    )
