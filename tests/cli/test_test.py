"""`presswatch test` tries examples and scenarios, says what failed where, and what none of them would notice."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Run
from tests.gates.repository import section, text

CONFIG = """\
[service]
timezone = "Europe/Vienna"
[digests.instant]
[digests.morning]
at = "07:00"
[[feeds]]
id = "wire"
url = "https://example.org/rss"
"""
RULES = """\
rules:
  - id: harbour
    match: harbour strike
    deliver: [instant, morning]
    examples:
      match: [A harbour strike begins]
      no_match: [A calm harbour]
    scenarios:
      - name: told at once, and in the morning
        articles:
          - {at: "2026-11-23 22:00", source: wire, title: A harbour strike begins}
        expect:
          - {at: "2026-11-23 22:00", digest: instant, items: 1}
          - {at: "2026-11-24 07:00", digest: morning, items: 1}
  - id: ferries
    match: ferr*
"""


@pytest.fixture(autouse=True)
def sound(folder: Path) -> Path:
    """A folder with a configuration and one rule file."""
    (folder / "config.toml").write_text(CONFIG)
    (folder / "rules").mkdir()
    (folder / "rules/harbour.yaml").write_text(RULES)
    return folder


def break_rules(folder: Path) -> None:
    (folder / "rules/harbour.yaml").write_text(RULES.replace('22:00", digest', '22:30", digest'))


def test_where_all_hold_each_rule_has_a_line(run: Run) -> None:
    result = run("test")
    assert result.exit_code == 0, result.output
    first, second, last = result.stdout.splitlines()
    assert first == "✓ harbour  2 examples, 1 scenario"
    assert second == "Without any example: ferries"
    assert re.fullmatch(r"2 rules: 2 examples, 1 scenario in \d+\.\d s: all hold", last)


def test_what_fails_is_shown_where_it_stands(run: Run, sound: Path) -> None:
    break_rules(sound)
    result = run("test")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        """\
✗ harbour  2 examples, 1 scenario: 1 failed

error[PW213]: scenario 'told at once, and in the morning' expects 2026-11-23 22:30 instant (1), 2026-11-24 07:00 morning (1)
  --> rules/harbour.yaml:13:13
   |
13 |           - {at: "2026-11-23 22:30", digest: instant, items: 1}
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = got: 2026-11-23 22:00 instant (1), 2026-11-24 07:00 morning (1)
"""
    )
    assert result.stdout.endswith(": 1 failed\n")


def test_nothing_is_sent_and_no_file_is_left(run: Run, sound: Path) -> None:
    before = sorted(sound.rglob("*"))
    run("test")
    assert sorted(sound.rglob("*")) == before


def test_faults_in_the_files_are_told_and_the_rest_is_tried(run: Run, sound: Path) -> None:
    (sound / "rules/b.yaml").write_text("rules:\n  - id: b\n    match: (x\n")
    result = run("test")
    assert result.exit_code == 1
    assert "error[PW121]: this bracket is never closed\n --> rules/b.yaml:3:12" in result.stdout
    assert "✓ harbour  2 examples, 1 scenario" in result.stdout
    assert result.stdout.endswith(": 1 fault in the files\n")


def test_files_and_rules_can_be_chosen(run: Run, sound: Path) -> None:
    (sound / "drafts").mkdir()
    (sound / "drafts/a.yaml").write_text("rules:\n  - id: a\n    match: x\n    examples: {match: [x]}\n")
    assert run("test", "drafts").stdout.splitlines()[0] == "✓ a  1 example"
    assert run("test", "--rule", "ferries").stdout.startswith("Without any example: ferries\n1 rule: ")
    result = run("test", "--rule", "ferry")
    assert result.exit_code == 2
    assert "there is no rule 'ferry'; did you mean 'ferries'?" in result.stderr


def test_a_misspelt_rule_is_put_right_though_the_example_of_another_fails(run: Run, sound: Path) -> None:
    (sound / "rules/b.yaml").write_text("rules:\n  - id: b\n    match: x\n    examples: {match: [y]}\n")
    result = run("test", "--rule", "ferry")
    assert (result.exit_code, "did you mean 'ferries'?" in result.stderr) == (2, True)


def test_a_rule_that_cannot_be_read_may_be_the_one_that_is_meant(run: Run, sound: Path) -> None:
    (sound / "rules/b.yaml").write_text("rules:\n  - id: b\n    match: (x\n")
    result = run("test", "--rule", "b")
    assert (result.exit_code, "this bracket is never closed" in result.stdout) == (1, True)


def test_the_concise_form_has_a_line_for_each_fault(run: Run, sound: Path) -> None:
    break_rules(sound)
    first, last = run("test", "--format", "concise").stdout.splitlines()
    assert first.startswith("rules/harbour.yaml:13:13: error[PW213]: scenario 'told at once")
    assert last.startswith("2 rules: ")


def test_other_programs_get_nothing_else_on_stdout(run: Run, sound: Path) -> None:
    break_rules(sound)
    result = run("test", "--format", "json")
    assert [each["rule_id"] for each in json.loads(result.stdout)["rules"]] == ["harbour", "ferries"]
    assert result.stderr.startswith("2 rules: ")
    result = run("test", "--format", "junit")
    root = ET.fromstring(result.stdout)
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    assert root.findall("testsuite/testcase")[2].get("file") == "rules/harbour.yaml"
    assert result.exit_code == 1


def test_mutations_that_no_example_notices_are_warnings(run: Run) -> None:
    result = run("test", "--mutate")
    assert result.exit_code == 0
    assert "✓ harbour  2 examples, 1 scenario, 0 of 2 mutations noticed" in result.stdout
    assert (
        "warning[PW430]: no example of 'harbour' notices when 'harbour strike' becomes 'harbour AND strike'"
        in result.stdout
    )
    assert "--> rules/harbour.yaml:3:12" in result.stdout
    assert result.stdout.endswith(": all hold; 0 of 2 mutations noticed\n")
    assert run("test", "--mutate", "--strict").exit_code == 3
    assert run("test", "--strict").exit_code == 0


def test_the_shipped_rules_hold(run: Run) -> None:
    run("init", "--yes", "start")
    result = run("-c", "start/config.toml", "test")
    assert result.exit_code == 0, result.output
    assert "Without" not in result.stdout


PAGE = text("docs/workshop.md")
SHOWN = [
    shown
    for heading in ("Does it do what its examples say?", "What would no example notice?")
    for shown in re.findall(
        r"```yaml\n(.*?)```\n\n```sh\npresswatch (test.*?)\n```\n\n```text\n(.*?)```", section(PAGE, heading), re.DOTALL
    )
]


@pytest.mark.parametrize(("rules", "command", "told"), SHOWN, ids=[command for _, command, _ in SHOWN])
def test_the_screens_of_the_documentation_are_what_one_sees(
    run: Run, sound: Path, rules: str, command: str, told: str
) -> None:
    (sound / "rules/harbour.yaml").unlink()
    (sound / "rules/talks.yaml").write_text(rules, encoding="utf-8")
    seconds = re.compile(r"in \d+\.\d s")
    assert seconds.sub("in 0.0 s", run(*command.split()).stdout) == seconds.sub("in 0.0 s", told)


def test_both_sections_of_the_documentation_show_a_screen() -> None:
    assert [command for _, command, _ in SHOWN] == ["test", "test --mutate"]
