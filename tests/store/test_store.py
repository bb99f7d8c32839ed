"""Opening, locking, refusing: the door to the database itself."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.errors import AnotherInstance, StoreError, StoreUnavailable
from monitor.store import Store, Tx, articles, feeds, gates
from monitor.store.sqlite import SqliteBackend, driver, refuse_older
from tests.clock import ManualClock
from tests.databases import PostgresServer
from tests.store.newsroom import HARBOUR, article, open_house

HOLD = """
import sys
from monitor.store import Store
store = Store(sys.argv[1])
store.open()
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another daemon that has the database open, until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        try:
            yield process
        finally:
            process.kill()


def file_of(url: str) -> Path:
    return Path(str(sa.make_url(url).database))


def fill(store: Store, count: int = 300) -> None:
    with store.transaction() as tx:
        open_house(tx)
        articles.save(tx, [article(f"k{number}", body="words " * 200) for number in range(count)])


def spoil(path: Path) -> None:
    """Turn over bytes in the middle of every second page, as a torn write or a dying disk does."""
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096, 2):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)


def test_a_second_daemon_on_one_file_is_refused_within_a_second_and_told_whose_it_is(sqlite_url: str) -> None:
    with another_process(sqlite_url) as holder:
        before = time.monotonic()
        with pytest.raises(AnotherInstance) as refused:
            Store(sqlite_url).open()
        assert time.monotonic() - before < 1
        assert refused.value.pid == holder.pid


def test_a_daemon_killed_outright_leaves_the_file_free_at_once(sqlite_url: str) -> None:
    with another_process(sqlite_url) as holder:
        holder.kill()
        holder.wait()
        with Store(sqlite_url) as store:
            store.open()
            fill(store, 1)


def test_a_refused_daemon_does_not_disturb_the_one_that_runs(sqlite_store: Store, sqlite_url: str) -> None:
    with pytest.raises(AnotherInstance):
        Store(sqlite_url).open()
    with pytest.raises(AnotherInstance):
        Store(sqlite_url).open()
    fill(sqlite_store, 1)


def test_others_may_look_while_a_daemon_runs_but_not_write(sqlite_store: Store, sqlite_url: str) -> None:
    fill(sqlite_store)
    with Store(sqlite_url) as looker:
        looker.open(exclusive=False)
        with looker.reading() as tx:
            assert len(feeds.overview(tx)) == 2
        with pytest.raises(StoreError, match="reading only"), looker.transaction():
            pass


def test_a_reader_can_change_nothing(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"), store.reading() as tx:
        feeds.sync(tx, [HARBOUR])


def test_a_reader_sees_one_state_while_a_writer_goes_on(store: Store) -> None:
    with store.reading() as early:
        assert feeds.overview(early) == []
        with store.transaction() as tx:
            feeds.sync(tx, [HARBOUR])
        assert feeds.overview(early) == []
    with store.reading() as late:
        assert len(feeds.overview(late)) == 1


def test_several_daemons_share_one_postgresql(postgres_store: Store, postgres_url: str) -> None:
    with Store(postgres_url) as other:
        other.open()
        with other.transaction() as tx:
            feeds.sync(tx, [HARBOUR])
    with postgres_store.reading() as tx:
        assert len(feeds.overview(tx)) == 1


def test_a_damaged_file_is_refused_after_an_unclean_stop_and_the_newest_backup_is_named(sqlite_url: str) -> None:
    path = file_of(sqlite_url)
    store = Store(sqlite_url)
    store.open()
    fill(store)
    store.close(clean=False)
    backend = SqliteBackend(sa.make_url(sqlite_url))
    backend.backup(path.with_name("presswatch.db.backup-0001"))
    backend.close(clean=False)
    spoil(path)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"damaged.*the newest backup is .*presswatch\.db\.backup-0001"):
            Store(sqlite_url).open()


def test_a_damaged_file_without_backup_is_refused_and_that_is_said(sqlite_url: str) -> None:
    file_of(sqlite_url).write_bytes(b"not a database at all" * 1000)
    with pytest.raises(StoreError, match=r"damaged.*no backup was found"):
        Store(sqlite_url).open()


def test_a_good_file_is_taken_up_again_after_an_unclean_stop(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.open()
    fill(store)
    store.close(clean=False)
    with Store(sqlite_url) as again:
        again.open()
        with again.reading() as tx:
            assert len(articles.known(tx, "harbour", [f"k{number}" for number in range(300)])) == 300


def test_a_clean_stop_leaves_one_file_with_everything_in_it(sqlite_url: str) -> None:
    with Store(sqlite_url) as store:
        store.open()
        fill(store)
    path = file_of(sqlite_url)
    assert sorted(each.name for each in path.parent.iterdir()) == ["presswatch.db", "presswatch.db.lock"]
    assert path.with_name("presswatch.db.lock").read_bytes() == b""


def test_a_full_disk_loses_nothing_and_the_store_goes_on_when_there_is_room(sqlite_store: Store) -> None:
    fill(sqlite_store, 10)
    with sqlite_store.transaction() as tx:
        pages = tx.conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    more = [article(f"more{number}", body="words " * 2000) for number in range(50)]
    with pytest.raises(StoreUnavailable, match="full"), sqlite_store.transaction() as tx:
        articles.save(tx, more)
    with sqlite_store.reading() as tx:
        assert len(articles.known(tx, "harbour", [f"k{number}" for number in range(10)])) == 10
        assert articles.known(tx, "harbour", ["more0"]) == {}
    with sqlite_store.transaction() as tx:
        tx.conn.exec_driver_sql("PRAGMA max_page_count = 100000")
    with sqlite_store.transaction() as tx:
        assert len(articles.save(tx, more)) == 50


def test_the_file_is_written_as_carefully_as_sqlite_can(sqlite_store: Store) -> None:
    with sqlite_store.transaction() as tx:
        told = {
            name: tx.conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_writing_transaction_has_the_file_to_itself_from_its_first_moment(
    sqlite_store: Store, sqlite_url: str
) -> None:
    with closing(driver().connect(file_of(sqlite_url), timeout=0, isolation_level=None)) as other:
        with sqlite_store.transaction(), pytest.raises(driver().OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")


def test_the_newest_sqlite_at_hand_is_used() -> None:
    assert driver().sqlite_version_info >= sa.create_engine("sqlite://").dialect.dbapi.sqlite_version_info  # type: ignore[union-attr]


def test_a_sqlite_that_is_too_old_for_the_index_of_words_is_refused_with_what_to_do() -> None:
    with pytest.raises(StoreError, match=r"this Python has SQLite 3\.40\.1, and 3\.43 is needed: install pysqlite3"):
        refuse_older((3, 40, 1))
    refuse_older((3, 43, 0))


async def test_the_log_of_changes_is_written_back_and_cut_unless_a_reader_needs_it(sqlite_store: Store) -> None:
    fill(sqlite_store)
    with sqlite_store.reading() as tx:
        feeds.overview(tx)
        await sqlite_store.run(gates.put, "host:a", None, "while somebody reads")
        assert await sqlite_store.maintain() > 0
    assert await sqlite_store.maintain() == 0


async def test_upkeep_of_postgresql_is_its_own_affair(postgres_store: Store) -> None:
    assert await postgres_store.maintain() == 0


async def test_functions_run_in_a_transaction_of_their_own_and_none_of_a_failed_one_stays(store: Store) -> None:
    def half(tx: Tx) -> None:
        gates.put(tx, "host:a", None, "why")
        raise LookupError("changed my mind")

    with pytest.raises(LookupError):
        await store.run(half)
    assert await store.read(gates.active) == []


async def test_many_tasks_write_and_read_at_once(store: Store) -> None:
    await asyncio.gather(*(store.run(gates.put, f"host:{number}", None, "why") for number in range(50)))
    seen = await asyncio.gather(*(store.read(gates.get, f"host:{number}") for number in range(50)))
    assert all(seen)


async def test_sqlite_has_one_writing_thread_and_it_is_not_the_event_loops(sqlite_store: Store) -> None:
    names = {await sqlite_store.run(lambda _tx: threading.current_thread().name) for _ in range(5)}
    assert len(names) == 1
    assert threading.current_thread().name not in names


def fail_after_shutting(tx: Tx, gate: str) -> None:
    with tx.savepoint():
        gates.put(tx, gate, None, "undone")
        raise LookupError


def test_what_is_undone_at_a_savepoint_leaves_the_rest(store: Store) -> None:
    with store.transaction() as tx:
        gates.put(tx, "host:a", None, "kept")
        with tx.savepoint() as point:
            gates.put(tx, "host:b", None, "undone")
            point.rollback()
        with pytest.raises(LookupError):
            fail_after_shutting(tx, "host:c")
    with store.reading() as tx:
        assert [each.name for each in gates.active(tx)] == ["host:a"]


def test_without_a_clock_of_the_process_the_databases_clock_counts(database_url: str) -> None:
    with Store(database_url) as store:
        store.open()
        with store.transaction() as tx:
            here = tx.now
            assert here.tzinfo is UTC
            assert tx.now is here
        with store.transaction() as tx:
            assert timedelta(0) <= tx.now - here < timedelta(minutes=1)


def test_with_a_clock_of_the_process_that_one_counts(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        assert tx.now == clock.now


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("nonsense", "address"),
        ("mysql://db/presswatch", "mysql is not supported"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_an_address_of_no_use_is_refused_with_what_to_write_instead(url: str, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint):
        Store(url)


def test_looking_at_a_database_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is none at"):
        Store(f"sqlite:///{tmp_path}/absent.db").open(exclusive=False)
    assert list(tmp_path.iterdir()) == []


def test_a_daemon_makes_the_folder_of_its_database(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path}/deep/down/presswatch.db") as store:
        store.open()
    assert (tmp_path / "deep/down/presswatch.db").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="folder"):
        Store(f"sqlite:///{tmp_path}/file/presswatch.db").open()


def test_a_server_that_is_not_there_may_come_back(postgres: PostgresServer) -> None:
    with pytest.raises(StoreUnavailable):
        Store("postgresql://postgres@/presswatch?host=/nowhere").open()
    with pytest.raises(StoreUnavailable, match="does not exist"):
        Store(postgres.url("absent")).open()


def test_what_a_server_says_is_told_in_one_line() -> None:
    with pytest.raises(StoreUnavailable) as told:
        Store("postgresql://postgres@127.0.0.1:1/presswatch").open()
    assert str(told.value).endswith("port 1 failed: Connection refused")


def test_looking_at_a_database_without_tables_says_who_makes_them(postgres: PostgresServer) -> None:
    with pytest.raises(StoreError, match="no tables yet: `presswatch run` makes them"):
        Store(postgres.url(postgres.create())).open(exclusive=False)


def read_over_a_broken_connection(store: Store) -> None:
    with store.transaction() as tx:
        pid = tx.conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with store.transaction() as other:
            other.conn.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
        feeds.overview(tx)


def test_a_connection_that_breaks_costs_one_transaction(postgres_store: Store) -> None:
    with pytest.raises(StoreUnavailable):
        read_over_a_broken_connection(postgres_store)
    with postgres_store.reading() as tx:
        assert feeds.overview(tx) == []


def test_postgresql_without_its_driver_says_what_to_install() -> None:
    program = "import sys; sys.modules['psycopg'] = None; from monitor.store import Store; Store('postgresql://db/presswatch')"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "StoreError: PostgreSQL needs its driver: pip install 'presswatch[postgres]'" in told.stderr
