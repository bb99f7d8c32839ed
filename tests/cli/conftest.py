"""Runs commands as a person would: real files, a directory of one's own, an environment that says nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.group import presswatch

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one; nobody's configuration is found from it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("PRESSWATCH_CONFIG", "XDG_CONFIG_HOME", "NO_COLOR", "FORCE_COLOR", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Run `presswatch` with these arguments (and standard input, and environment)."""

    def with_arguments(*arguments: str, stdin: str | bytes = "", **environ: str) -> Result:
        result = CliRunner().invoke(presswatch, arguments, input=stdin, env=environ, prog_name="presswatch")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return with_arguments
