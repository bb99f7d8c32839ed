"""Fixtures of the listener's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.served import Served


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A listener that listens."""
    served = Served(tmp_path / "feeds")
    await served.listener.start()
    yield served
    await served.listener.stop()
