"""The errors Presswatch raises, as one tree, each saying whether trying again can help.

PresswatchError
├── FaultyInput            something a person wrote is wrong; carries every diagnostic found
│   ├── ConfigurationError
│   └── RulesError
├── FetchError             a document could not be got; `retry` says whether waiting helps
├── ParseError             a document could not be read as a feed
├── WorkerError            a task in the worker pool failed
│   ├── WorkerTimeout      it took too long and was killed
│   ├── WorkersBusy        no process took it
│   └── WorkerDied         its process ended (memory, crash)
└── StoreError
    ├── AnotherInstance    the database is in use by another daemon
    ├── SchemaTooNew       the database was written by a newer version
    └── StoreUnavailable   the database cannot be reached, or takes no writes
        └── StoreConflict  another daemon's transaction was in the way of this one, of which nothing was stored
"""

from collections.abc import Sequence
from datetime import timedelta

from monitor.diagnostics import Diagnostic


class PresswatchError(Exception):
    """Root of all errors that Presswatch raises on purpose."""


class FaultyInput(PresswatchError):
    """Something a person wrote is wrong; nothing of it was put into force."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(str(each) for each in diagnostics))
        self.diagnostics = tuple(diagnostics)


class ConfigurationError(FaultyInput):
    """config.toml, or a key given by the environment, is wrong."""


class RulesError(FaultyInput):
    """At least one rule file is wrong."""


NOT_ITS_TURN = frozenset({"host-busy", "crawl-delay"})
"""Kinds of a FetchError that says nothing of the other side: the request was not made, since it was not its turn."""


class FetchError(PresswatchError):
    """A document could not be got.

    `kind` is a stable word for logs, metrics and status ("dns", "timeout", "refused-address", "too-large", "http-500" …).
    `retry` is false where only a person can help. `retry_after` is the wait the other side asked for.
    `host` is who refused where that is known: after a redirect another than was asked first.
    """

    def __init__(
        self, kind: str, message: str, *, retry: bool = True, retry_after: timedelta | None = None, host: str = ""
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry = retry
        self.retry_after = retry_after
        self.host = host


class ParseError(PresswatchError):
    """A document is not a feed; the message says what it looks like instead."""


class WorkerError(PresswatchError):
    """A task in the worker pool failed."""


class WorkerTimeout(WorkerError):
    """A task took longer than its limit and its process was killed."""


class WorkersBusy(WorkerError):
    """No process took the task for so long that they seem to be stuck; it is no fault of the task."""


class WorkerDied(WorkerError):
    """The process of a task ended before the task did."""


class StoreError(PresswatchError):
    """The database refused."""


class AnotherInstance(StoreError):
    """Another daemon holds this SQLite database."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"already running (pid {pid})" if pid else "already running")
        self.pid = pid


class SchemaTooNew(StoreError):
    """The database was written by a newer version of Presswatch."""


class StoreUnavailable(StoreError):
    """The database cannot be reached, or takes no writes for now (disk full, server down)."""


class StoreConflict(StoreUnavailable):
    """Another daemon's transaction was in the way: nothing was stored, and the same may be done again at once."""
