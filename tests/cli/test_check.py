"""`presswatch check` names every mistake of every file at once, and says what it looked at."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run

CONFIG = '[digests.morning]\nat = "07:00"\n[[feeds]]\nid = "wire"\nurl = "https://example.org/rss"\ntags = ["world"]\n'
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
        "config.toml:8:1:",
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
    assert "warning[PW402]: digest 'weekly' is delivered to by no rule\n --> config.toml:7:10\n" in result.stdout
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
        "error[PW308]: digest 'morning' has a template that does not exist, 'breif'\n --> config.toml:3:12"
        in result.stdout
    )


def test_single_files_and_folders_can_be_checked(run: Run, sound: Path) -> None:
    (sound / "drafts/deep").mkdir(parents=True)
    (sound / "drafts/deep/x.yaml").write_text("rules:\n  - id: x\n    match: [\n")
    assert "drafts/deep/x.yaml:" in run("check", "drafts").stdout
    assert run("check").exit_code == 0
    assert "1 rule file (2 rules" in run("check", "rules/harbour.yaml").stdout
    assert run("check", "nowhere.yaml").exit_code == 2


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
