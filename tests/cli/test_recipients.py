"""`presswatch unsubscribed`, `unsubscribe` and `resubscribe`, without a daemon."""

import asyncio
import json
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from monitor.app.daemon import App
from monitor.config import load
from monitor.store import Store, Tx, unsubscribed
from tests.cli.conftest import Run

CONFIG = """\
[database]
url = "{url}"
[channels.{channel}]
type = "email"
smtp = {{ host = "mail.example.org" }}
from = "Presswatch <desk@press.example>"
to = ["Ana <ana@press.example>", "bo@press.example"]
[digests.{digest}]
at = "07:00"
to = ["{channel}"]
"""
ANA = "ana@press.example"

Configure = Callable[[str, str], None]
Writing = Callable[[Callable[[Tx], object]], None]


@pytest.fixture
def configure(folder: Path, sqlite_url: str) -> Configure:
    """Write a configuration in which a channel and a digest are called so."""
    (folder / "rules").mkdir()

    def write(channel: str, digest: str) -> None:
        (folder / "config.toml").write_text(CONFIG.format(url=sqlite_url, channel=channel, digest=digest))

    write("mail", "morning")
    return write


@pytest.fixture
def writing(configure: Configure, sqlite_url: str) -> Writing:
    def in_transaction(act: Callable[[Tx], object]) -> None:
        with Store(sqlite_url) as store:
            store.open()
            with store.transaction() as tx:
                act(tx)

    in_transaction(lambda _: None)
    return in_transaction


def readers(sqlite_url: str, digest: str) -> set[str]:
    """Who of Ana and Bo gets a digest."""
    with Store(sqlite_url) as store:
        store.open()
        with store.reading() as tx:
            return {ANA, "bo@press.example"} - set(unsubscribed.of(tx, digest))


async def start(folder: Path) -> None:
    """Let a daemon put the folder in force, and end."""
    app = App(load(folder / "config.toml", {}))
    await app.open()
    await app.close()


def test_who_asks_to_be_left_alone_is_and_comes_back_when_they_like(
    run: Run, writing: Writing, sqlite_url: str
) -> None:
    assert run("unsubscribe", ANA, "--digest", "morning").stdout == f"{ANA} gets 'morning' no more.\n"
    assert readers(sqlite_url, "morning") == {"bo@press.example"}
    told = run("unsubscribed").stdout
    assert told.startswith(f"{ANA} ")
    assert told.endswith(": by hand\n")
    again = run("unsubscribe", ANA, "--digest", "morning")
    assert (again.stdout, again.exit_code) == (f"{ANA} had unsubscribed already.\n", 1)
    assert run("unsubscribe", ANA.upper(), "--digest", "morning").exit_code == 1
    assert run("unsubscribe", ANA).stdout == f"{ANA} gets no more messages.\n"
    assert run("resubscribe", ANA).stdout == f"{ANA} gets messages again (2 entries).\n"
    assert readers(sqlite_url, "morning") == {ANA, "bo@press.example"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((ANA, "--digest", "mourning"), "there are: morning"),
        (("cy@press.example",), "No channel writes to 'cy@press.example'"),
    ],
)
def test_what_is_misspelt_is_told(run: Run, writing: Writing, arguments: tuple[str, ...], told: str) -> None:
    result = run("unsubscribe", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_who_unsubscribed_stays_so_whatever_the_channel_is_called(
    run: Run, writing: Writing, configure: Configure, sqlite_url: str
) -> None:
    run("unsubscribe", ANA, "--digest", "morning")
    configure("post", "morning")
    assert readers(sqlite_url, "morning") == {"bo@press.example"}
    assert "Left over" not in run("status").stdout


def test_who_unsubscribed_from_what_has_another_name_now_is_told_of_with_what_to_do(
    run: Run, writing: Writing, configure: Configure, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run("unsubscribe", ANA, "--digest", "morning")
    configure("mail", "briefing")
    told = f"{ANA} unsubscribed from 'morning', and nothing is sent by that name any more."
    for command in ("unsubscribed", "status"):
        shown = run(command).stdout
        assert told in shown
        assert f"`presswatch unsubscribe {ANA} --digest NAME`" in shown
    (astray,) = json.loads(run("status", "--json").stdout)["leftovers"]["astray"]
    assert (astray["recipient"], astray["digest_id"]) == (ANA, "morning")
    with caplog.at_level(logging.WARNING):
        asyncio.run(start(folder))
    assert told in caplog.text
    run("resubscribe", ANA, "--digest", "morning")
    assert told not in run("status").stdout


def test_a_digest_that_is_configured_counts_only_where_a_rule_delivers_to_it(
    run: Run, writing: Writing, folder: Path
) -> None:
    with (folder / "config.toml").open("a") as config:
        config.write('[digests.instant]\nto = ["mail"]\n')
    run("unsubscribe", ANA, "--digest", "instant")
    for digest, astray in (("instant", False), ("morning", True)):
        (folder / "rules/desk.yaml").write_text(f"rules:\n  - {{id: ferry, match: ferry, deliver: [{digest}]}}\n")
        asyncio.run(start(folder))
        assert (f"{ANA} unsubscribed from 'instant', and nothing is sent" in run("status").stdout) == astray


def test_of_many_some_are_named(run: Run, writing: Writing, configure: Configure) -> None:
    for number in range(25):
        digest = f"digest-{number}"
        writing(partial(unsubscribed.add, recipient=ANA, digest_id=digest, why=unsubscribed.BY_LINK))
    assert run("status").stdout.count("unsubscribed from 'digest-") == 20
    assert "5 more have unsubscribed" in run("status").stdout


def test_where_nobody_has_that_is_said(run: Run, writing: Writing) -> None:
    assert run("unsubscribed").stdout == "Nobody has unsubscribed.\n"
