"""Real databases for tests: a PostgreSQL of our own in a temporary folder, and databases made by copying a migrated one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg

# Lives as long as its standard input: when the tests end, however they end, so does the server, and its folder goes.
SERVE = """
trap '' INT TERM
"$BIN/pg_ctl" start -w -t 30 -s -D "$HOME/data" -l "$HOME/log" -o "$OPTIONS" && echo ready && cat >/dev/null
"$BIN/pg_ctl" stop -w -s -m immediate -D "$HOME/data"
rm -rf "$HOME"
"""
# Nothing here outlives the tests, so nothing is waited for on the disk.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c autovacuum=off"


def binaries() -> Path | None:
    """Return the folder with initdb and pg_ctl, None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return debian[-1].parent if debian else None


class PostgresServer:
    """A running server, reached by a socket in its own folder; no port, no password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._admin = psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True)
        # Copying files takes a third of the time; before 15 that was the only way.
        self._copying = "STRATEGY file_copy" if self._admin.info.server_version >= 150000 else ""

    def url(self, database: str) -> str:
        """Return the address of a database for `Store`."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """Make a database that is a copy of another; return its name."""
        name = f"test_{next(self._numbers)}"
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {self._copying}'.encode())
        return name

    def drop(self, database: str) -> None:
        """Remove a database and whoever is still connected to it."""
        self._admin.execute(f'DROP DATABASE "{database}" WITH (FORCE)'.encode())

    @property
    def pid(self) -> int:
        """The number of the server's first process."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def close(self) -> None:
        """Hang up."""
        self._admin.close()


@contextmanager
def postgres_server(bin_folder: Path, options: str = OPTIONS) -> Iterator[PostgresServer]:
    """Run a PostgreSQL server with these options for the length of the block."""
    folder = Path(tempfile.mkdtemp(prefix="presswatch-pg-"))
    owner = _owner()
    os.chown(folder, *owner)
    environ = {"HOME": str(folder), "BIN": str(bin_folder), "PATH": os.environ["PATH"], "LC_ALL": "C"}
    environ["OPTIONS"] = f"{options} -c listen_addresses= -c unix_socket_directories={folder}"
    user, group = owner if os.geteuid() == 0 else (None, None)
    initdb = [f"{bin_folder}/initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, env=environ, user=user, group=group)
    server = subprocess.Popen(
        ["sh", "-c", SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        env=environ,
        user=user,
        group=group,
        extra_groups=[] if user else None,
        start_new_session=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        assert server.stdout.readline() == b"ready\n", (folder / "log").read_text()
        with closing(PostgresServer(folder)) as reached:
            yield reached
    finally:
        server.stdin.close()
        server.wait(30)
        server.stdout.close()


def _owner() -> tuple[int, int]:
    """Return the user and group the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    known = {each.pw_name: each for each in pwd.getpwall()}
    account = known.get("postgres") or known["nobody"]
    return account.pw_uid, account.pw_gid
