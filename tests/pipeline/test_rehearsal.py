"""What a rehearsal of the workshop tells is what these stages tell, ticking through the same hours."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
import sqlalchemy as sa

from monitor.core.articles import article, document
from monitor.core.digest import DigestSpec, Rate, Schedule
from monitor.core.match import Matcher
from monitor.core.model import Entry, Wave
from monitor.core.rules import Rule
from monitor.store.schema import articles, editions, fates, matches
from monitor.workshop.rehearsal import Coming, Rehearsal, Told
from tests.pipeline.house import LOCAL, WIRE, House, rule

TICK = timedelta(seconds=30)
HOURS = timedelta(hours=1)
DIGESTS = [
    DigestSpec("instant", ("desk",), wait=timedelta(minutes=2)),
    DigestSpec("slow", ("desk",), wait=timedelta(0), max_rate=Rate(1, timedelta(minutes=40))),
    DigestSpec("hourly", ("desk",), schedule=Schedule("0 * * * *")),
]
RULE = rule("ferry", deliver=("instant", "slow", "hourly"))
RULES = [
    pytest.param(RULE, id="every match"),
    pytest.param(replace(RULE, when=Wave(3, timedelta(minutes=20))), id="waves"),
    pytest.param(replace(RULE, cooldown=timedelta(minutes=30)), id="cooling down"),
]
LONG = "The two sides met for the third time this week and spoke for more than nine hours about the boats before they left."
#: When a story is published, in which feed, its title and its text.
NEWS = {
    "stories one after the other": [(minute, WIRE, f"Ferry {minute}", "") for minute in range(0, 100, 9)],
    "copies near and far": [
        (0, WIRE, "The ferry", LONG),
        (1, LOCAL, "The ferry", LONG),
        (45, LOCAL, "The ferry again", LONG),
        (50, WIRE, "The ferry again", LONG),
    ],
    "a rush, with what does not match": [
        (minute, feed, f"{word} {minute} {feed.id}", "")
        for minute in (20, 21, 22)
        for feed in (WIRE, LOCAL)
        for word in ("Ferry", "Boat")
    ],
}


async def live(house: House, news: str) -> list[Told]:
    """Let the news come, tick for tick, and return the editions that were made of it."""
    await house.first_sight("An old ferry")
    start = house.clock()
    end = start + 3 * HOURS
    while house.clock() < end:
        for minute, feed, title, text in NEWS[news]:
            if house.clock() == start + timedelta(minutes=minute):
                house.press.publish(feed.url, house.story(title, text, guid=f"{title} {feed.id}"))
        await house.poller.poll_due()
        await house.poller.settle()
        await house.deliver()
        house.clock.advance(TICK)
    return told(house)


def in_order(editions: Iterable[Told]) -> list[Told]:
    return sorted(editions, key=lambda each: (each.digest, each.at))


def told(house: House) -> list[Told]:
    stories = sa.func.count(matches.c.story_id.distinct()).label("stories")
    query = sa.select(editions.c.made_at, editions.c.digest_id, stories).select_from(
        editions.join(fates, fates.c.edition_id == editions.c.id).join(matches)
    )
    rows = house.rows(query.group_by(editions.c.id, editions.c.made_at, editions.c.digest_id))
    return in_order(
        Told(row.made_at.replace(second=0, microsecond=0, tzinfo=None), row.digest_id, row.stories) for row in rows
    )


def came(house: House) -> list[Coming]:
    """What the house found after its first sight, as it found it."""
    matcher = Matcher([RULE])
    feeds = {feed.id: feed for feed in (WIRE, LOCAL)}
    found = []
    for row in house.rows(sa.select(articles).where(articles.c.title != "An old ferry").order_by(articles.c.id)):
        entry = Entry(row.title, guid=row.key, url=row.url, summary=row.summary, body=row.body, published=row.published)
        made = article(entry, row.feed_id, row.seen_at.astimezone(UTC))
        found.append(Coming(made, feeds[row.feed_id], tuple(matcher.match(document(made, feeds[row.feed_id])))))
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("news", NEWS)
async def test_a_rehearsal_tells_what_the_stages_tell(house: House, news: str, rule: Rule) -> None:
    house.change(sources=[WIRE, LOCAL], rules=[rule], digests=DIGESTS)
    made = await live(house, news)
    assert len({each.digest for each in made}) == (3 if rule is RULE else len(made) and 3)
    with Rehearsal(house.setup.digests) as rehearsal:
        rehearsed = in_order(rehearsal.play(rule, came(house)))
    assert [(each.digest, each.items) for each in rehearsed] == [(each.digest, each.items) for each in made]
    # The house looks twice a minute at what is due, so after a few editions it lags behind by a little.
    assert all(abs(one.at - other.at) <= 3 * TICK for one, other in zip(rehearsed, made, strict=True))
