"""`presswatch outbox`: what became of messages, and what a person makes of it; without a daemon."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core.model import Outcome, Receipt
from monitor.store import gates
from monitor.store.schema import deliveries
from tests.cli.conftest import Run
from tests.cli.desk import Desk
from tests.store.newsroom import article

REFUSED = Receipt(Outcome.REFUSED, "rcpt", "550", "no such user")
BUSY = Receipt(Outcome.RETRY, "mail", "451", "try later")


@pytest.fixture
def desk(folder: Path, sqlite_url: str) -> Desk:
    """A message that waits for another attempt, after one that was given up."""
    desk = Desk(folder, sqlite_url)
    desk.start()
    desk.receive(article("one", title="Witkoff in Kyiv"))
    desk.send("instant", REFUSED)
    desk.send("morning", BUSY, BUSY)
    return desk


def states(run: Run) -> dict[int, str]:
    listed = (json.loads(line) for line in run("outbox", "list", "--all", "--json").stdout.splitlines())
    return {each["id"]: each["state"] for each in listed}


def test_the_list_shows_what_needs_a_look_and_why(run: Run, desk: Desk) -> None:
    told = run("outbox", "list").stdout
    assert "waiting" in told
    assert "dead" in told
    assert "because" in told
    assert run("outbox", "list", "--dead").stdout.splitlines()[0].split()[:2] == ["1", "dead"]


def test_a_message_shows_every_attempt_and_what_was_answered(run: Run, desk: Desk) -> None:
    told = run("outbox", "show", "2").stdout
    assert "2 attempts" in told
    assert told.count("retry     mail 451 try later") == 2
    assert run("outbox", "show", "2", "--message").stdout.startswith("message 1 of morning/")


def test_the_parts_of_a_message_are_counted_from_one_and_a_whole_one_has_none(run: Run, desk: Desk) -> None:
    assert run("outbox", "show", "2").stdout.splitlines()[0] == "2   waiting"
    desk.send("instant", slot="long", parts=3)
    shown = [run("outbox", "show", str(number)).stdout.splitlines()[0] for number in (3, 4, 5)]
    assert shown == [f"{part + 2}   waiting, part {part} of 3" for part in (1, 2, 3)]


@pytest.mark.parametrize("command", [["list"], ["retry"], ["drop"]])
def test_a_channel_that_nobody_knows_is_told(run: Run, desk: Desk, command: list[str]) -> None:
    result = run("outbox", *command, "--channel", "dsk")
    assert (result.exit_code, result.stderr) == (1, "There is no channel 'dsk'; there are: outbox.\n")


@pytest.mark.parametrize("command", ["retry", "drop"])
def test_where_nothing_was_sent_yet_there_is_nothing_to_send_again_or_give_up(
    run: Run, desk: Desk, command: str
) -> None:
    (desk.folder / "presswatch.db").unlink()
    assert run("outbox", command, "1").exit_code == 69
    assert not (desk.folder / "presswatch.db").exists()


@pytest.mark.parametrize("command", ["show", "retry", "drop"])
def test_a_number_that_no_database_has_is_refused(run: Run, desk: Desk, command: str) -> None:
    assert run("outbox", command, "9" * 20).exit_code == 2


def test_that_what_was_sent_was_sent_is_said_once(run: Run, desk: Desk) -> None:
    desk.send("instant", slot="more")
    desk.writing(lambda tx: tx.conn.execute(sa.update(deliveries).values(state="sent", reason="sent", next_at=None)))
    assert "why" not in run("outbox", "show", "1").stdout
    assert run("outbox", "list", "--all").stdout.count("sent") == 3


def test_how_many_are_given_up_is_said_before(run: Run, desk: Desk) -> None:
    assert "Give up 1 message that waits? [y/N]" in run("outbox", "drop", "1", "2", stdin="n\n").output
    assert "Give up" not in run("outbox", "drop", "1").output


def test_what_was_given_up_is_sent_again(run: Run, desk: Desk) -> None:
    result = run("outbox", "retry", "--dead")
    assert (result.stdout, result.exit_code) == ("To be sent again: 1.\n", 0)
    assert states(run) == {1: "waiting", 2: "waiting"}


def test_what_waits_is_dropped_once_that_was_confirmed(run: Run, desk: Desk) -> None:
    assert run("outbox", "drop", "2", stdin="n\n").exit_code != 0
    assert states(run)[2] == "waiting"
    assert run("outbox", "drop", "2", stdin="y\n").stdout.endswith("Dropped: 2.\n")
    assert states(run)[2] == "dead"


def test_a_channel_is_cleared_without_a_question_where_that_is_said(run: Run, desk: Desk) -> None:
    assert run("outbox", "drop", "--channel", "desk", "--yes").stdout == "Dropped: 2.\n"
    assert run("outbox", "drop", "--channel", "desk", "--yes").stdout == "No message is like that.\n"


def test_messages_of_a_channel_that_is_not_configured_are_told_with_what_to_do(run: Run, desk: Desk) -> None:
    desk.writing(lambda tx: gates.put(tx, gates.channel("desk"), None, gates.NOT_CONFIGURED))
    told = "1 message waits at channel 'desk', which is not configured. Name a channel so again and they go out; "
    assert told in run("outbox", "list").stdout
    assert told not in run("outbox", "list", "--dead").stdout
    shown = run("status").stdout
    assert told in shown
    assert "Paused" not in shown, "that would be the same once more"
    assert run("outbox", "retry", "2").stdout.endswith(
        "They wait: channel 'desk' is not configured: nothing goes until one is called so.\n"
    )
    run("outbox", "drop", "--channel", "desk", "--yes")
    assert "Left over" not in run("status").stdout


def test_numbers_that_are_none_and_messages_that_cannot_be_are_named(run: Run, desk: Desk) -> None:
    result = run("outbox", "drop", "1", "77", "--yes")
    assert result.stdout.splitlines() == ["1 does not wait, or is being sent.", "There is no message 77."]
    assert result.exit_code == 1
    assert "There is no message 77" in run("outbox", "show", "77").stderr


@pytest.mark.parametrize("command", [("retry",), ("drop", "--yes")])
def test_nothing_is_done_to_all_messages_by_saying_nothing(run: Run, desk: Desk, command: tuple[str, ...]) -> None:
    result = run("outbox", *command)
    assert result.exit_code == 2
    assert "Say which messages" in result.stderr


def test_where_all_is_well_the_list_says_so(run: Run, folder: Path, sqlite_url: str) -> None:
    Desk(folder, sqlite_url).start()
    assert run("outbox", "list").stdout == "No message waits, and none was given up.\n"
    assert run("outbox", "list", "--all").stdout == "No message is like that.\n"
