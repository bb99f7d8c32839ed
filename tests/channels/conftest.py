"""Fixtures of the channels' tests."""

import io
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from monitor import log
from tests.channels.cases import CASES, Case
from tests.channels.receiver import Receiver, receiver
from tests.channels.slack_server import FakeSlack, fake_slack
from tests.channels.smtp_server import ScriptedServer, smtp_server

LOOPBACK = Path(__file__).with_name("loopback.pem")


@pytest_asyncio.fixture(params=CASES)
async def case(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Case]:
    """Each kind of channel in turn."""
    async with CASES[request.param](tmp_path) as case:
        yield case


@pytest_asyncio.fixture
async def smtp() -> AsyncIterator[ScriptedServer]:
    """A mail server that takes everything until the test scripts it otherwise."""
    async with smtp_server() as server:
        yield server


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A Slack that takes everything until the test scripts it otherwise."""
    async with fake_slack() as server:
        yield server


@pytest_asyncio.fixture
async def program() -> AsyncIterator[Receiver]:
    """A receiver of webhooks that takes everything until the test scripts it otherwise."""
    async with receiver() as server:
        yield server


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that the daemon's logging writes at its most talkative, before any secret is struck out."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log.start(stream, level=logging.DEBUG, form="text")
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def server_context() -> ssl.SSLContext:
    """TLS as a server at 127.0.0.1 offers it with the tests' certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(LOOPBACK)
    return context


@pytest.fixture(scope="session")
def trusting_context() -> ssl.SSLContext:
    """TLS as a client that trusts the tests' certificate."""
    return ssl.create_default_context(cafile=str(LOOPBACK))
