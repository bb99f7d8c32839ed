"""Delivery: how soon what matched is handed over, how many messages a second one sender hands over, and what an edition costs to render.

The first is measured at the real daemon, from the commit that stores a match to the moment a mail server on loopback has the letter with it.
Feeds, daemon and mail server share the machine's cores.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.support.figures import Figure
from bench.support.house import House, furnish, ready, running
from bench.support.postbox import Postbox, postbox
from bench.support.world import vocabulary, world
from monitor.channels.making import Channel, channel
from monitor.channels.post import Reply
from monitor.channels.settings import EmailSettings, SlackSettings
from monitor.core.digest import DigestSpec, PendingMatch, Schedule, view
from monitor.core.model import EditionRef, Message, Outcome, Priority, Span
from monitor.render.renderer import Renderer
from monitor.secret import Secret
from monitor.workers import Workers

#: Every one of these feeds brings so many articles at each poll, one in two seconds. They stand far apart in the world's pool: none shows what another did.
PAPERS, NEW = range(0, 80, 8), 10
SECONDS = 20.0
#: Words that nearly every article of the world has.
COMMON = 20
MESSAGES = 400
STORIES, TURNS = 120, 5

CHANNEL = """
[channels.desk]
type = "email"
from = "presswatch@press.example"
to = ["desk@press.example"]
smtp = {{ host = "127.0.0.1", port = {port}, tls = "none" }}
[digests.instant]
wait = "0s"
to = ["desk"]
max_rate = "9999/h"
max_items = 500
"""
TAKEN = """
SELECT deliveries.key, matches.matched_at FROM matches JOIN fates ON fates.match_id = matches.id
JOIN deliveries ON deliveries.edition_id = fates.edition_id
"""


def measure() -> Iterator[Figure]:
    """Yield the way from store to reader, then the rate of one sender, then the rendering."""
    yield from _handed_over()
    with postbox() as box:
        email = _email(box.port)
        yield Figure("messages by one sender", asyncio.run(_rate(email)), "messages/s", ("at least", 200))
    yield from _rendering()


def _handed_over() -> Iterator[Figure]:
    with world(max(PAPERS) + 1, 50, NEW) as news, postbox() as box, tempfile.TemporaryDirectory() as folder:
        house = furnish(Path(folder), [news.url(paper) for paper in PAPERS], every="1s", rules=0)
        (house.folder / "rules/bench.yaml").write_text(
            f"rules:\n  - id: any\n    match: [{', '.join(vocabulary()[:COMMON])}]\n    deliver: [instant]\n"
        )
        with house.config.open("a") as config:
            config.write(CHANNEL.format(port=box.port))
        with running(["bench.support.daemon", str(house.config)]) as daemon:
            ready(house, daemon, time.monotonic())
            while house.feeds_read() < len(PAPERS):
                time.sleep(0.1)
            began = time.time()
            time.sleep(SECONDS)
            ended = time.time()
            time.sleep(5)
        waits = _waits(house, box, began, ended)
    yield Figure("matching articles stored", len(waits) / SECONDS, "articles/s")
    yield Figure("from stored to handed over, median", statistics.median(waits), "s", ("at most", 0.5))
    yield Figure("from stored to handed over, p99", statistics.quantiles(waits, n=100)[98], "s", ("at most", 3))


def _waits(house: House, box: Postbox, began: float, ended: float) -> list[float]:
    """Return how long (s) each match waited that was stored between two times (seconds since 1970)."""
    came = box.first_times()
    with closing(sqlite3.connect(house.folder / "data/presswatch.db")) as database:
        taken = [(key, _seconds(at)) for key, at in database.execute(TAKEN)]
    return [came[key] - at for key, at in taken if began <= at < ended]


def _seconds(stored: str) -> float:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp()


def _email(port: int) -> Channel:
    settings = EmailSettings("127.0.0.1", "presswatch@press.example", ("desk@press.example",), port, "none")
    return channel("desk", settings, _no_post, _now)


async def _rate(email: Channel) -> float:
    """Return how many messages a second are handed over, one after the other."""
    message = Message("Ferries sail", "The ferry sails.\n" * 40, "<p>The ferry sails.</p>\n" * 40, ())
    letters = [
        parcel for number in range(MESSAGES) for parcel in email.compose(message, _edition(number), email.recipients[0])
    ]
    began = time.perf_counter()
    for letter in letters:
        assert (await email.send(letter)).outcome is Outcome.SENT
    return MESSAGES / (time.perf_counter() - began)


def _rendering() -> Iterator[Figure]:
    spec = DigestSpec("morning", ("desk",), schedule=Schedule.at("07:00"), max_items=STORIES)
    matches = [_match(number) for number in range(STORIES)]
    slack = channel("chat", SlackSettings(webhook=Secret("https://hooks.example/x")), _no_post, _now)
    workers = Workers(1)
    try:
        rendered, whole = asyncio.run(_rendered(Renderer([], workers), spec, matches, (_email(25), slack)))
    finally:
        workers.close()
    yield Figure(
        f"edition of {STORIES} stories rendered for mail and Slack", 1000 * rendered, "ms of CPU", ("at most", 50)
    )
    yield Figure("the same, from matches to messages", 1000 * whole, "ms of CPU")


async def _rendered(
    renderer: Renderer, spec: DigestSpec, matches: Sequence[PendingMatch], channels: Sequence[Channel]
) -> tuple[float, float]:
    """Return the least processor time (s) that rendering an edition takes, and that all takes from its matches to its parcels."""
    turns = [await _one(renderer, spec, matches, channels) for _ in range(TURNS + 1)]  # the first reads the templates
    return min(part for part, _ in turns), min(whole for _, whole in turns)


async def _one(
    renderer: Renderer, spec: DigestSpec, matches: Sequence[PendingMatch], channels: Sequence[Channel]
) -> tuple[float, float]:
    began = time.process_time()
    context = view(spec, matches, made_at=_now())
    viewed = time.process_time()
    rendered = await renderer.render("digest", context)
    drawn = time.process_time()
    parcels = [each for to in channels for each in to.compose(rendered.message, _edition(0), to.recipients[0])]
    ended = time.process_time()
    if rendered.faults or len(parcels) <= len(channels):
        raise RuntimeError("that was not rendered as it should be")
    return drawn - viewed, ended - began


def _match(number: int) -> PendingMatch:
    words = vocabulary()[number : number + 60]
    title, summary = " ".join(words[:9]).capitalize(), " ".join(words[9:])
    at = _now()
    return PendingMatch(
        match_id=number, article_id=number, story_id=number, rule_id=f"rule-{number % 12}", rule_title=f"Rule {number % 12}",
        priority=Priority.NORMAL, matched_at=at, told=False, feed_id=f"feed-{number % 20}", feed_title=f"Paper {number % 20}",
        weight=1, title=title, summary=summary, body="", url=f"https://paper.example/{number}", published=at,
        spans=(Span("title", 0, len(words[0])), Span("summary", 0, len(words[9]))),
    )  # fmt: skip


def _edition(number: int) -> EditionRef:
    return EditionRef(f"morning/{number}", "morning", "Morning", datetime(2026, 11, 23, 6, tzinfo=UTC), "morning")


async def _no_post(url: str, headers: Mapping[str, str], body: bytes, *, deadline: float, allow_private: bool) -> Reply:
    raise NotImplementedError("nothing is posted here")


def _now() -> datetime:
    return datetime.now(UTC)
