"""`presswatch rules` lists rules, shows what one says and who says it, starts one, and names what is superfluous."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.desk import RULES, Desk, news
from tests.clock import ManualClock

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def desk(folder: Path, sqlite_url: str) -> Desk:
    return Desk(folder, sqlite_url)


@pytest.fixture
def with_hits(desk: Desk) -> Desk:
    """A desk with two hits of the rule envoys, one of them within the last 30 days, and one of resorts long ago."""
    now = datetime.now(UTC)
    for at, title in ((now - timedelta(days=40), "Witkoff visits resort"), (now - timedelta(days=2), "Kushner speaks")):
        desk.clock = ManualClock(at)
        desk.start()
        desk.receive(news(title, seen_at=at))
    return desk


def golden(name: str, shown: str) -> None:
    """The screen is as agreed."""
    assert shown == (GOLDEN / f"rules-{name}.txt").read_text(encoding="utf-8")


def test_the_list_has_every_rule_with_its_place_and_its_hits(run: Run, with_hits: Desk) -> None:
    result = run("rules", "list")
    assert result.exit_code == 0, result.output
    lines = [line.split("   ") for line in result.stdout.splitlines()]
    assert [line[0].strip() for line in lines] == ["envoys", "resorts", "forms"]
    assert "1 in 30 days, last " in result.stdout.splitlines()[0]
    assert "0 in 30 days, last " in result.stdout.splitlines()[1]
    assert result.stdout.splitlines()[2].split("   ")[-1] == "runs always"
    assert "no digest" in result.stdout.splitlines()[2]
    assert "never matched" in result.stdout.splitlines()[2]


def test_without_a_database_the_list_says_that_hits_are_not_known(run: Run, desk: Desk) -> None:
    (desk.folder / "presswatch.db").unlink()
    result = run("rules", "list")
    assert result.exit_code == 0
    assert result.stderr.startswith("Hits are not known: there is none at ")
    golden("list", result.stdout)


def test_the_list_is_there_as_json(run: Run, with_hits: Desk) -> None:
    told = {each["id"]: each for each in json.loads(run("rules", "list", "--json").stdout)}
    assert (told["envoys"]["hits"], told["resorts"]["hits"], told["forms"]["hits"]) == (1, 0, 0)
    assert told["envoys"]["deliver"] == ["instant", "morning"]
    assert (told["forms"]["always"], told["envoys"]["always"]) == (True, False)
    assert datetime.fromisoformat(told["resorts"]["last_at"]).tzinfo is not None
    assert told["forms"]["last_at"] is None


def test_an_empty_folder_has_an_empty_list(run: Run, desk: Desk) -> None:
    desk.rules("rules: []\n")
    assert run("rules", "list").stdout == ""
    assert json.loads(run("rules", "list", "--json").stdout) == []


def test_a_rule_is_shown_as_it_is_understood_and_who_says_so(run: Run, desk: Desk) -> None:
    result = run("rules", "show", "envoys")
    assert result.exit_code == 0, result.output
    shown = [line for line in result.stdout.splitlines() if not line.startswith("version")]
    golden("show", "\n".join(shown) + "\n")


def test_a_rule_is_shown_with_its_hits(run: Run, with_hits: Desk) -> None:
    assert "\nhits        1 in 30 days, last " in run("rules", "show", "envoys").stdout
    told = json.loads(run("rules", "show", "envoys", "--json").stdout)
    assert told["hits"] == 1
    assert told["query"] == '($envoys OR "security guarantees") AND NOT tennis AND NOT golf'
    assert [(each["key"], each["origin"]) for each in told["settings"]] == [
        ("languages", "built in"), ("sources", "rule"), ("max_age", "built in"), ("priority", "built in"),
        ("deliver", "defaults"), ("stem", "built in"), ("when", "built in"), ("cooldown", "built in"),
    ]  # fmt: skip
    assert [(each["should_match"], each["holds"]) for each in told["examples"]] == [(True, True), (False, True)]


def test_a_rule_whose_example_fails_is_shown_with_it(run: Run, desk: Desk) -> None:
    desk.rules("rules:\n  - id: ferry\n    match: ferry\n    examples: {match: [Boats]}\n")
    shown = run("rules", "show", "ferry")
    assert (shown.exit_code, "✗ match     Boats" in shown.stdout) == (0, True)
    assert "1 example fails" in shown.stderr
    assert run("rules", "list").stdout.startswith("ferry ")


def test_a_rule_that_always_runs_says_so(run: Run, desk: Desk) -> None:
    assert "\nruns        always: " in run("rules", "show", "forms").stdout
    assert "\nruns " not in run("rules", "show", "envoys").stdout


def test_a_misspelt_rule_is_put_right(run: Run, desk: Desk) -> None:
    result = run("rules", "show", "envoy")
    assert result.exit_code == 2
    assert "there is no rule 'envoy'; did you mean 'envoys'?" in result.stderr


def test_a_new_rule_is_sound_and_in_force(run: Run, desk: Desk) -> None:
    result = run("rules", "new", "nord-stream", '"Nord Stream" AND $envoys')
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Wrote rules/nord-stream.yaml.")
    assert result.stderr == ""
    assert run("check", "--strict").exit_code in (0, 3)
    shown = run("rules", "show", "nord-stream").stdout
    assert 'query       "Nord Stream" AND $envoys\n' in shown
    text = (desk.folder / "rules/nord-stream.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[:3] == ["rules:", "  - id: nord-stream", "    match: '\"Nord Stream\" AND $envoys'"]


def test_without_a_query_a_new_rule_looks_for_the_words_of_its_id(run: Run, desk: Desk) -> None:
    assert run("rules", "new", "nord-stream").exit_code == 0
    assert 'query       "nord stream"\n' in run("rules", "show", "nord-stream").stdout


def test_a_new_rule_overwrites_nothing(run: Run, desk: Desk) -> None:
    before = (desk.folder / "rules/desk.yaml").read_text(encoding="utf-8")
    result = run("rules", "new", "desk")
    assert result.exit_code == 1
    assert "rules/desk.yaml exists, and is not overwritten." in result.stderr
    assert (desk.folder / "rules/desk.yaml").read_text(encoding="utf-8") == before


def test_a_new_rule_elsewhere_says_that_it_is_not_in_force(run: Run, desk: Desk) -> None:
    result = run("rules", "new", "ferries", "--file", "drafts/f.yaml")
    assert result.exit_code == 0
    assert (desk.folder / "drafts/f.yaml").is_file()
    assert result.stderr == "No glob of [service] rules names this file, so it is not in force.\n"


def test_what_is_wrong_with_a_new_rule_is_marked_and_nothing_written(run: Run, desk: Desk) -> None:
    result = run("rules", "new", "Nord Stream", "leak AND (gas")
    assert result.exit_code == 1
    golden("new-faulty", result.stderr)
    assert [path.name for path in (desk.folder / "rules").iterdir()] == ["desk.yaml"]


def test_what_is_no_text_makes_no_rule(run: Run, desk: Desk) -> None:
    for arguments in (("a\udcff", "x"), ("a", "x\udcff")):
        result = run("rules", "new", *arguments)
        assert result.exit_code == 2
        assert "this is not UTF-8 text" in result.stderr


def test_new_rules_go_to_the_folder_that_the_configuration_names(run: Run, desk: Desk) -> None:
    config = desk.folder / "config.toml"
    config.write_text(config.read_text().replace("[service]", '[service]\nrules = ["ours/deep/*.yaml"]'))
    assert run("rules", "new", "ferries").exit_code == 0
    assert (desk.folder / "ours/deep/ferries.yaml").is_file()


def test_lint_names_what_check_is_silent_about(run: Run, desk: Desk) -> None:
    desk.rules(RULES.replace("- Kushner\n", "- Kushner\n    - Kush*\n    - witkoff\n"))
    config = desk.folder / "config.toml"
    config.write_text(config.read_text() + '[digests.weekly]\nat = "07:00"\ndays = "mon"\n')
    result = run("rules", "lint", "--format", "concise")
    assert result.exit_code == 0, result.output
    golden("lint", result.stdout)
    assert run("rules", "lint", "--strict").exit_code == 3
    checked = run("check", "--format", "concise").stdout
    assert "PW402" in checked
    assert not any(code in checked for code in ("PW412", "PW413", "PW414", "PW415"))


def test_lint_has_nothing_to_say_of_the_shipped_rules(run: Run, folder: Path) -> None:
    run("init", "--yes", "start")
    result = run("-c", "start/config.toml", "rules", "lint", "--strict")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith(": no warnings.\n")


def test_lint_has_the_forms_of_check(run: Run, desk: Desk) -> None:
    result = run("rules", "lint", "--format", "json")
    assert {each["code"] for each in json.loads(result.stdout)} == {"PW413", "PW424"}
    assert result.stderr.startswith("Looked at 3 rules: ")
    assert run("rules", "lint", "--format", "github").stdout.startswith("::warning file=rules/desk.yaml,line=")


def test_lint_tells_the_errors_of_faulty_rules_instead(run: Run, desk: Desk) -> None:
    desk.rules("rules:\n  - id: a\n    match: (a\n")
    result = run("rules", "lint", "--format", "concise")
    assert result.exit_code == 1
    assert result.stdout.startswith("rules/desk.yaml:3:12: error[PW121]")
