"""`presswatch demo` as a newcomer runs it, and as one who pulls the plug."""

import mailbox
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.endtoend.daemon import until

COMMAND = [sys.executable, "-m", "monitor", "demo", "--folder"]


def demo(folder: Path) -> str:
    """Run the demo to its end; return what it printed."""
    done = subprocess.run([*COMMAND, str(folder)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def subjects(folder: Path) -> list[str]:
    """The subjects of what the mail server took."""
    return sorted(str(letter["Subject"]) for letter in mailbox.Maildir(folder / "mailbox", create=False))


def fates(folder: Path) -> set[tuple[str, str]]:
    with sqlite3.connect(folder / "data" / "presswatch.db") as database:
        return set(database.execute("select digest_id, state from fates").fetchall())


def test_it_shows_stories_alerts_and_a_digest_and_leaves_them_as_files(tmp_path: Path) -> None:
    told = demo(tmp_path / "demo")
    assert "ALERT by mail" in told
    assert "Witkoff brings a draft of security guarantees to Kyiv" in told
    assert "DIGEST by mail" in told
    assert "MORNING DIGEST" in told
    outbox = tmp_path / "demo" / "data" / "outbox"
    assert str(outbox) in told
    for pattern in ("new/*-morning-*.eml", "html/*-morning-*.html", "slack/*-morning-*.json", "new/*-instant-*.eml"):
        assert list(outbox.glob(pattern)), pattern
    assert ("instant", "merged") in fates(tmp_path / "demo")


def test_a_second_demo_begins_anew_and_leaves_strange_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    refused = subprocess.run([*COMMAND, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert "not the demo's" in refused.stderr
    assert (tmp_path / "diary.txt").read_text() == "mine"


def test_killed_in_the_middle_it_goes_on_where_it_was_and_tells_every_story_once(tmp_path: Path) -> None:
    folder, whole = tmp_path / "killed", tmp_path / "whole"
    with subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until(lambda: _letters(folder) >= 3)
        process.kill()
    assert "goes on from there" in demo(folder)
    demo(whole)
    assert ("morning", "sent") in fates(folder)
    assert _stories(folder) == _stories(whole)
    keys = [str(letter["Message-ID"]) for letter in mailbox.Maildir(folder / "mailbox", create=False)]
    # One message may have been on its way when the plug was pulled.
    assert len(keys) - len(set(keys)) <= 1


def _letters(folder: Path) -> int:
    return len(list((folder / "mailbox" / "new").glob("*")))


def _stories(folder: Path) -> set[tuple[str, str, str]]:
    """Every title that was told, or is to stand in the next digest, by rule and digest.

    How far the story was at 07:00, when the digest is made, depends on how busy the machine is.
    """
    with sqlite3.connect(folder / "data" / "presswatch.db") as database:
        rows = database.execute(
            "select a.title, m.rule_id, f.digest_id from fates f join matches m on m.id = f.match_id"
            " join articles a on a.id = m.article_id where f.state in ('sent', 'merged')"
            " or (f.state = 'pending' and f.digest_id = 'morning')"
        )
        return set(rows.fetchall())
