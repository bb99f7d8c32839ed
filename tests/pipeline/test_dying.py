"""A process that dies at any point between a commit and an effect loses nothing, and repeats only what it cannot know of, under the same key."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.app import upkeep
from monitor.errors import StoreUnavailable
from monitor.render.renderer import Renderer
from monitor.store import deliveries, ledger, mutes
from monitor.workers import Workers
from tests.clock import ManualClock
from tests.fetch.peers import Answer, endless, reply
from tests.pipeline.house import INSTANT, MINUTES, WIRE, House, rule
from tests.pipeline.mortal import SEND, MortalDesk, MortalStore, Point
from tests.pipeline.site import HTML, PAGE, TITLE, Site, needs_extraction

#: Everything that is stored or sent from a feed's being due to its message's being settled, in order; the message has two recipients.
DEEDS = [
    Point("before", deed, time)
    for deed, time in (
        ("feeds.claim", 1),
        ("committing.commit", 1),
        ("waiting.settle", 1),
        ("editions.make", 1),
        ("deliveries.claim", 1),
        (SEND, 1),
        ("delivering._conclude", 1),
        ("deliveries.claim", 2),
        (SEND, 2),
        ("delivering._conclude", 2),
        ("deliveries.claim", 3),
    )
]
POINTS = [point for deed in DEEDS for point in (deed, replace(deed, when="after"))]
#: Between these the message has arrived and nobody has written it down.
UNKNOWN = {("after", SEND), ("before", "delivering._conclude")}

SILENCE = endless(b"", b"", gap=1.0)
#: What a page's server answers, what is stored from the page's being due to its being settled or given back, and how it ends.
PAGES: dict[str, tuple[Answer, list[str], str]] = {
    "a page": (reply(200, PAGE, HTML), ["pages.claim", "pages._store"], "read"),
    "none for now": (reply(503), ["pages.claim", "pages.later"], "read"),
    "none at all": (reply(404), ["pages.claim", "pages.fail"], "failed"),
    "nothing until a stop": (SILENCE, ["pages.claim", "pages.release"], "read"),
}
PAGE_POINTS = [
    (name, point)
    for name, (_, deeds, _) in PAGES.items()
    for deed in deeds
    for point in (Point("before", deed), Point("after", deed))
]

ANA, BEN = "ana@press.example", "ben@press.example"


@pytest.fixture
def mortal(database_url: str, clock: ManualClock) -> Iterator[MortalStore]:
    store = MortalStore(database_url, clock=clock)
    store.open()
    yield store
    store.close()


@pytest.fixture
def doomed(mortal: MortalStore, clock: ManualClock, workers: Workers, renderer: Renderer) -> House:
    """A house whose process may die; one message at a time, so that what was under way at its death is one."""
    house = House(mortal, clock, workers, renderer, desk=MortalDesk(mortal, (ANA, BEN)))
    house.change(rules=[rule("ferry"), rule("storm")], digests=[replace(INSTANT, to=("desk",))])
    house.restart(replace(house.limits, sends_per_channel=1))
    return house


async def news_comes(house: House) -> None:
    """One story to tell, and one of a rule that is muted; nothing is read of them yet."""
    await house.first_sight()
    await house.store.run(mutes.add, "storm", house.clock() + timedelta(days=9), "enough of it", "ana")
    house.press.publish(WIRE.url, house.story("The ferry sails"), house.story("A storm comes"))


async def live(house: House) -> None:
    """Poll, plan and send once, or as far as the process comes."""
    with suppress(StoreUnavailable):
        await house.poll()
        await house.deliver()
    with suppress(StoreUnavailable):
        await house.sender.settle()


async def begin_again(house: House, store: MortalStore) -> None:
    """Let another process take up the work, when what the dead one had claimed is free."""
    store.revive()
    house.restart()
    await store.run(upkeep.recover)
    house.clock.advance(3 * MINUTES)
    for _ in range(2):
        await live(house)


async def test_the_points_are_all_there_are(doomed: House, mortal: MortalStore) -> None:
    await news_comes(doomed)
    mortal.done.clear()
    await live(doomed)
    assert mortal.done == [point.deed for point in DEEDS]


@pytest.mark.parametrize("point", POINTS, ids=str)
async def test_a_process_that_dies_loses_nothing_and_repeats_only_what_it_cannot_know_of(
    doomed: House, mortal: MortalStore, point: Point
) -> None:
    await news_comes(doomed)
    mortal.done.clear()
    mortal.end = point
    await live(doomed)
    assert mortal.dead
    await begin_again(doomed, mortal)
    sent = [parcel for parcel, _ in doomed.desk.parcels]
    assert {parcel.recipient for parcel in sent} == {ANA, BEN}
    assert len({(parcel.recipient, parcel.key, parcel.payload) for parcel in sent}) == 2
    assert len(sent) - 2 == ((point.when, point.deed) in UNKNOWN)
    assert doomed.titles() == ["A storm comes", "The ferry sails"]
    assert doomed.fates() == {"sent": 1, "silenced": 1}
    with mortal.reading() as tx:
        assert deliveries.count_by_state(tx) == {"sent": 2}
        assert ledger.findings(tx, ["instant"], timedelta(0)) == []


@pytest.mark.parametrize("point", [each for each in POINTS if (each.when, each.deed) in UNKNOWN], ids=str)
async def test_what_goes_out_again_is_told_to_the_channel_to_be_a_repeat(
    doomed: House, mortal: MortalStore, point: Point
) -> None:
    await news_comes(doomed)
    mortal.done.clear()
    mortal.end = point
    await live(doomed)
    await begin_again(doomed, mortal)
    twice, times = Counter(parcel.key for parcel, _ in doomed.desk.parcels).most_common(1)[0]
    assert times == 2
    assert [again for parcel, again in doomed.desk.parcels if parcel.key == twice] == [False, True]


@pytest.fixture
async def site(doomed: House) -> AsyncIterator[Site]:
    """A site with a page to be read, for the process that may die."""
    async with Site.open(doomed) as site:
        await site.publish()
        yield site


async def read_page(site: Site, answer: Answer) -> None:
    """Read the page once, or as far as the process comes; one that does not come is cut off by a stop."""
    site.server.answers["/page"] = answer
    with suppress(StoreUnavailable):
        await site.reader.read_due()
        if answer is SILENCE:
            await site.server.reached(2)  # robots.txt, and the page
            await site.reader.stop()
    await site.reader.settle()


@needs_extraction
@pytest.mark.parametrize("name", PAGES)
async def test_the_points_of_reading_a_page_are_all_there_are(site: Site, mortal: MortalStore, name: str) -> None:
    answer, deeds, _ = PAGES[name]
    mortal.done.clear()
    await read_page(site, answer)
    assert mortal.done == deeds


@needs_extraction
@pytest.mark.parametrize(("name", "point"), PAGE_POINTS, ids=str)
async def test_a_process_that_dies_over_a_page_reads_it_after_all_and_tells_it_once(
    site: Site, mortal: MortalStore, name: str, point: Point
) -> None:
    answer, _, end = PAGES[name]
    mortal.done.clear()
    mortal.end = point
    await read_page(site, answer)
    assert mortal.dead
    mortal.revive()
    site.house.restart()
    site.restart()
    await mortal.run(upkeep.recover)
    if end == "read":
        site.server.answers["/page"] = reply(200, PAGE, HTML)
    for _ in range(2):
        await site.read(6 * MINUTES)
        await site.house.deliver()
    assert site.article()[1] == end
    assert site.queued() == 0
    assert site.asked() <= 2
    told = sorted(parcel.recipient for parcel, _ in site.house.desk.parcels if TITLE in parcel.payload)
    assert told == ([ANA, BEN] if end == "read" else [])
    with mortal.reading() as tx:
        assert ledger.findings(tx, ["instant"], timedelta(0)) == []
