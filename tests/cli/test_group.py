"""The command as such: help, colours, codes of exit."""

import subprocess
import sys
from pathlib import Path

import pytest

from monitor import __version__
from monitor.cli.group import COMMANDS
from monitor.cli.options import color_choice
from tests.cli.conftest import Run


def test_help_lists_every_command(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for name, entry in COMMANDS.items():
        assert f"  {name} " in result.stdout
        assert entry.summary.split()[0] in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: presswatch {name} ")


def test_help_does_not_load_what_it_does_not_need() -> None:
    program = "import sys; from monitor.cli import main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pydantic", "sqlalchemy", "httpx", "jinja2"} & set(loaded)


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").stdout == f"presswatch, version {__version__}\n"


def test_wrong_usage_ends_with_2(run: Run) -> None:
    assert run("stauts").exit_code == 2
    assert run("-v", "-q", "config", "show").exit_code == 2


@pytest.mark.parametrize("command", [["config", "show"], ["status"], ["healthcheck"]])
def test_without_a_configuration_it_says_what_to_do_and_ends_with_78(run: Run, command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == 78
    assert result.stdout == ""
    assert result.stderr.startswith("No configuration found (looked for ./config.toml, ")
    assert "presswatch init" in result.stderr


def test_a_faulty_configuration_is_shown_with_its_lines_and_ends_with_78(run: Run, folder: Path) -> None:
    (folder / "config.toml").write_text('[fetch]\nevry = "5m"\n')
    result = run("status")
    assert result.exit_code == 78
    assert result.stderr == (
        "error[PW110]: unknown key 'evry'\n --> config.toml:2:1\n  |\n2 | evry = \"5m\"\n  | ^^^^ did you mean 'every'?\n"
    )


def test_the_configuration_that_is_named_is_the_one_that_counts(run: Run, folder: Path) -> None:
    (folder / "config.toml").write_text("faulty")
    (folder / "mine.toml").write_text("")
    assert run("-c", "mine.toml", "config", "show").exit_code == 0
    assert run("config", "show", PRESSWATCH_CONFIG="mine.toml").exit_code == 0
    missing = run("-c", "gone.toml", "config", "show")
    assert missing.exit_code == 78
    assert "gone.toml" in missing.stderr


@pytest.mark.parametrize(
    ("wanted", "environ", "choice"),
    [
        ("auto", {}, None),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, None),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_obey_option_and_environment(wanted: str, environ: dict[str, str], choice: bool | None) -> None:
    assert color_choice(wanted, environ) is choice


def test_faults_are_coloured_where_that_is_wanted(run: Run, folder: Path) -> None:
    (folder / "config.toml").write_text("a = 1\n")
    assert "\x1b[" not in run("status").stderr
    assert "\x1b[31m" in run("--color", "always", "status").stderr
    assert "\x1b[31m" in run("status", FORCE_COLOR="1").stderr


def test_python_m_monitor_is_the_same_command() -> None:
    result = subprocess.run([sys.executable, "-m", "monitor", "--version"], capture_output=True, text=True, check=True)
    assert result.stdout == f"presswatch, version {__version__}\n"
