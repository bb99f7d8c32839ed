"""`presswatch check` names every mistake of every file at once, and says what it looked at."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from monitor.cli.checking import unread_pages
from monitor.config import examine
from monitor.diagnostics import Severity
from tests.cli.conftest import Run
from tests.gates.repository import ROOT

CONFIG = '[digests.instant]\n[digests.morning]\nat = "07:00"\n[[feeds]]\nid = "wire"\nurl = "https://example.org/rss"\ntags = ["world"]\n'
RULES = """\
rules:
  - id: harbour
    match: harbour strike
    sources: [wire]
    deliver: [instant, morning]
    examples:
      match: [A harbour strike begins]
      no_match: [A calm harbour]
  - id: ferries
    match: ferr*
    deliver: [instant]
"""


@pytest.fixture(autouse=True)
def sound(folder: Path) -> Path:
    """A folder with a sound configuration, one rule file and no templates of its own."""
    (folder / "config.toml").write_text(CONFIG)
    (folder / "rules").mkdir()
    (folder / "rules/harbour.yaml").write_text(RULES)
    return folder


def test_where_all_is_well_it_says_what_it_looked_at(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0, result.output
    assert re.fullmatch(
        r"Checked config\.toml, 1 rule file \(2 rules, 2 examples\), no templates in \d+\.\d\d s: no errors, no warnings\.\n",
        result.stdout,
    )


def test_the_shipped_files_are_sound(run: Run, folder: Path) -> None:
    run("init", "--yes", "start")
    result = run("-c", "start/config.toml", "check", "--strict")
    assert result.exit_code == 0, result.output


def test_faults_of_all_files_are_told_at_once(run: Run, sound: Path) -> None:
    (sound / "config.toml").write_text(CONFIG + "[fetch]\nevry = 1\n")
    (sound / "rules/b.yaml").write_text("rules:\n  - id: b\n    match: x\n    delivr: [instant]\n")
    (sound / "rules/c.yaml").write_text("rules:\n  - id: c\n    match: (x\n")
    result = run("check", "--format", "concise")
    assert result.exit_code == 1
    assert [line.partition(" ")[0] for line in result.stdout.splitlines()[:3]] == [
        "config.toml:9:1:",
        "rules/b.yaml:4:5:",
        "rules/c.yaml:3:12:",
    ]
    assert result.stdout.splitlines()[-1].endswith(": 3 errors, no warnings.")


def test_names_in_a_faulty_configuration_still_count_for_rules(run: Run, sound: Path) -> None:
    (sound / "config.toml").write_text(CONFIG + "[fetch]\nevry = 1\n")
    assert "1 error, no warnings" in run("check").stdout


def test_a_rule_that_names_what_the_configuration_has_not_is_told(run: Run, sound: Path) -> None:
    (sound / "rules/b.yaml").write_text("rules:\n  - id: b\n    match: x\n    deliver: [evening]\n")
    result = run("check")
    assert result.exit_code == 1
    assert "--> rules/b.yaml:4:15" in result.stdout


def test_a_digest_that_no_rule_delivers_to_is_warned_of(run: Run, sound: Path) -> None:
    (sound / "config.toml").write_text(CONFIG + '[digests.weekly]\ncron = "0 7 * * 1"\n')
    result = run("check")
    assert result.exit_code == 0
    assert "warning[PW402]: digest 'weekly' is delivered to by no rule\n --> config.toml:8:10\n" in result.stdout
    assert result.stdout.endswith(": no errors, 1 warning.\n")
    assert run("check", "--strict").exit_code == 3


def test_a_faulty_template_is_told(run: Run, sound: Path) -> None:
    (sound / "templates").mkdir()
    (sound / "templates/alert.txt.j2").write_text("first\n{{ artcle.title }}\n")
    result = run("check")
    assert result.exit_code == 1
    assert "error[PW301]" in result.stdout
    assert "--> templates/alert.txt.j2:2" in result.stdout
    assert "1 template in" in result.stdout


def test_a_template_that_a_digest_names_must_exist(run: Run, sound: Path) -> None:
    text = CONFIG.replace("07:00", '07:00"\ntemplate = "breif')
    (sound / "config.toml").write_text(text)
    result = run("check")
    assert result.exit_code == 1
    assert (
        "error[PW308]: digest 'morning' has a template that does not exist, 'breif'\n --> config.toml:4:12"
        in result.stdout
    )


def test_single_files_and_folders_can_be_checked(run: Run, sound: Path) -> None:
    (sound / "drafts/deep").mkdir(parents=True)
    (sound / "drafts/deep/x.yaml").write_text("rules:\n  - id: x\n    match: [\n")
    assert "drafts/deep/x.yaml:" in run("check", "drafts").stdout
    assert run("check").exit_code == 0
    assert "1 rule file (2 rules" in run("check", "rules/harbour.yaml").stdout
    assert run("check", "nowhere.yaml").exit_code == 2


LISTS = "lists:\n  ports: [Odesa]\n  ships: [tanker]\nrules:\n  - id: ports\n    match: $ports\n"


def test_a_file_that_is_checked_alone_may_use_the_lists_of_the_configured_ones(run: Run, sound: Path) -> None:
    (sound / "rules/lists.yaml").write_text(LISTS)
    (sound / "rules/b.yaml").write_text("rules:\n  - id: b\n    match: $ports AND $ships\n")
    result = run("check", "--strict", "rules/b.yaml")
    assert result.exit_code == 0, result.output
    assert "1 rule file (1 rule, no examples)" in result.stdout
    assert run("check", "--strict", "rules/lists.yaml").exit_code == 0


def test_of_a_file_that_is_checked_alone_only_its_own_faults_are_told(run: Run, sound: Path) -> None:
    (sound / "rules/lists.yaml").write_text(
        LISTS.replace("tanker", "(tanker").replace("ports\n  ", "ports\n    mach: x\n  ")
    )
    (sound / "rules/b.yaml").write_text("rules:\n  - id: b\n    match: $ports AND $ships AND (storm\n")
    result = run("check", "--format", "concise", "rules/b.yaml")
    assert [line.partition(" ")[0] for line in result.stdout.splitlines()] == ["rules/b.yaml:3:34:", "Checked"]


def test_a_draft_may_be_another_version_of_what_is_in_force(run: Run, sound: Path) -> None:
    (sound / "rules/lists.yaml").write_text(LISTS)
    (sound / "draft.yaml").write_text(LISTS.replace("tanker", "ferry") + "  - id: ships\n    match: $ships\n")
    result = run("check", "--strict", "draft.yaml")
    assert result.exit_code == 0, result.output


def test_where_a_configured_file_cannot_be_read_a_list_may_be_in_it(run: Run, sound: Path) -> None:
    (sound / "rules/lists.yaml").write_text("lists: [")
    (sound / "rules/b.yaml").write_text("rules:\n  - id: b\n    match: $ports\n")
    assert run("check", "rules/b.yaml").exit_code == 0


def test_files_that_end_in_yml_are_checked_as_well(run: Run, sound: Path) -> None:
    (sound / "rules/b.yml").write_text("rules:\n  - id: b\n    match: [\n")
    assert "--> rules/b.yml:3:12" in run("check").stdout
    assert "--> rules/b.yml:3:12" in run("check", "rules").stdout


def test_rules_can_come_from_standard_input(run: Run, sound: Path) -> None:
    (sound / "rules/lists.yaml").write_text(LISTS)
    good = run("check", "-", stdin="rules:\n  - id: b\n    match: $ports AND $ships\n")
    assert good.exit_code == 0
    assert "1 rule file (1 rule, no examples)" in good.stdout
    bad = run("check", "--format", "concise", "-", stdin="rules:\n  - id: b\n    match: (x\n")
    assert bad.exit_code == 1
    assert bad.stdout.startswith("<stdin>:3:12: error[PW121]")
    assert "not UTF-8" in run("check", "-", stdin=b"\xff").stdout
    assert "is larger than 1 MiB" in run("check", "-", stdin="#" * 2**21).stdout


def test_a_configuration_is_not_checked_as_rules(run: Run, sound: Path) -> None:
    result = run("check", "config.toml")
    assert result.exit_code == 2
    told = "config.toml is no rule file; a configuration is named before the command: presswatch -c config.toml check"
    assert told in result.stderr


def test_standard_input_cannot_be_watched(run: Run) -> None:
    assert run("check", "--watch", "-").exit_code == 2


def wait_for(output: IO[str], text: str) -> None:
    """Read lines up to one that holds the text."""
    assert any(text in line for line in output), f"it ended without {text}"


def test_a_watch_checks_again_when_a_file_changes_or_appears_and_ends_well(sound: Path) -> None:
    command = [sys.executable, "-m", "monitor", "check", "--watch"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout

        wait_for(process.stdout, "no errors")
        (sound / "rules/harbour.yaml").write_text(RULES.replace("harbour strike", "(harbour"))
        wait_for(process.stdout, "PW121")
        (sound / "rules/harbour.yaml").write_text(RULES)
        wait_for(process.stdout, "2 rules")
        (sound / "rules/more.yml").write_text("rules:\n  - {id: more, match: storm}\n")
        wait_for(process.stdout, "3 rules")
        wait_for(process.stdout, "waiting for a change")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def test_json_is_all_there_is_on_stdout(run: Run, sound: Path) -> None:
    assert json.loads(run("check", "--format", "json").stdout) == []
    (sound / "rules/b.yaml").write_text("rulez: []\n")
    result = run("check", "--format", "json")
    (told,) = json.loads(result.stdout)
    assert (told["code"], told["path"], told["line"], told["severity"]) == ("PW110", "rules/b.yaml", 1, "error")
    assert result.stderr.startswith("Checked config.toml, 2 rule files")


def test_github_gets_annotations(run: Run, sound: Path) -> None:
    (sound / "rules/b.yaml").write_text("rulez: []\n")
    result = run("check", "--format", "github")
    assert result.stdout.startswith("::error file=rules/b.yaml,line=1,col=1,")


def test_missing_secrets_are_warnings_where_only_files_are_checked(run: Run, sound: Path) -> None:
    (sound / "config.toml").write_text(CONFIG + '[channels.a]\ntype = "slack"\nwebhook = { env = "NOT_SET" }\n')
    result = run("check")
    assert result.exit_code == 0
    assert "warning[PW151]: the environment variable NOT_SET is not set" in result.stdout


def test_a_folder_without_rules_is_told(run: Run, sound: Path) -> None:
    (sound / "rules/harbour.yaml").unlink()
    result = run("check", "--strict")
    assert result.exit_code == 3
    assert "warning[PW441]: 'rules/**/*.yaml' matches no file" in result.stdout


def test_sarif_is_all_there_is_on_stdout(run: Run, sound: Path) -> None:
    assert json.loads(run("check", "--format", "sarif").stdout)["runs"][0]["results"] == []
    (sound / "rules/b.yaml").write_text("rulez: []\n")
    (result,) = json.loads(run("check", "--format", "sarif").stdout)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "rules/b.yaml"


def test_pages_that_nothing_reads_are_warned_of_where_they_are_asked_for(folder: Path) -> None:
    text = (
        '[fetch]\nfull_text = "always"\n[[feeds]]\nurl = "https://a.example/"\nfull_text = "always"\n'
        '[[feeds]]\nurl = "https://b.example/"\nfull_text = "maybe"\n'
    )
    (folder / "config.toml").write_text(text)
    found = list(unread_pages(examine(folder / "config.toml", {}).written))
    assert [(each.code, each.line, each.severity) for each in found] == [
        ("PW442", 2, Severity.WARNING),
        ("PW442", 5, Severity.WARNING),
    ]
