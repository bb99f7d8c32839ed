"""What editors run, as scripts/ensure-npm brings it, and an editor that has a folder open."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.server import Editor, editor
from tests.gates.repository import ROOT


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder of the programs that editors run. Without them: an error in CI, a skip elsewhere."""
    folder = Path(sys.prefix) / "editors/node_modules"
    if not (folder / "yaml-language-server").is_dir() or not shutil.which("node"):
        complaint = "What editors run is not installed: scripts/ensure-npm editors gets it"
        if os.environ.get("CI"):
            pytest.fail(complaint)
        pytest.skip(complaint)
    return folder


@pytest.fixture(scope="module")
def opened(programs: Path) -> Iterator[Editor]:
    """An editor that has the repository open."""
    with editor(programs / "yaml-language-server/bin/yaml-language-server", ROOT) as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the schemas in it, as `presswatch init` writes it."""
    for name in ("rules/rules.schema.json", "config.schema.json"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path
