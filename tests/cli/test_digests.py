"""`presswatch digests`: what there is, when it is due, what was made, and an edition sent once more; without a daemon."""

import json
from pathlib import Path

import pytest

from monitor.core.model import Outcome, Receipt
from tests.cli.conftest import Run
from tests.cli.desk import Desk
from tests.store.newsroom import article

TAKEN = Receipt(Outcome.SENT, "data", "250", "taken")


@pytest.fixture
def desk(folder: Path, sqlite_url: str) -> Desk:
    """One alert was sent, and its match waits for the morning."""
    desk = Desk(folder, sqlite_url)
    desk.start()
    desk.receive(article("one", title="Witkoff in Kyiv"))
    desk.send("instant", TAKEN)
    return desk


def test_every_digest_is_listed_with_what_waits_and_what_was_made(run: Run, desk: Desk) -> None:
    told = run("digests", "list").stdout
    assert "by the clock of Europe/Vienna (0 7 * * *), to outbox" in told
    assert "as stories come, after 30 s, at most 20 in 1 h, to outbox" in told
    assert "waiting   1 match\n" in told
    instant, morning = (json.loads(line) for line in run("digests", "list", "--json").stdout.splitlines())
    assert (morning["id"], morning["waiting"], morning["last"]) == ("morning", 1, None)
    assert (instant["id"], instant["waiting"], instant["last"]["size"]) == ("instant", 0, 1)


def test_when_digests_are_due_is_told_by_their_own_clock(run: Run, desk: Desk) -> None:
    lines = run("digests", "next", "--for", "7d").stdout.splitlines()
    assert len(lines) == 7
    assert all("07:00 CE" in line and "morning" in line and line.endswith("to outbox") for line in lines)
    assert run("digests", "next", "--for", "1s").stdout == "No digest is due in the next 1 s.\n"


def test_editions_are_listed_and_one_is_sent_once_more(run: Run, desk: Desk) -> None:
    (made,) = (json.loads(line) for line in run("digests", "editions", "--json").stdout.splitlines())
    assert made["id"] in run("digests", "editions", "instant").stdout
    assert run("digests", "editions", "morning").stdout == "No edition was made yet.\n"
    assert run("digests", "resend", made["id"], stdin="n\n").exit_code != 0
    result = run("digests", "resend", made["id"], "--yes")
    assert result.stdout == f"To be sent once more: 1 message of {made['id']}.\n"
    assert '"state": "waiting"' in run("outbox", "list", "--json").stdout


def test_every_story_of_an_edition_is_shown_with_its_outlet_its_time_and_its_link(run: Run, desk: Desk) -> None:
    (made,) = (json.loads(line) for line in run("digests", "editions", "--json").stdout.splitlines())
    lines = run("digests", "show", made["id"]).stdout.splitlines()
    assert lines[0].startswith(f"{made['id']}   made 2")
    assert lines[0].endswith(", 1 story")
    assert lines[2] == "Witkoff in Kyiv"
    assert lines[3].startswith("  harbour")
    assert lines[3].endswith("  https://harbour.example/one")
    (story,) = (json.loads(line) for line in run("digests", "show", made["id"], "--json").stdout.splitlines())
    assert (story["title"], story["copies"]) == ("Witkoff in Kyiv", [])
    result = run("digests", "show", "instant/nothing")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no edition 'instant/nothing'" in result.stderr


def test_an_edition_that_is_none_is_told_before_anything_is_asked(run: Run, desk: Desk) -> None:
    result = run("digests", "resend", "instant/nothing")
    assert result.exit_code == 1
    assert result.stderr == "There is no message of edition 'instant/nothing': presswatch digests editions\n"


def test_a_digest_that_nobody_knows_is_told(run: Run, desk: Desk) -> None:
    result = run("digests", "editions", "noon")
    assert (result.exit_code, result.stderr) == (1, "There is no digest 'noon'; there are: instant, morning.\n")
