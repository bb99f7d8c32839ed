"""A folder for a user's templates, and a renderer that looks there first."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.render.renderer import Renderer
from monitor.workers import Workers

Write = Callable[[str, str], Path]


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    pool = Workers(count=1)
    yield pool
    pool.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    return made


@pytest.fixture
def write(folder: Path) -> Write:
    """Write a user's template, given its name and its text."""

    def written(name: str, text: str) -> Path:
        file = folder / name
        file.write_text(text, encoding="utf-8")
        return file

    return written


@pytest.fixture
def renderer(folder: Path, workers: Workers) -> Renderer:
    return Renderer([folder], workers)
