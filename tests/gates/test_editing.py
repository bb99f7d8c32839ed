"""What is said of editors, hooks and CI holds: every command that the pages show runs, and hooks do what they are for."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from monitor.cli.check import FORMS
from monitor.rulebook import Known, load
from tests.gates.repository import ROOT, section, text

PAGE = text("docs/editor.md")
SHOWN = re.findall(
    r"^```sh\n(.*?)^```", PAGE + section(text("docs/workshop.md"), "Is it written right?"), re.MULTILINE | re.DOTALL
)
COMMANDS = [line for block in SHOWN for line in block.splitlines() if "--watch" not in line]
HOOK = yaml.safe_load(text(".pre-commit-hooks.yaml"))[0]
START = yaml.safe_load(text("packaging/start/.pre-commit-config.yaml"))["repos"][0]["hooks"][0]


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A folder as `presswatch init` writes it."""
    run("presswatch init --yes", tmp_path)
    return tmp_path


def run(line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a line of a shell with the installed `presswatch`."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        ["/bin/sh", "-c", line], cwd=folder, env={"PATH": path}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_that_the_pages_show_run(started: Path, line: str) -> None:
    done = run(line, started)
    assert done.returncode == 0, done.stderr + done.stdout


def test_every_form_is_named_and_every_option_that_is_named_is_there() -> None:
    told = PAGE + section(text("docs/workshop.md"), "Is it written right?")
    assert [form for form in FORMS if form != "full" and f"--format {form}" not in told] == []
    help_text = run("presswatch check --help", ROOT).stdout
    assert [option for option in set(re.findall(r"--[a-z]+", told)) if option not in help_text] == []


def test_the_rule_that_the_page_shows_is_sound(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    file = tmp_path / "rules.yaml"
    file.write_text(shown)
    assert load([file], Known(digests={"instant"})).warnings == ()


def test_the_workflows_and_hooks_that_the_page_shows_can_be_read_and_call_what_is_there() -> None:
    (hook,) = re.findall(r"^```yaml hook\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert yaml.safe_load(hook)["repos"][0]["hooks"][0]["id"] == HOOK["id"]
    workflows = re.findall(r"^```yaml workflow\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(workflows) == 2
    for workflow in map(yaml.safe_load, workflows):
        runs = [step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step]
        (check,) = [line for line in runs if line.startswith("presswatch")]
        assert shlex.split(check)[:2] == ["presswatch", "check"]


@pytest.mark.parametrize("hook", [HOOK, START], ids=["hook", "start"])
def test_a_hook_lets_sound_files_through_and_stops_faulty_ones(started: Path, hook: dict[str, str]) -> None:
    assert run(hook["entry"], started).returncode == 0
    with (started / "rules/sanctions.yaml").open("a") as file:
        file.write("  - id: x\n    mach: y\n")
    done = run(hook["entry"], started)
    assert done.returncode == 1
    assert "unknown key 'mach'" in done.stdout


@pytest.mark.parametrize("hook", [HOOK, START], ids=["hook", "start"])
def test_a_hook_runs_when_something_changes_that_is_checked(hook: dict[str, str]) -> None:
    for path in ("config.toml", "rules/a.yaml", "rules/deep/b.yml", "templates/alert.txt.j2"):
        assert re.search(hook["files"], path)
    assert not re.search(hook["files"], "README.md")
    assert hook["id"] == "presswatch-check"
    assert not hook["pass_filenames"]


def test_the_hook_is_the_command_that_the_project_installs() -> None:
    assert HOOK["language"] == "python"
    assert shutil.which(HOOK["entry"].split()[0], path=str(Path(sys.executable).parent))
