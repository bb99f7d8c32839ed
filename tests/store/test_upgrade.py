"""From any older schema to ours, whatever happens on the way."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from monitor.core.articles import article as made
from monitor.core.copies import REMEMBERED, bands
from monitor.core.match.narrowing import narrow
from monitor.core.model import Entry
from monitor.core.query import parse
from monitor.core.stories import STORY_WINDOW
from monitor.errors import SchemaTooNew, StoreError
from monitor.store import Store, archive, articles, matches, partitions, schema, stories, unsubscribed
from monitor.store.archive import Window
from monitor.store.postgres import PostgresBackend
from monitor.store.sqlite import BACKUPS_KEPT, SqliteBackend
from monitor.store.upgrade import HEAD, MIGRATIONS, REVISIONS, migrate, revision, upgrade
from tests.clock import MONDAY
from tests.conftest import DATABASES
from tests.core.wire import story, vocabulary
from tests.databases import PostgresServer
from tests.store.newsroom import article, open_house, publish

REBUILD = '''
"""A later migration that rebuilds a table others refer to."""
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "HEAD"

def upgrade() -> None:
    with op.batch_alter_table("articles", recreate="auto") as table:
        table.add_column(sa.Column("mood", sa.Text(), nullable=False, server_default="calm"))
        table.alter_column("author", new_column_name="byline")
'''
ORPHAN = REBUILD + '    op.execute("DELETE FROM feeds")\n'

OLD_FEED = "INSERT INTO feeds (id, url, host, tags, weight, every, max_every) VALUES ('harbour', '', '', '[]', 1, 0, 0)"
OLD_ARTICLE = """
INSERT INTO articles (feed_id, key, url, title, summary, body, author, language, tags, published, seen_at, content_hash, version)
VALUES ('harbour', :key, '', :title, '', 'l’Ukraine 維特', '', '', '[]', '2026-03-02 08:00:00', '2026-03-02 08:00:00', '', 1)
"""

OLD_MATCH = """
INSERT INTO rule_versions (rule_id, version, title, query, priority, deliver, first_seen_at)
VALUES ('ferries', 'v1', '', '', 'normal', '[]', '2026-03-02 08:00:00');
INSERT INTO stories (first_seen_at, last_seen_at) VALUES ('2026-03-02 08:00:00', '2026-03-02 08:00:00');
INSERT INTO matches (article_id, story_id, rule_id, rule_version, spans, matched_at)
VALUES (1, 1, 'ferries', 'v1', '[]', '2026-03-02 08:00:00')
"""

READ = """
INSERT INTO articles (feed_id, key, url, title, summary, body, author, language, tags, published, seen_at, content_hash, version, story_id)
VALUES ('harbour', :key, '', :title, '', :body, '', '', '[]', :seen, :seen, '', 1, :story)
"""

KILLED = """
import os, signal, sys
import sqlalchemy as sa
from monitor.store import Store

@sa.event.listens_for(sa.Engine, "after_cursor_execute")
def die(conn, cursor, statement, *rest):
    if "CREATE TABLE matches" in statement:
        os.kill(os.getpid(), signal.SIGKILL)

Store(sys.argv[1]).open()
"""

BEHIND = ("article_words_", "articles_2", "articles_rest")
"""What stands behind a table of ours: SQLite's behind the index of words, and PostgreSQL's partitions."""

Backend = SqliteBackend | PostgresBackend
REFERRED = [schema.articles, schema.matches, schema.fates]


class CrashError(Exception):
    """The power fails."""


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it at all."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/presswatch.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@contextmanager
def backend_of(url: str) -> Iterator[Backend]:
    address = sa.make_url(url)
    backend: Backend = SqliteBackend(address) if address.get_backend_name() == "sqlite" else PostgresBackend(address)
    yield backend
    backend.close(clean=True)


@contextmanager
def crash_at(count: int) -> Iterator[None]:
    """Fail at the statement with this number, counting those that change the schema."""
    seen = iter(range(count))

    def strike(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith(("CREATE", "INSERT", "ALTER")) and next(seen, None) is None:
            raise CrashError

    sa.event.listen(sa.Engine, "before_cursor_execute", strike)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", strike)


def later_chain(folder: Path, text: str) -> Path:
    """Our chain with one more migration at its end."""
    chain = shutil.copytree(MIGRATIONS, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (chain / "versions" / "v9999_test.py").write_text(text.replace("HEAD", HEAD))
    return chain


def tables(backend: Backend) -> list[str]:
    """The tables of a database, without those that stand behind one of them."""
    with backend.writer.connect() as conn:
        return sorted(each for each in sa.inspect(conn).get_table_names() if not each.startswith(BEHIND))


def described(thing: Any, name: str | None, kind: str, *_rest: object) -> bool:
    """Whether our metadata describes something as SQLite has it: the index of words it does not."""
    return not str(name).startswith("article_words")


def whole(thing: Any, name: str | None, kind: str, *_rest: object) -> bool:
    """Whether our metadata describes something as PostgreSQL has it: partitions it does not, and nothing can refer to what has them."""
    if kind == "foreign_key_constraint":
        return bool(thing.elements[0].target_fullname != "articles.id")
    table = name if kind == "table" else thing.table.name
    return not str(table).startswith(BEHIND)


def test_the_chain_is_one_line_and_its_revisions_are_the_ones_we_know() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert [each.revision for each in scripts.walk_revisions()] == list(reversed(REVISIONS))
    assert scripts.get_heads() == [HEAD]


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(database_url: str) -> None:
    with backend_of(database_url) as backend, backend.writer.connect() as conn:
        describes = described if isinstance(backend, SqliteBackend) else whole
        opts: dict[str, Any] = {"compare_type": True, "compare_server_default": True, "include_object": describes}
        context = MigrationContext.configure(conn, opts=opts)
        assert compare_metadata(context, schema.metadata) == []


def test_a_start_with_a_current_schema_does_without_alembic(database_url: str) -> None:
    program = (
        f"import sys; from monitor.store import Store; Store({database_url!r}).open(); print('alembic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_an_upgrade_that_crashes_anywhere_leaves_nothing_and_can_be_run_again(empty_url: str) -> None:
    with backend_of(empty_url) as backend:
        crashes = 0
        for number in range(200):
            try:
                with crash_at(number):
                    upgrade(backend)
                break
            except CrashError:
                crashes += 1
                assert tables(backend) == []
        assert crashes > 20
        assert tables(backend) == sorted([*schema.metadata.tables, "alembic_version"])
        assert not upgrade(backend)


def test_an_upgrade_killed_in_the_middle_is_simply_done_at_the_next_start(empty_url: str) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, empty_url], check=False)
    assert killed.returncode == -9
    with Store(empty_url) as store:
        store.open()
        with store.transaction() as tx:
            open_house(tx)


def test_two_daemons_that_start_at_once_on_an_empty_postgresql_both_come_up(postgres: PostgresServer) -> None:
    name = postgres.create()
    stores = [Store(postgres.url(name)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Store.open, stores))
    for store in stores:
        store.close()
    postgres.drop(name)


@pytest.mark.parametrize("exclusive", [True, False])
def test_a_database_of_a_newer_version_is_refused_and_left_alone(database_url: str, exclusive: bool) -> None:
    with backend_of(database_url) as backend, backend.writer.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="9999"):
        Store(database_url).open(exclusive=exclusive)


def test_looking_at_a_database_that_needs_an_upgrade_does_not_do_it(empty_url: str) -> None:
    with backend_of(empty_url) as backend:
        tables(backend)
        with pytest.raises(StoreError, match="presswatch run"):
            Store(empty_url).open(exclusive=False)
        assert tables(backend) == []


def test_a_database_that_is_somebody_elses_is_refused(empty_url: str) -> None:
    with backend_of(empty_url) as backend:
        with backend.writer.begin() as conn:
            conn.exec_driver_sql("CREATE TABLE articles (id INTEGER PRIMARY KEY)")
        with pytest.raises(StoreError, match=r"could not be brought to schema .*articles"):
            upgrade(backend)
        assert tables(backend) == ["articles"]


def test_articles_stored_before_there_was_an_index_are_found_by_their_words(empty_url: str) -> None:
    with backend_of(empty_url) as backend:
        with backend.upgrading(None) as conn:
            migrate(conn, "0001")
            conn.execute(sa.text(OLD_FEED))
            conn.execute(sa.text(OLD_ARTICLE), [{"key": f"k{n}", "title": f"Ferry {n}"} for n in range(1200)])
        assert upgrade(backend)
    with Store(empty_url) as store:
        store.open(exclusive=False)
        for query, count in (("ferry AND ukraine AND 維特", 1200), ("ferry 1199", 1), ("walkout", 0)):
            assert len(list(archive.candidates(store.reading, narrow(parse(query))))) == count


def test_articles_of_before_get_the_keys_they_go_by_and_are_found_by_them(empty_url: str) -> None:
    pages = ["https://harbour.example/a?utm_source=rss", "http://www.harbour.example/a/", "https://harbour.example/"]
    months = ["2024-02-29 23:59:59.999999", "2024-03-01 00:00:00.000000", "2031-12-31 23:00:00.000000"]
    with backend_of(empty_url) as backend:
        with backend.upgrading(None) as conn:
            migrate(conn, "0002")
            conn.execute(sa.text(OLD_FEED))
            conn.execute(sa.text(OLD_ARTICLE), [{"key": f"k{n}", "title": f"Ferry {n}"} for n in range(5)])
            for number, (page, month) in enumerate(zip(pages, months, strict=True), 1):
                moved = "UPDATE articles SET url = :page, seen_at = :month WHERE id = :id"
                conn.execute(sa.text(moved), {"page": page, "month": month, "id": number})
            for statement in OLD_MATCH.split(";"):
                conn.execute(sa.text(statement))
            conn.execute(sa.text("DELETE FROM articles WHERE id = 5"))
        assert upgrade(backend)
    page = made(Entry("Ferry", url="https://harbour.example/a"), "harbour", MONDAY).key
    with Store(empty_url, clock=lambda: MONDAY) as store:
        store.open(exclusive=True)
        with store.transaction() as tx:
            known = articles.known(tx, "harbour", [page, "k0", "k1", "k2", "k3", "k4"])
            assert {key: each.id for key, each in known.items()} == {page: 1, "k0": 1, "k1": 2, "k2": 3, "k3": 4}
            assert [each.title for each in known.values() if each.id == 3] == ["Ferry 2"]
            assert articles.save(tx, [article("k9")]) == {"k9": 6}
            assert matches.count(tx) == 1
            assert archive.count(tx, Window(until=datetime(2024, 3, 1, tzinfo=UTC))) == 1
            if partitions.months(tx):
                assert {"articles_2024_02", "articles_2024_03", "articles_2031_12"} <= set(partitions.months(tx))


OLD_UNSUBSCRIBED = """
INSERT INTO unsubscribed (channel_id, recipient, digest_id, since, why)
VALUES ('desk', 'ana@press.example', 'morning', '2026-03-02 08:00:00', 'by the link'),
       ('post', 'Ana@Press.example', 'morning', '2026-03-03 08:00:00', 'by the link'),
       ('desk', 'bo@press.example', '*', '2026-03-03 08:00:00', 'refused')
"""


def test_who_had_unsubscribed_by_channel_stays_so_by_address(empty_url: str) -> None:
    with backend_of(empty_url) as backend:
        with backend.upgrading(None) as conn:
            migrate(conn, "0005")
            conn.execute(sa.text(OLD_UNSUBSCRIBED))
        assert upgrade(backend)
    with Store(empty_url) as store:
        store.open(exclusive=False)
        with store.reading() as tx:
            assert [(each.recipient, each.digest_id, each.since.day) for each in unsubscribed.listing(tx)] == [
                ("bo@press.example", "*", 3),
                ("ana@press.example", "morning", 2),
            ]


def test_copies_of_what_was_read_before_the_upgrade_are_found_after_it(empty_url: str) -> None:
    random = Random(6)
    words = vocabulary(random)
    wire, old, common = (story(random, words, 60) for _ in range(3))
    there = [("k1", old, MONDAY - timedelta(days=4)), ("k2", wire, MONDAY)]
    there += [(f"c{n}", common, MONDAY) for n in range(REMEMBERED + 2)]
    with backend_of(empty_url) as backend:
        with backend.upgrading(None) as conn:
            migrate(conn, "0006")
            conn.execute(sa.text(OLD_FEED))
            conn.execute(sa.insert(schema.stories), [{"first_seen_at": MONDAY, "last_seen_at": MONDAY}] * len(there))
            conn.execute(
                sa.text(READ),
                [
                    {"story": number, "key": key, "title": title, "body": body, "seen": f"{seen:%Y-%m-%d %H:%M}"}
                    for number, (key, (title, body), seen) in enumerate(there, 1)
                ],
            )
            conn.execute(
                sa.text("INSERT INTO story_bands (period, band, article_id) VALUES (6800, 1, 1), (6801, 2, 2)")
            )
        assert upgrade(backend)
    with Store(empty_url, clock=lambda: MONDAY) as store:
        store.open(exclusive=True)
        with store.transaction() as tx:
            copies = [("k1", old), ("k2", wire), ("c0", common)]
            found = [
                article(
                    f"copy of {key}", "valley", title=title, body=body, bands=bands(title, "", body), story_keys=(key,)
                )
                for key, (title, body) in copies
            ]
            open_house(tx)
            ids = articles.save(tx, found)
            story_of = stories.assign(tx, {ids[each.key]: each for each in found}, STORY_WINDOW)
            assert [story_of[ids[each.key]] for each in found] == [len(there) + 1, 2, 3]
            rows = sa.select(sa.func.count()).select_from(schema.story_bands).group_by(schema.story_bands.c.band)
            assert max(tx.conn.execute(rows).scalars()) == REMEMBERED


def test_a_migration_that_rebuilds_a_table_keeps_every_row_that_refers_to_it(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    with store.transaction() as tx:
        open_house(tx)
        publish(tx, article("a"), article("b"))
    store.close()
    with backend_of(database_url) as backend:
        with backend.upgrading(HEAD) as conn:
            migrate(conn, "next", later_chain(tmp_path, REBUILD))
        with backend.writer.connect() as conn:
            counts = [sa.select(sa.func.count()).select_from(table) for table in REFERRED]
            kept = [conn.execute(each).scalar_one() for each in counts]
            assert kept == [2, 2, 2]
            assert conn.exec_driver_sql("SELECT DISTINCT byline, mood FROM articles").all() == [("A. Reporter", "calm")]


def test_a_migration_that_would_orphan_rows_is_undone(store: Store, database_url: str, tmp_path: Path) -> None:
    with store.transaction() as tx:
        open_house(tx)
        publish(tx, article("a"))
    store.close()
    with backend_of(database_url) as backend:
        with pytest.raises((StoreError, sa.exc.IntegrityError)), backend.upgrading(HEAD) as conn:
            migrate(conn, "next", later_chain(tmp_path, ORPHAN))
        with backend.writer.connect() as conn:
            assert revision(conn) == HEAD
            assert conn.exec_driver_sql("SELECT count(author) FROM articles").scalar_one() == 1


def test_before_an_upgrade_the_file_is_backed_up_and_only_the_last_backups_are_kept(
    sqlite_store: Store, sqlite_url: str
) -> None:
    with sqlite_store.transaction() as tx:
        open_house(tx)
        publish(tx, article("a"))
    sqlite_store.close()
    with backend_of(sqlite_url) as backend:
        for number in range(BACKUPS_KEPT + 2):
            with backend.upgrading(f"old{number}"):
                pass
    backups = sorted(Path(str(sa.make_url(sqlite_url).database)).parent.glob("presswatch.db.backup-*"))
    assert len(backups) == BACKUPS_KEPT
    with Store(f"sqlite:///{backups[-1]}") as copy:
        copy.open(exclusive=False)
        with copy.reading() as tx:
            assert matches.count(tx) == 1
