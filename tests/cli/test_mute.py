"""`presswatch mute`, `mutes` and `unmute`, without a daemon."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.desk import Desk

LONG = ("--for", "4h", "--reason", "the summit is over")


@pytest.fixture
def desk(folder: Path, sqlite_url: str) -> Desk:
    desk = Desk(folder, sqlite_url)
    desk.start()
    return desk


def test_a_rule_is_muted_by_somebody_for_a_reason_until_a_time_and_heard_again(run: Run, desk: Desk) -> None:
    assert run("mute", "envoys", *LONG, "--by", "ana").stdout.startswith("envoys is muted until ")
    told = run("mutes").stdout
    assert told.startswith("envoys ")
    assert "by ana: the summit is over" in told
    assert "Muted" in run("status").stdout
    assert run("unmute", "envoys").stdout == "envoys is heard again.\n"
    assert run("mutes").stdout == "No rule is muted.\n"
    (over,) = (json.loads(line) for line in run("mutes", "--all", "--json").stdout.splitlines())
    assert (over["rule_id"], over["made_by"]) == ("envoys", "ana")


def test_one_that_was_not_muted_is_told_and_so_is_what_was_revived(run: Run, desk: Desk) -> None:
    result = run("unmute", "envoys", "--revive")
    assert result.stdout == "envoys was not muted.\n0 matches wait again.\n"
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("envoys", "--reason", "x"), "Missing option '--for'"),
        (("envoys", "--for", "4h"), "Missing option '--reason'"),
        (("envoys", "--for", "4h", "--reason", " "), "Say why"),
        (("envoys", "--for", "400d", "--reason", "x"), "a year from now at the latest"),
        (("envoy", "--for", "4h", "--reason", "x"), "There is no rule 'envoy' in the database. Did you mean envoys?"),
    ],
)
def test_a_mute_needs_a_rule_an_end_and_a_reason(run: Run, desk: Desk, arguments: tuple[str, ...], told: str) -> None:
    result = run("mute", *arguments)
    assert told in result.stderr
    assert result.exit_code != 0
    assert run("mutes").stdout == "No rule is muted.\n"
