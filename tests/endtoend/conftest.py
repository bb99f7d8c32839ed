"""A news server, a mail server and a daemon for every test that wants them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endtoend.daemon import Daemon
from tests.endtoend.mailroom import Mailroom
from tests.endtoend.newsstand import Newsstand

RULES = """\
rules:
  - id: envoy
    match: Witkoff
    deliver: [instant]
"""


@pytest.fixture
def newsstand() -> Iterator[Newsstand]:
    with Newsstand() as stand:
        yield stand


@pytest.fixture
def mailroom() -> Iterator[Mailroom]:
    with Mailroom() as room:
        yield room


@pytest.fixture
def daemon(tmp_path: Path, newsstand: Newsstand) -> Iterator[Daemon]:
    with Daemon(tmp_path, {"wire": newsstand.url("wire")}, RULES) as daemon:
        yield daemon
