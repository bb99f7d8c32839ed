"""`presswatch status` and `presswatch healthcheck` read the database alone, whether a daemon runs or not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import load
from monitor.core.feeds import PollOutcome
from monitor.store import Store, Tx, feeds, gates, instances, ledger, notices, unsubscribed
from tests.cli.conftest import Run
from tests.store.newsroom import article, open_house, polled, publish

CONFIG = """
[service]
timezone = "Europe/Vienna"
[[feeds]]
id = "good"
url = "https://good.example.org/rss"
[[feeds]]
id = "bad"
url = "https://bad.example.org/rss"
[[feeds]]
id = "new"
url = "https://new.example.org/rss"
[digests.morning]
at = "07:00"
"""


Writing = Callable[[Callable[[Tx], object]], None]


@pytest.fixture
def url(folder: Path, sqlite_url: str) -> str:
    """The address of the database that config.toml names."""
    (folder / "config.toml").write_text(f'{CONFIG}[database]\nurl = "{sqlite_url}"\n')
    return sqlite_url


@pytest.fixture
def writing(url: str) -> Writing:
    """Do something in the database that the commands will read."""

    def in_transaction(act: Callable[[Tx], object]) -> None:
        with Store(url) as store:
            store.open()
            with store.transaction() as tx:
                act(tx)

    return in_transaction


def at_work(tx: Tx, beat_age: timedelta = timedelta(0)) -> None:
    then = Tx(tx.conn, lambda: tx.now - beat_age)
    instances.beat(then, instances.Instance("i1", "desk-1", 4711, "0.1.0", tx.now - timedelta(hours=3)))


def some_polls(tx: Tx) -> None:
    feeds.sync(tx, load(Path("config.toml"), {}).feeds())
    claims = {each.feed_id: each for each in feeds.claim(tx, 10, timedelta(minutes=2))}
    feeds.release(tx, [claims["new"]])
    later = datetime.now(UTC) + timedelta(hours=1)
    polled(tx, claims["good"], later, PollOutcome(new=2))
    polled(tx, claims["bad"], later, PollOutcome("http-500", "Internal\nServer \x1b[31mError"))


def test_before_the_first_run_it_says_that_there_is_no_database(run: Run, folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG)
    for command in ("status", "healthcheck"):
        result = run(command)
        assert result.exit_code == 69
        assert result.stderr.startswith("The database cannot be used: there is none at ")
    assert not (folder / "data").exists()


def test_without_a_daemon_it_still_shows_how_things_stand(run: Run, writing: Writing) -> None:
    writing(some_polls)
    result = run("status")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "Daemon      none at work on this database"
    assert lines[1] == "Feeds       1 ok, 1 failing, 1 not read yet"
    assert lines[2].startswith("  failing  bad ")
    assert lines[2].endswith(r": Internal\nServer \x1b[31mError")
    assert "Deliveries  0 sent, 0 waiting, 0 dead" in lines


def test_digests_are_shown_with_their_next_time_where_the_reader_is(run: Run, writing: Writing) -> None:
    writing(some_polls)
    morning = next(line for line in run("status").stdout.splitlines() if line.startswith("Digest      morning"))
    assert morning.endswith(" 07:00")
    assert "0 waiting, none yet, next " in morning


def test_pauses_are_shown_with_their_reason(run: Run, writing: Writing) -> None:
    writing(lambda tx: gates.put(tx, gates.channel("desk"), None, "535 bad\ncredentials"))
    assert r"Paused      channel:desk until someone mends it: 535 bad\ncredentials" in run("status").stdout


def test_it_prints_json_for_other_programs(run: Run, writing: Writing) -> None:
    writing(some_polls)
    writing(at_work)
    told = json.loads(run("status", "--json").stdout)
    assert [each["id"] for each in told["feeds"]["needing"]] == ["bad"]
    assert told["feeds"]["states"] == {"ok": 1, "failing": 1, "new": 1}
    assert told["daemons"][0]["pid"] == 4711
    assert datetime.fromisoformat(told["now"]).tzinfo is not None


def test_a_daemon_at_work_is_well(run: Run, writing: Writing) -> None:
    writing(at_work)
    result = run("healthcheck")
    assert (result.exit_code, result.stdout) == (0, "Well: desk-1 (pid 4711).\n")
    assert "desk-1 (pid 4711), 0.1.0, up 3 h, heard of 0 s ago" in run("status").stdout


def test_a_daemon_that_fell_silent_is_not_well(run: Run, writing: Writing) -> None:
    writing(lambda tx: at_work(tx, timedelta(seconds=61)))
    result = run("healthcheck")
    assert result.exit_code == 69
    assert result.stderr == "No daemon has written to the database in the last 60 seconds.\n"


def test_health_does_not_need_the_secrets_of_the_daemon(run: Run, writing: Writing, folder: Path) -> None:
    writing(at_work)
    with (folder / "config.toml").open("a") as file:
        file.write('[channels.a]\ntype = "slack"\nwebhook = { env = "NOT_SET" }\n')
    assert run("healthcheck").exit_code == 0


@pytest.mark.parametrize("fault", ["[[feeds]]\nurl = 7\n", "[serice]\n", '[log]\nlevel = "loud"\n'])
def test_a_daemon_works_on_while_its_configuration_is_being_edited(
    run: Run, writing: Writing, folder: Path, fault: str
) -> None:
    writing(at_work)
    with (folder / "config.toml").open("a") as file:
        file.write(fault)
    assert run("status").exit_code == 78
    result = run("healthcheck")
    assert (result.exit_code, result.stdout) == (0, "Well: desk-1 (pid 4711).\n")


def test_health_of_a_database_that_is_named_wrongly_is_a_fault_of_the_configuration(run: Run, folder: Path) -> None:
    (folder / "config.toml").write_text("[database]\nurl = 7\n")
    assert run("healthcheck").exit_code == 78


def test_a_file_that_is_no_toml_says_nothing_of_the_database_but_the_environment_does(
    run: Run, writing: Writing, folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing(at_work)
    (folder / "config.toml").write_text("[service\n")
    assert run("healthcheck").exit_code == 69
    monkeypatch.setenv("PRESSWATCH__DATABASE__URL", url)
    assert run("healthcheck").exit_code == 0


def test_what_the_daemon_says_of_its_rules_is_shown(run: Run, writing: Writing) -> None:
    def said(tx: Tx) -> None:
        notices.put(tx, notices.REFUSED, "rules/desk.yaml:2:24: error[PW130]: \x1b unclosed bracket")
        notices.put(tx, f"{notices.OFF}runaway", "its regular expression ran out of time again and again")
        notices.put(tx, notices.ALWAYS, "1 of 9, which no word could rule out: runaway")

    writing(said)
    assert run("status").stdout.splitlines()[1:4] == [
        r"Rules       changed files are wrong, older rules are in force: rules/desk.yaml:2:24: error[PW130]: \x1b unclosed bracket",
        "Rule        runaway                switched off: its regular expression ran away; mend it, or say it in words",
        "Rules       tried on every article: 1 of 9, which no word could rule out: runaway",
    ]
    told = json.loads(run("status", "--json").stdout)
    assert told["rules"]["switched_off"] == ["runaway"]
    assert told["rules"]["refused"].startswith("rules/desk.yaml:2:24")
    assert told["rules"]["always"].endswith(": runaway")
    assert told["paused"] == []


def test_a_ledger_that_does_not_close_is_told_in_red_and_pauses_nothing(writing: Writing, run: Run) -> None:
    writing(
        lambda tx: ledger.write_down(tx, ["1 matches of rule ferries have no fate in digest instant"], timedelta(1))
    )
    told = run("status").stdout
    assert "do not add up, which is a fault of Presswatch: 1 matches of rule ferries have no fate in digest" in told
    assert "Paused" not in told
    assert "no fate" in json.loads(run("status", "--json").stdout)["ledger"]
    writing(lambda tx: ledger.write_down(tx, [], timedelta(1)))
    assert "Fates" not in run("status").stdout


def test_what_waits_for_a_digest_that_is_not_configured_is_told_with_its_end(writing: Writing, run: Run) -> None:
    def waiting(tx: Tx) -> None:
        open_house(tx)
        publish(tx, article())

    writing(waiting)
    line = next(each for each in run("status").stdout.splitlines() if each.startswith("Digest      instant"))
    assert "1 waiting, but it is not configured: given up from " in line
    assert line.endswith(" on; write [digests.instant] again, or have their rules deliver elsewhere")
    (told,) = json.loads(run("status", "--json").stdout)["orphaned"]
    assert (told["digest_id"], told["waiting"]) == ("instant", 1)


def test_addresses_that_nothing_more_is_sent_to_are_counted(writing: Writing, run: Run) -> None:
    def refused(tx: Tx) -> None:
        unsubscribed.add(tx, "ana@press.example", unsubscribed.EVERY, "3 messages were refused there for good")
        unsubscribed.add(tx, "bo@press.example", unsubscribed.EVERY, unsubscribed.BY_LINK)

    writing(refused)
    told = "1 address gets nothing more, as messages were refused there again and again: presswatch unsubscribed"
    assert f"Recipients  {told}" in run("status").stdout.splitlines()
    assert [each["recipient"] for each in json.loads(run("status", "--json").stdout)["bouncing"]] == [
        "ana@press.example"
    ]


def test_templates_that_are_wrong_are_told_and_pause_nothing(writing: Writing, run: Run) -> None:
    writing(lambda tx: notices.put(tx, notices.TEMPLATES, "templates/alert.txt.j2:1:4: error[PW301]: \x1b"))
    told = run("status").stdout
    line = next(each for each in told.splitlines() if each.startswith("Templates"))
    assert line.endswith(r"they fail: templates/alert.txt.j2:1:4: error[PW301]: \x1b")
    assert "Paused" not in told
    assert "PW301" in json.loads(run("status", "--json").stdout)["templates"]
