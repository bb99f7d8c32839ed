"""`presswatch run` from start to stop, as its users and their supervisors meet it."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from tests.endtoend.daemon import Daemon, running, until
from tests.endtoend.illnesses import ILLNESSES
from tests.endtoend.mailroom import Mailroom
from tests.endtoend.newsstand import Newsstand, Story, status

BACKGROUND = Story("The harvest festival opens", "Crowds came early to the fairground by the river.")
ARRIVAL = Story("Witkoff lands in the capital", "The envoy was met at the airport by the foreign minister.")


def mails(daemon: Daemon) -> list[Path]:
    return [path for path in daemon.outbox.rglob("*.eml*") if path.parent.name in ("new", "cur")]


def text_of(mail: Path) -> str:
    body = message_from_bytes(mail.read_bytes())
    return "".join(
        part.get_payload(decode=True).decode()  # type: ignore[union-attr]
        for part in body.walk()
        if part.get_content_type() == "text/plain"
    )


def rows(daemon: Daemon, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{daemon.folder}/data/presswatch.db?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def test_a_story_that_appears_after_the_first_sight_arrives_once(daemon: Daemon, newsstand: Newsstand) -> None:
    newsstand.publish("wire", BACKGROUND, Story("Witkoff was here last week"))
    with running(daemon):
        until(lambda: newsstand.asked("wire") >= 2)
        assert mails(daemon) == []
        newsstand.publish("wire", ARRIVAL)
        until(lambda: len(mails(daemon)) == 1)
        asked = newsstand.asked("wire")
        until(lambda: newsstand.asked("wire") >= asked + 2)
        assert len(mails(daemon)) == 1
    assert "lands in the capital" in text_of(mails(daemon)[0])
    assert "last week" not in text_of(mails(daemon)[0])
    assert set(rows(daemon, "select state from fates")) == {("baseline",), ("sent",)}


def test_catching_up_rings_for_what_is_young_on_the_first_sight(daemon: Daemon, newsstand: Newsstand) -> None:
    now = datetime.now(UTC)
    newsstand.publish(
        "wire",
        Story("Witkoff spoke an hour ago", published=now - timedelta(hours=1)),
        Story("Witkoff spoke three days ago", published=now - timedelta(days=3)),
    )
    assert daemon.run("--once", "--catch-up", "24h") == 0
    (mail,) = mails(daemon)
    assert "an hour ago" in text_of(mail)
    assert "three days ago" not in text_of(mail)


def test_one_round_ends_by_itself_and_says_so_when_a_message_could_not_be_sent(
    daemon: Daemon, newsstand: Newsstand, mailroom: Mailroom
) -> None:
    daemon.channels = email_channel(mailroom.port)
    daemon.digests = '[digests.instant]\nto = ["desk"]\n'
    newsstand.publish("wire", BACKGROUND)
    assert daemon.run("--once") == 0
    mailroom.close()
    newsstand.publish("wire", ARRIVAL)
    until(lambda: daemon.run("--once") == 1)
    mailroom.open()
    until(lambda: daemon.run("--once") == 0)
    assert len(mailroom.letters) == 1


def test_a_dry_run_sends_nothing_and_counts_nothing_as_sent(
    daemon: Daemon, newsstand: Newsstand, mailroom: Mailroom
) -> None:
    daemon.channels = email_channel(mailroom.port)
    daemon.digests = '[digests.instant]\nto = ["desk"]\n'
    newsstand.publish("wire", ARRIVAL)
    assert daemon.run("--once", "--dry-run", "--catch-up", "24h") == 0
    assert mailroom.letters == []
    assert not (daemon.folder / "data" / "presswatch.db").exists()
    assert len(list((daemon.folder / "data" / "dry-run" / "outbox").rglob("*.eml*"))) == 1


def test_a_second_daemon_on_one_database_is_refused(daemon: Daemon, newsstand: Newsstand) -> None:
    with running(daemon):
        until(lambda: newsstand.asked("wire") > 0)
        second = presswatch(daemon, "run")
        assert daemon.process is not None
        assert second.returncode == 75
        assert f"already running (pid {daemon.process.pid})" in second.stderr


def test_without_a_configuration_it_says_what_to_do(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "monitor", "run"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert told.returncode == 78
    assert "presswatch demo" in told.stderr
    assert "presswatch init" in told.stderr


def test_a_saved_rule_is_in_force_without_a_restart_and_a_broken_one_changes_nothing(
    daemon: Daemon, newsstand: Newsstand
) -> None:
    newsstand.publish("wire", BACKGROUND)
    rules = daemon.folder / "rules" / "desk.yaml"
    with running(daemon):
        until(lambda: newsstand.asked("wire") > 0)
        rules.write_text("rules:\n  - id: envoy\n    mtach: Witkoff\n")
        until(lambda: "unknown key 'mtach'" in daemon.log)
        newsstand.publish("wire", ARRIVAL)
        until(lambda: len(mails(daemon)) == 1)
        rules.write_text("rules:\n  - {id: envoy, match: Witkoff}\n  - {id: ferry, match: ferry, deliver: [instant]}\n")
        until(lambda: "2 rules" in daemon.log)
        newsstand.publish("wire", Story("The ferry runs again"))
        until(lambda: len(mails(daemon)) == 2)


def test_a_restart_in_the_middle_of_an_edit_still_has_the_last_good_rules(daemon: Daemon, newsstand: Newsstand) -> None:
    newsstand.publish("wire", BACKGROUND)
    assert daemon.run("--once") == 0
    daemon.rules = "rules:\n  - id: envoy\n    match: (Witkoff"
    newsstand.publish("wire", ARRIVAL)
    with running(daemon):
        until(lambda: len(mails(daemon)) == 1)
    assert "desk.yaml:3" in daemon.log


def test_a_hangup_reloads_the_configuration(daemon: Daemon, newsstand: Newsstand) -> None:
    newsstand.publish("wire", BACKGROUND)
    newsstand.publish("local", BACKGROUND)
    with running(daemon):
        until(lambda: newsstand.asked("wire") > 0)
        daemon.feeds["local"] = newsstand.url("local")
        daemon.configure()
        daemon.signal(signal.SIGHUP)
        until(lambda: newsstand.asked("local") > 0)


def test_ill_feeds_are_told_and_disturb_no_other(daemon: Daemon, newsstand: Newsstand) -> None:
    for name, answer in ILLNESSES.items():
        newsstand.misbehave(name, answer(newsstand))
        daemon.feeds[name] = newsstand.url(name)
    daemon.fetch = 'timeout = "2s"\n'
    newsstand.publish("wire", BACKGROUND)
    with running(daemon):
        until(lambda: newsstand.asked("wire") >= 2)
        newsstand.publish("wire", ARRIVAL)
        until(lambda: len(mails(daemon)) == 1)
        until(lambda: {name for (name,) in rows(daemon, "select id from feeds where failures > 0")} >= set(ILLNESSES))
    assert not has(daemon, "select id from feeds where failures > 0 and error = ''")


def test_a_feed_that_recovers_brings_what_it_could_not(daemon: Daemon, newsstand: Newsstand) -> None:
    newsstand.publish("wire", BACKGROUND)
    with running(daemon):
        until(lambda: has(daemon, "select 1 from feeds where last_good_at is not null"))
        newsstand.misbehave("wire", status(500))
        until(lambda: has(daemon, "select 1 from feeds where failures > 0"))
        newsstand.publish("wire", ARRIVAL)
        newsstand.behave("wire")
        until(lambda: len(mails(daemon)) == 1)


def test_a_mail_server_that_is_away_costs_no_message(daemon: Daemon, newsstand: Newsstand, mailroom: Mailroom) -> None:
    daemon.channels = email_channel(mailroom.port)
    daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["desk", "outbox"]\n'
    newsstand.publish("wire", BACKGROUND)
    with running(daemon):
        until(lambda: newsstand.asked("wire") >= 2)
        mailroom.close()
        newsstand.publish("wire", ARRIVAL)
        until(lambda: len(mails(daemon)) == 1)
        until(lambda: has(daemon, "select 1 from attempts where outcome = 'retry'"))
        mailroom.open()
        until(lambda: len(mailroom.letters) == 1, patience=60)


def test_a_template_that_fails_falls_back_and_is_told(daemon: Daemon, newsstand: Newsstand) -> None:
    templates = daemon.folder / "templates"
    templates.mkdir()
    (templates / "alert.html.j2").write_text("{{ nothing.of.the.kind }}")
    newsstand.publish("wire", BACKGROUND)
    with running(daemon):
        until(lambda: newsstand.asked("wire") >= 2)
        newsstand.publish("wire", ARRIVAL)
        until(lambda: len(mails(daemon)) == 1)
    assert "lands in the capital" in text_of(mails(daemon)[0])
    assert "alert.html.j2" in daemon.log


def test_health_and_figures_are_served_while_it_works(daemon: Daemon, newsstand: Newsstand) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    daemon.listen = f"127.0.0.1:{port}"
    newsstand.publish("wire", BACKGROUND)
    with running(daemon):
        until(lambda: newsstand.asked("wire") >= 2)
        health = json.loads(got(port, "/healthz"))
        figures = got(port, "/metrics")
    assert (health["status"], health["feeds"], health["rules"]) == ("ok", 1, 1)
    assert 'presswatch_polls_total{result="new"} 1.0' in figures
    assert "presswatch_articles_stored_total 1.0" in figures


def test_what_it_tells_can_be_followed_in_a_feed_reader(daemon: Daemon, newsstand: Newsstand) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    daemon.listen = f"127.0.0.1:{port}"
    daemon.channels = '[channels.reader]\ntype = "atom"\nper_rule = true\n'
    daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["reader"]\n'
    newsstand.publish("wire", BACKGROUND)
    with running(daemon):
        until(lambda: newsstand.asked("wire") >= 2)
        newsstand.publish("wire", ARRIVAL)
        until(lambda: set(rows(daemon, "select state from fates")) == {("sent",)})
        feed = got(port, "/feeds/reader/instant.atom")
    assert (daemon.folder / "data/feeds/reader/instant.atom").read_text("utf-8") == feed
    assert f"<title>{ARRIVAL.title}</title>" in feed
    assert len(list((daemon.folder / "data/feeds/reader/instant").glob("*.atom"))) == 1


def test_a_daemon_that_works_is_found_healthy_and_one_that_stopped_is_not(daemon: Daemon, newsstand: Newsstand) -> None:
    newsstand.publish("wire", BACKGROUND)
    with running(daemon):
        until(lambda: newsstand.asked("wire") >= 1)
        assert presswatch(daemon, "healthcheck").returncode == 0
        until(lambda: "1 ok" in presswatch(daemon, "status").stdout)
    assert presswatch(daemon, "healthcheck").returncode == 69


def got(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def presswatch(daemon: Daemon, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitor", "-c", str(daemon.folder / "config.toml"), *words],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def email_channel(port: int, recipients: str = '["desk@press.example"]') -> str:
    return (
        '[channels.desk]\ntype = "email"\nfrom = "presswatch@press.example"\n'
        f'to = {recipients}\nsmtp = {{ host = "127.0.0.1", port = {port}, tls = "none" }}\n'
    )


def has(daemon: Daemon, query: str) -> bool:
    """Whether the query finds anything; nothing is found while the database is not there yet."""
    try:
        return bool(rows(daemon, query))
    except sqlite3.OperationalError:
        return False
