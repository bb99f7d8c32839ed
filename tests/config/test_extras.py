"""What only an extra brings is asked for where it is not installed: told with what to install."""

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config.extras import missing
from monitor.diagnostics import Severity
from tests.config.conftest import Load

PHONE = '[channels.phone]\ntype = "apprise"\nurl = { env = "URL" }\n'
WITHOUT = "import sys; sys.modules['apprise'] = None; from monitor.cli import main; main()"


@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.WARNING])
def test_a_channel_that_is_not_installed_is_told_with_its_place(loaded: Load, severity: Severity) -> None:
    settings = loaded(PHONE, {"URL": "ntfy://topic"}).settings
    [fault] = missing(settings, severity=severity, installed=lambda: False)
    assert (fault.path, fault.code, fault.severity) == (("channels", "phone", "type"), "PW153", severity)
    assert fault.hint == "pip install 'presswatch[apprise]' adds it"


def test_who_has_no_such_channel_needs_nothing(loaded: Load) -> None:
    assert list(missing(loaded("").settings, severity=Severity.ERROR, installed=lambda: False)) == []
    assert list(missing(loaded(PHONE, {"URL": "ntfy://topic"}).settings, severity=Severity.ERROR)) == []


@pytest.mark.parametrize(("command", "status", "word"), [("check", 0, "warning"), ("run", 78, "error")])
def test_a_daemon_does_not_start_without_it_and_a_check_only_warns(
    loaded: Load, tmp_path: Path, command: str, status: int, word: str
) -> None:
    loaded(PHONE, {"URL": "ntfy://topic"})
    arguments = ["-c", str(tmp_path / "config.toml"), command]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        env={"URL": "ntfy://topic", "PATH": ""}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    told = done.stdout + done.stderr
    assert (done.returncode, f"{word}[PW153]" in told) == (status, True), told
    assert "pip install 'presswatch[apprise]' adds it" in told
