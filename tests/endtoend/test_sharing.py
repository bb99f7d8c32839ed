"""Two daemons on one PostgreSQL share the work, and whichever of them dies, nothing is lost and nothing told twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import Store, feeds
from tests.endtoend.conftest import RULES
from tests.endtoend.daemon import Daemon, until
from tests.endtoend.mailroom import Mailroom
from tests.endtoend.newsstand import Newsstand, Story
from tests.endtoend.test_daemon import email_channel
from tests.endtoend.test_kill import same_key_same_bytes


@pytest.fixture
def pair(
    tmp_path: Path, newsstand: Newsstand, mailroom: Mailroom, postgres_url: str
) -> Iterator[tuple[Daemon, Daemon]]:
    daemons = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        feeds = {f"feed-{number}": newsstand.url(f"feed-{number}") for number in range(6)}
        daemon = Daemon(tmp_path / name, feeds, RULES, database=postgres_url)
        daemon.channels = email_channel(mailroom.port)
        daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["desk"]\nmax_rate = "9999/h"\n'
        daemons.append(daemon)
    with daemons[0], daemons[1]:
        yield daemons[0], daemons[1]


def test_two_daemons_tell_each_story_once_even_when_one_dies(
    pair: tuple[Daemon, Daemon], newsstand: Newsstand, mailroom: Mailroom, postgres_url: str
) -> None:
    names = list(pair[0].feeds)
    for name in names:
        newsstand.publish(name, Story(f"Background of {name}"))
    for daemon in pair:
        daemon.start()
    until(lambda: all(newsstand.asked(name) >= 2 for name in names))
    for name in names:
        newsstand.publish(name, Story(f"Witkoff visits {name}", f"A report that only {name} has."))
    until(lambda: told(mailroom, names))
    until(lambda: nothing_is_being_read(postgres_url))
    pair[0].kill()
    for name in names:
        newsstand.publish(name, Story(f"Witkoff leaves {name}", f"Another report that only {name} has."))
    # What the dead one had claimed is free again when its lease of two minutes ends.
    until(lambda: told(mailroom, [f"leaves {name}" for name in names]), patience=200)
    assert pair[1].stop() == 0, pair[1].log
    assert same_key_same_bytes(mailroom)


def nothing_is_being_read(url: str) -> bool:
    """Whether no feed is under lease: one that is would have to wait for its end."""
    with Store(url) as store:
        store.open(exclusive=False)
        with store.reading() as tx:
            return all(feed.next_poll_reason != feeds.UNDER_WAY for feed in feeds.overview(tx))


def told(mailroom: Mailroom, titles: list[str]) -> bool:
    """Whether every title is in some letter."""
    text = " ".join(letter.content.decode("utf-8", "replace") for letter in list(mailroom.letters))
    return all(title in " ".join(text.replace("=\r\n", "").split()) for title in titles)
