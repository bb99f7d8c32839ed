"""A daemon that is killed at any instant loses no match, and what it sends twice is recognisably the same message."""

import random
import sqlite3
from collections import defaultdict
from email import message_from_bytes
from threading import Event

from tests.endtoend.daemon import Daemon, running, until
from tests.endtoend.mailroom import Mailroom
from tests.endtoend.newsstand import Newsstand, Story
from tests.endtoend.test_daemon import email_channel, has, rows

KILLS = 12
STORIES_A_LIFE = 3


def test_kill_9_at_random_loses_nothing_and_doubles_nothing_unrecognisably(
    daemon: Daemon, newsstand: Newsstand, mailroom: Mailroom
) -> None:
    chance = random.Random(20261123)
    daemon.channels = email_channel(mailroom.port, '["desk@press.example", "night@press.example"]')
    daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["desk"]\nmax_rate = "9999/h"\n'
    newsstand.publish("wire", Story("The harvest festival opens"))
    assert daemon.run("--once") == 0
    titles = []
    for life in range(KILLS):
        daemon.start()
        asked = newsstand.asked("wire")
        for number in range(STORIES_A_LIFE):
            titles.append(f"Witkoff visits town {life}-{number}")
            newsstand.publish("wire", Story(titles[-1], f"Report {life} of day {number} from the envoy's journey."))
        # From before the first poll of this life to well after its messages went out.
        until(lambda asked=asked: newsstand.asked("wire") > asked or chance.random() < 0.005)  # type: ignore[misc]
        Event().wait(chance.uniform(0.0, 1.5))
        daemon.kill()
    titles.append("Witkoff visits the last town")
    newsstand.publish("wire", Story(titles[-1], "The envoy's journey ends where it began."))
    with running(daemon):
        until(lambda: told(mailroom, titles), patience=90)
        until(
            lambda: not has(daemon, "select 1 from deliveries where state in ('pending', 'leased', 'uncertain')"),
            patience=90,
        )
    assert same_key_same_bytes(mailroom)
    assert rows(daemon, "select count(*) from matches") == [(len(titles),)]
    assert rows(daemon, "select state, count(*) from fates group by state") == [("sent", len(titles))]
    with sqlite3.connect(daemon.folder / "data" / "presswatch.db") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)


def told(mailroom: Mailroom, titles: list[str]) -> bool:
    """Whether every title reached both recipients."""
    reached: defaultdict[str, set[str]] = defaultdict(set)
    for letter in list(mailroom.letters):
        text = _text(letter.content)
        for title in titles:
            if title in text:
                reached[title].update(letter.recipients)
    return all(len(reached[title]) == 2 for title in titles)


def same_key_same_bytes(mailroom: Mailroom) -> bool:
    """Whether letters with one Message-ID are byte for byte the same letter."""
    by_key = defaultdict(set)
    for letter in mailroom.letters:
        by_key[str(message_from_bytes(letter.content)["Message-ID"])].add(letter.content)
    return all(len(contents) == 1 for contents in by_key.values())


def _text(content: bytes) -> str:
    (part,) = (each for each in message_from_bytes(content).walk() if each.get_content_type() == "text/plain")
    return " ".join(bytes(part.get_payload(decode=True)).decode().split())
