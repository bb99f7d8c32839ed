"""A daemon that is killed at any instant loses no match, and what it sends twice is recognisably the same message.

Forty kills; as many as the variable KILLS says where it is set, as `make kill-loop` does.
"""

import logging
import os
import random
import signal
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from itertools import count
from threading import Event

from monitor.store import Store, ledger
from tests.endtoend.daemon import Daemon, running, until
from tests.endtoend.mailroom import Mailroom
from tests.endtoend.newsstand import Newsstand, Story
from tests.endtoend.nursery import Nursery
from tests.endtoend.test_daemon import email_channel, has, rows
from tests.endtoend.wire import Wire

KILLS = int(os.environ.get("KILLS", "40"))
#: One of so many answers to a message's last dot is lost.
LOST = 50
#: Seconds between two stories.
EVERY = 0.25
FEEDS = [f"wire-{number}" for number in range(4)]
UNDER_WAY = "select 1 from deliveries where state in ('pending', 'leased', 'uncertain')"

log = logging.getLogger(__name__)


def test_kill_9_at_random_loses_nothing_and_doubles_nothing_unrecognisably(
    daemon: Daemon, newsstand: Newsstand, mailroom: Mailroom
) -> None:
    chance = random.Random(20261123)
    daemon.feeds = {name: newsstand.url(name) for name in FEEDS}
    daemon.channels = email_channel(mailroom.port)
    daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["desk"]\nmax_rate = "9999/h"\nmax_items = 500\n'
    for name in FEEDS:
        newsstand.publish(name, Story(f"The harvest festival opens in {name}"))
    assert daemon.run("--once") == 0
    mailroom.loses = every(LOST, 10)
    with (
        Nursery(daemon.folder / "log.jsonl") as nursery,
        Wire(newsstand, FEEDS, random.Random(20261128), EVERY) as wire,
    ):
        for _ in range(KILLS):
            nursery.start(daemon.folder / "config.toml")
            live_a_little(newsstand, mailroom, chance)
            assert nursery.kill() == -signal.SIGKILL
    with running(daemon):
        until(lambda: rows(daemon, "select count(*) from matches") == [(len(wire.titles),)], patience=90)
        until(lambda: not has(daemon, "select 1 from fates where state in ('pending', 'held')"), patience=90)
        until(lambda: not has(daemon, UNDER_WAY), patience=90)
    assert missing(mailroom, wire.titles) == set()
    assert same_key_same_bytes(mailroom)
    assert 0 < mailroom.lost <= repeats(mailroom) <= KILLS + mailroom.lost
    assert rows(daemon, "select state, count(*) from fates group by state") == [("sent", len(wire.titles))]
    file = daemon.folder / "data" / "presswatch.db"
    with Store(f"sqlite:///{file}") as store:
        store.open(exclusive=False)
        with store.reading() as tx:
            assert ledger.findings(tx, ["instant"], timedelta(0)) == []
    with sqlite3.connect(file) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    log.info(
        "%d kills: %d articles, %d letters, %d answers lost, %d letters repeated, none missing",
        KILLS, len(wire.titles), len(mailroom.letters), mailroom.lost, repeats(mailroom),
    )  # fmt: skip


def live_a_little(newsstand: Newsstand, mailroom: Mailroom, chance: random.Random) -> None:
    """Wait for a random moment: while the daemon starts, from its first poll on, or from a letter's last dot on."""
    kind = chance.random()
    if kind < 0.2:
        Event().wait(chance.uniform(0.0, 0.3))
    elif kind < 0.5:
        asked = len(newsstand.requests)
        until(lambda: len(newsstand.requests) > asked)
        Event().wait(chance.uniform(0.0, 1.2))
    else:
        came = len(mailroom.letters)
        until(lambda: len(mailroom.letters) > came)
        Event().wait(chance.choice((0.0, chance.uniform(0.0, 0.03), chance.uniform(0.0, 0.6))))


def every(number: int, first: int) -> Callable[[], bool]:
    """Say yes at the `first` time, and at every `number`th after it."""
    times = count(1)
    return lambda: next(times) % number == first % number


def missing(mailroom: Mailroom, titles: list[str]) -> set[str]:
    """The titles that are in no letter."""
    told = " ".join(_text(letter.content) for letter in mailroom.letters)
    return {title for title in titles if title not in told}


def repeats(mailroom: Mailroom) -> int:
    """How many letters had come before, under the same Message-ID."""
    return sum(times - 1 for times in Counter(mailroom.keys).values())


def same_key_same_bytes(mailroom: Mailroom) -> bool:
    """Whether letters with one Message-ID are byte for byte the same letter."""
    by_key = defaultdict(set)
    for letter in mailroom.letters:
        by_key[str(message_from_bytes(letter.content)["Message-ID"])].add(letter.content)
    return all(len(contents) == 1 for contents in by_key.values())


def _text(content: bytes) -> str:
    (part,) = (each for each in message_from_bytes(content).walk() if each.get_content_type() == "text/plain")
    return " ".join(bytes(part.get_payload(decode=True)).decode().split())
