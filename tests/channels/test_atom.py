"""Atom feeds: files that feed readers follow, told apart by digest and rule."""

import asyncio
import fcntl
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from monitor.channels.atom import AtomChannel
from monitor.channels.settings import AtomSettings
from monitor.core.model import EditionRef, Message, Outcome, ParsedFeed
from monitor.parse.reading import parse_feed
from tests.channels.editions import EDITION, HOSTILE, MESSAGE, STORY

ADDRESS = "http://127.0.0.1:8080/feeds/reader/morning.atom"


def edition(number: int) -> EditionRef:
    """The edition of one of the days that follow."""
    return replace(EDITION, id=f"morning/{number}", made_at=EDITION.made_at + timedelta(days=number))


def with_stories(*stories: dict[str, object]) -> Message:
    return replace(MESSAGE, stories=lambda: stories)


async def put(settings: AtomSettings, message: Message = MESSAGE, edition: EditionRef = EDITION) -> None:
    channel = AtomChannel("reader", settings)
    [parcel] = channel.compose(message, edition, "atom")
    assert (await channel.send(parcel)).outcome is Outcome.SENT


def read(file: Path) -> ParsedFeed:
    """The feed as the daemon itself would read it; feedparser has no fault to find."""
    body = file.read_bytes()
    found = feedparser.parse(io.BytesIO(body))
    assert (found.bozo, found.version) == (False, "atom10")
    parsed = parse_feed(body, "application/atom+xml", ADDRESS)
    assert parsed.warnings == ()
    return parsed


def titles(file: Path) -> Sequence[str]:
    return [each.title for each in read(file).entries]


def names(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*.atom") if each.is_file())


async def test_a_story_is_an_entry_that_our_own_parser_reads_back(tmp_path: Path) -> None:
    await put(AtomSettings(tmp_path / "deep" / "feeds"))
    feed = read(tmp_path / "deep" / "feeds" / "morning.atom")
    [entry] = feed.entries
    assert (feed.format, feed.title) == ("atom", "Morning digest")
    assert (entry.title, entry.url) == ("Tugs stay in port", "https://example.org/tugs")
    assert entry.summary == "The harbour strike goes on. [Harbour strike: harbour strike in the summary]"
    assert (entry.author, entry.publisher, entry.tags) == ("Küstenblatt", "Küstenblatt", ("Harbour strike",))
    assert entry.updated == EDITION.made_at
    assert entry.published == EDITION.made_at - timedelta(minutes=20)


async def test_a_feed_has_what_the_specification_demands(tmp_path: Path) -> None:
    await put(AtomSettings(tmp_path))
    found = feedparser.parse(io.BytesIO((tmp_path / "morning.atom").read_bytes()))
    [entry] = found.entries
    assert found.feed.id.startswith("urn:uuid:")
    assert entry.id.startswith("urn:uuid:")
    assert found.feed.updated == entry.updated == "2026-03-02T07:00:00Z"
    assert [each.rel for each in entry.links] == ["alternate"]


async def test_a_story_without_an_address_has_content_instead(tmp_path: Path) -> None:
    await put(AtomSettings(tmp_path), with_stories({**STORY, "url": ""}))
    found = feedparser.parse(io.BytesIO((tmp_path / "morning.atom").read_bytes()))
    [entry] = found.entries
    assert "links" not in entry
    assert entry.content[0].value.startswith("The harbour strike goes on.")
    assert read(tmp_path / "morning.atom").entries[0].url == ""


async def test_copies_are_related_links(tmp_path: Path) -> None:
    copies = [
        {"url": f"https://example.org/{n}", "outlet": f"Bote {n}", "feed": "x", "published": ""} for n in range(9)
    ]
    await put(AtomSettings(tmp_path), with_stories({**STORY, "copies": [{**copies[0], "url": ""}, *copies]}))
    found = feedparser.parse(io.BytesIO((tmp_path / "morning.atom").read_bytes()))
    related = [(each.href, each.title) for each in found.entries[0].links if each.rel == "related"]
    assert related == [(f"https://example.org/{n}", f"Bote {n}") for n in range(5)]
    assert found.entries[0].link == STORY["url"]


async def test_a_digest_goes_on_in_its_feed_newest_first(tmp_path: Path) -> None:
    for number in (2, 1, 3):  # the second came late
        await put(AtomSettings(tmp_path), with_stories({**STORY, "title": f"Day {number}"}), edition(number))
    assert titles(tmp_path / "morning.atom") == ["Day 3", "Day 2", "Day 1"]
    found = feedparser.parse(io.BytesIO((tmp_path / "morning.atom").read_bytes()))
    assert found.feed.updated == "2026-03-05T07:00:00Z"


async def test_the_stories_of_an_edition_keep_their_order(tmp_path: Path) -> None:
    stories = [{**STORY, "article": number, "title": f"Story {number}"} for number in (5, 3, 9)]
    await put(AtomSettings(tmp_path), with_stories(*stories))
    assert titles(tmp_path / "morning.atom") == ["Story 5", "Story 3", "Story 9"]


async def test_a_feed_has_only_its_newest_entries(tmp_path: Path) -> None:
    settings = AtomSettings(tmp_path, entries=3)
    for number in (1, 2, 3, 4, 1):  # the first is sent once more, too late to be among the newest
        await put(settings, with_stories({**STORY, "title": f"Day {number}"}), edition(number))
    assert titles(tmp_path / "morning.atom") == ["Day 4", "Day 3", "Day 2"]
    many = [{**STORY, "article": number, "title": f"Story {number}"} for number in range(50)]
    await put(settings, with_stories(*many), edition(5))
    assert titles(tmp_path / "morning.atom") == ["Story 0", "Story 1", "Story 2"]


async def test_a_repeat_changes_nothing_even_when_others_came_between(tmp_path: Path) -> None:
    same_time = replace(edition(2), id="other", made_at=edition(1).made_at)
    for which in (edition(1), same_time, edition(2)):
        await put(AtomSettings(tmp_path), edition=which)
    before = (tmp_path / "morning.atom").read_bytes()
    for which in (edition(1), edition(2), same_time):
        await put(AtomSettings(tmp_path), edition=which)
    assert (tmp_path / "morning.atom").read_bytes() == before
    assert len(read(tmp_path / "morning.atom").entries) == 3


async def test_each_rule_has_a_feed_of_its_own_where_that_is_wanted(tmp_path: Path) -> None:
    strike: dict[str, object] = {"id": "strike", "title": "Strike", "words": [], "where": "", "wave": ""}
    port = {**strike, "id": "port", "title": "Port"}
    stories: tuple[dict[str, object], ...] = (
        {**STORY, "article": 1, "title": "Both", "rules": [strike, port]},
        {**STORY, "article": 2, "title": "Only port", "rules": [port]},
    )
    await put(AtomSettings(tmp_path, per_rule=True), with_stories(*stories))
    assert names(tmp_path) == ["morning.atom", "morning/port.atom", "morning/strike.atom"]
    assert titles(tmp_path / "morning/strike.atom") == ["Both"]
    assert titles(tmp_path / "morning/port.atom") == ["Both", "Only port"]
    assert read(tmp_path / "morning/port.atom").title == "Port · Morning digest"
    ids = [feedparser.parse(io.BytesIO((tmp_path / name).read_bytes())).feed.id for name in names(tmp_path)]
    assert len(set(ids)) == 3


async def test_a_rules_feed_is_filled_whatever_else_an_edition_brings(tmp_path: Path) -> None:
    seldom = {**STORY, "article": 99, "rules": [{"id": "seldom", "title": "Seldom", "words": [], "where": ""}]}
    many = [{**STORY, "article": number} for number in range(5)]
    await put(AtomSettings(tmp_path, per_rule=True, entries=2), with_stories(*many, seldom))
    assert len(read(tmp_path / "morning.atom").entries) == 2
    assert len(read(tmp_path / "morning/seldom.atom").entries) == 1


async def test_an_edition_without_stories_makes_a_feed_without_entries(tmp_path: Path) -> None:
    await put(AtomSettings(tmp_path), with_stories())
    assert read(tmp_path / "morning.atom").entries == ()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_text_stays_text_and_the_feed_sound(tmp_path: Path, text: str) -> None:
    hostile = {**STORY, "title": text, "excerpt": text, "outlet": text, "url": f"https://example.org/{text[:50]}"}
    hostile["rules"] = [{"id": text, "title": text, "words": [text], "where": text, "wave": text}]
    hostile["copies"] = [{"url": f'https://example.org/"{text[:50]}', "outlet": text, "feed": text, "published": ""}]
    named = replace(EDITION, id=text, digest_id=text, digest_title=text)
    await put(AtomSettings(tmp_path / "feeds", per_rule=True), with_stories(hostile), named)
    assert [each.name for each in tmp_path.iterdir()] == ["feeds"]
    found = names(tmp_path / "feeds")
    assert len(found) == 2
    for name in found:
        [entry] = read(tmp_path / "feeds" / name).entries
        assert entry.title
        assert len(entry.title) <= 240
        assert entry.url.startswith("https://example.org/")


@pytest.mark.parametrize(
    "text",
    [
        "]]> & <b>bold</b> <script>alert(1)</script> &amp; &lt;i&gt;",
        "</title></entry></feed><entry>",
        '" onclick="x" \'y\'',
        "&#0; &#xFFFF; &bomb; <!ENTITY x SYSTEM 'file:///etc/passwd'>",
    ],
)
async def test_markup_is_told_as_it_stands(tmp_path: Path, text: str) -> None:
    for number in (1, 2):  # what is in the file is taken up again by the second
        await put(AtomSettings(tmp_path), with_stories({**STORY, "title": text, "excerpt": text}), edition(number))
    entries = read(tmp_path / "morning.atom").entries
    assert [each.title for each in entries] == [text, text]
    assert all(each.summary.startswith(text) for each in entries)


async def test_neither_controls_nor_turned_text_get_into_a_feed(tmp_path: Path) -> None:
    text = "A\x00B\x1b[31mC\ufffeD\ud83dE\u202eF\u2066G\u2028H"
    await put(AtomSettings(tmp_path), with_stories({**STORY, "title": text}))
    assert titles(tmp_path / "morning.atom") == ["A B [31mC D E F G H"]
    written = (tmp_path / "morning.atom").read_text("utf-8")
    assert all(char.isprintable() or char == "\n" for char in written)


async def test_what_is_no_feed_of_ours_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "morning.atom").write_bytes(b"\xff\xfe<feed><updated>9999</updated><entry>half")
    await put(AtomSettings(tmp_path))
    assert titles(tmp_path / "morning.atom") == ["Tugs stay in port"]


async def test_editions_sent_at_once_lose_nothing(tmp_path: Path) -> None:
    channel = AtomChannel("reader", AtomSettings(tmp_path))
    parcels = [parcel for n in range(12) for parcel in channel.compose(MESSAGE, edition(n), "atom")]
    receipts = await asyncio.gather(*map(channel.send, parcels))
    assert {each.outcome for each in receipts} == {Outcome.SENT}
    assert len(read(tmp_path / "morning.atom").entries) == 12


async def test_a_folder_that_another_daemon_writes_to_is_tried_again(tmp_path: Path) -> None:
    await put(AtomSettings(tmp_path))
    channel = AtomChannel("reader", AtomSettings(tmp_path))
    [parcel] = channel.compose(MESSAGE, edition(1), "atom")
    with (tmp_path / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        receipt = await channel.send(parcel)
    assert (receipt.outcome, receipt.stage, receipt.code) == (Outcome.RETRY, "write", "EAGAIN")
    assert (await channel.send(parcel)).outcome is Outcome.SENT


async def test_a_digest_and_a_rule_that_share_a_name_do_not_share_a_file(tmp_path: Path) -> None:
    for name in ("news", "news.atom", "news/", "NEWS"):
        await put(AtomSettings(tmp_path, per_rule=True), edition=replace(EDITION, digest_id=name))
    found = [each for each in names(tmp_path) if "/" not in each]
    assert len(found) == 4
    assert found[-1] == "news.atom"
