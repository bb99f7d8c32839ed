"""Matches that wait become editions: each made once, whatever runs beside it and whatever fails."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from monitor.core.digest import Context, DigestSpec, Empty, QuietHours, Rate, Reason, Schedule
from monitor.core.links import Links, Mute
from monitor.core.model import Distinct, FateState, Feed, Outcome, Receipt, Silence, Spike, Wave
from monitor.core.query import parse
from monitor.errors import StoreUnavailable
from monitor.pipeline import Planner, showing, silences
from monitor.pipeline.silences import Silences, Silent
from monitor.render.renderer import Rendered, Renderer
from monitor.store import Store, articles, deliveries, feeds, mutes, unsubscribed
from monitor.store import editions as made_editions
from monitor.store import fates as shown_fates
from monitor.store.schema import editions, fates
from tests.clock import MONDAY
from tests.pipeline.house import INSTANT, LOCAL, MINUTES, WIRE, House, rule
from tests.pipeline.peers import SENT, Faulty, away
from tests.store.newsroom import article, open_house, publish

MORNING = DigestSpec("morning", ("desk",), schedule=Schedule("0 9 * * *"), zone="UTC")


class SlowRenderer(Renderer):
    """Renders when it is told to go on; `begun` says that it waits."""

    def __init__(self, real: Renderer) -> None:
        self._real = real
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def render(self, template: str, context: Context) -> Rendered:
        self.begun.set()
        await self.go_on.wait()
        return await self._real.render(template, context)


async def published(house: House, *titles: str) -> None:
    """Let the wire bring new stories after its first sight."""
    await house.first_sight()
    house.press.publish(WIRE.url, *(house.story(title) for title in titles))
    await house.poll()


def slots(house: House) -> list[str]:
    return [row.id for row in house.rows(sa.select(editions.c.id).order_by(editions.c.id))]


async def test_an_edition_is_made_once_however_often_and_by_however_many_it_is_planned(house: House) -> None:
    await published(house, "The ferry sails")
    other = Planner(house.store, lambda: house.setup, house.renderer, house.metrics)
    made = await asyncio.gather(house.planner.plan_due(), other.plan_due(), house.planner.plan_due())
    assert sum(made) == 1
    assert await other.plan_due() == 0
    assert len(slots(house)) == 1


async def test_a_scheduled_edition_shows_how_much_came_on_each_day_of_the_week(house: House) -> None:
    house.change(rules=[rule("ferry", deliver=("instant", "morning"))], digests=[INSTANT, MORNING])
    await published(house, "The ferry sails", "A second ferry")
    await house.deliver()
    house.clock.advance(timedelta(days=1))
    house.press.publish(WIRE.url, house.story("A third ferry"))
    await house.poll()
    house.clock.advance(20 * MINUTES)
    await house.deliver()
    drawn = ["Matches by day:" in parcel.payload for parcel, _ in house.desk.parcels]
    assert drawn.count(True) == 1
    (told,) = (parcel.payload for parcel, _ in house.desk.parcels if "Matches by day:" in parcel.payload)
    assert "Mon 2 · Tue 1" in told


async def test_a_digest_that_fails_keeps_its_matches_and_stops_no_other(house: House) -> None:
    broken = DigestSpec("broken", ("nobody",), wait=timedelta(0))
    house.change(digests=[broken, INSTANT], rules=[rule("ferry", deliver=("broken", "instant"))])
    await published(house, "The ferry sails")
    await house.deliver()
    assert len(house.desk.parcels) == 1
    assert house.fates() == {"pending": 1, "sent": 1}
    assert house.figure("beat_failures_total", beat="plan") == 1
    house.change(digests=[replace(broken, to=("desk",)), INSTANT])
    await house.deliver()
    assert house.fates() == {"sent": 2}


async def test_without_its_database_nothing_is_planned_and_nothing_is_lost(frail: House, faulty: Faulty) -> None:
    await published(frail, "The ferry sails")
    faulty.fault = away("make")
    with pytest.raises(StoreUnavailable):
        await frail.planner.plan_due()
    faulty.fault = None
    assert await frail.planner.plan_due() == 1


def test_a_message_that_is_full_says_how_much_waits_for_the_next(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        publish(tx, *(article(f"ferry-{number}", title=f"Ferry {number} sails") for number in range(2003)))
        taken = shown_fates.pending(tx, "instant", limit=2000)
        beside = showing.read(tx, INSTANT, taken)
    shown = showing.context(INSTANT, taken, beside, MONDAY, None)
    assert shown["note"] == "3 more matches wait for the next message: none tells more."


async def test_what_max_rate_kept_waiting_says_so(house: House) -> None:
    house.change(digests=[replace(INSTANT, max_rate=Rate(2, timedelta(hours=1)))])
    await house.first_sight()
    for number in range(4):
        house.press.publish(WIRE.url, house.story(f"Ferry {number} sails"))
        await house.poll()
        await house.deliver()
    house.clock.advance(16 * MINUTES)
    await house.deliver()
    *_, last = (parcel.payload for parcel, _ in house.desk.parcels)
    assert "2 stories waited, as this digest is sent at most 2 times in 1 h." in last.replace("\n", " ")
    assert "waited" not in house.desk.parcels[0][0].payload


async def test_a_copy_waits_for_what_becomes_of_the_message_that_tells_its_story(house: House) -> None:
    house.change(sources=[WIRE, LOCAL])
    await house.first_sight()
    text = "The ferry sank this morning with two hundred people aboard, the coast guard said to reporters."
    house.press.publish(WIRE.url, house.story("The ferry sank", text))
    await house.poll()
    house.desk.receipts = [Receipt(Outcome.RETRY, "connect"), Receipt(Outcome.REFUSED, "dot", "554", "no spam")]
    await house.deliver()
    house.press.publish(LOCAL.url, house.story("The ferry sank", text))
    await house.poll()
    await house.planner.plan_due()
    assert house.fates() == {"pending": 2}
    await house.deliver()
    assert house.fates() == {"failed": 1, "pending": 1}
    await house.deliver()
    assert house.fates() == {"failed": 1, "sent": 1}


async def test_a_copy_of_what_was_told_is_merged_and_not_sent(house: House) -> None:
    house.change(sources=[WIRE, LOCAL])
    await house.first_sight()
    house.press.publish(WIRE.url, house.story("The ferry sails", guid="one-page"))
    await house.poll()
    await house.deliver()
    house.press.publish(LOCAL.url, house.story("The ferry sails", guid="one-page"))
    await house.poll()
    await house.deliver()
    assert house.fates() == {"sent": 1, "merged": 1}
    assert len(house.desk.parcels) == 1


async def test_copies_that_come_before_it_is_told_are_one_story(house: House) -> None:
    house.change(sources=[WIRE, LOCAL])
    await house.first_sight()
    for feed in (WIRE, LOCAL):
        house.press.publish(feed.url, house.story("The ferry sails", guid="one-page"))
    await house.poll()
    await house.deliver()
    assert house.fates() == {"sent": 2}
    assert len(house.desk.parcels) == 1


async def test_a_template_that_fails_is_told_and_costs_no_message(house: House) -> None:
    house.change(digests=[replace(INSTANT, template="no-such")])
    await published(house, "The ferry sails")
    await house.deliver()
    assert house.fates() == {"sent": 1}
    assert house.figure("template_faults_total", template="no-such") == 1
    assert "no-such" in house.desk.parcels[0][0].payload


async def test_an_edition_rendered_while_the_configuration_changed_is_planned_anew(house: House) -> None:
    await published(house, "The ferry sails")
    slow = SlowRenderer(house.renderer)
    planner = Planner(house.store, lambda: house.setup, slow, house.metrics)
    planning = asyncio.create_task(planner.plan_due())
    await slow.begun.wait()
    house.change(digests=[replace(INSTANT, to=("attic",))], channels={"attic": replace(house.desk, id="attic")})
    slow.go_on.set()
    assert await planning == 0
    assert await planner.plan_due() == 1
    with house.store.transaction() as tx:
        assert [row.channel_id for row in deliveries.claim(tx, 9, 2 * MINUTES)] == ["attic"]


async def test_a_scheduled_digest_waits_for_its_time_and_comes_once(house: House) -> None:
    house.change(digests=[MORNING], rules=[rule("ferry", deliver=("morning",))])
    await published(house, "The ferry sails")
    await house.deliver()
    assert house.desk.parcels == []
    house.clock.now = MONDAY.replace(hour=9)
    for _ in range(3):
        await house.deliver()
        house.clock.advance(MINUTES)
    assert slots(house) == ["morning/2026-03-02 09:00"]
    assert house.fates() == {"sent": 1}


async def test_a_digest_that_is_sent_even_when_empty_is_sent_once(house: House) -> None:
    house.change(digests=[replace(MORNING, empty=Empty.SEND)])
    house.clock.now = MONDAY.replace(hour=9)
    for _ in range(3):
        await house.deliver()
        house.clock.advance(MINUTES)
    assert len(house.desk.parcels) == 1


async def test_a_run_that_ends_does_not_wait_for_copies(house: House) -> None:
    house.change(digests=[replace(INSTANT, wait=timedelta(hours=1))])
    await published(house, "The ferry sails")
    assert await house.planner.plan_due() == 0
    assert await house.planner.plan_due(without_waiting=True) == 1


async def test_every_recipient_of_every_channel_has_a_delivery_of_their_own(house: House) -> None:
    others = replace(house.desk, id="others", recipients=("ben@press.example", "cyd@press.example"))
    house.change(digests=[replace(INSTANT, to=("desk", "others"))], channels={"desk": house.desk, "others": others})
    await published(house, "The ferry sails", "The ferry returns")
    await house.planner.plan_due()
    with house.store.transaction() as tx:
        rows = deliveries.claim(tx, 9, 2 * MINUTES)
    assert sorted(row.recipient for row in rows) == ["ana@press.example", "ben@press.example", "cyd@press.example"]
    assert len({row.key for row in rows}) == 3


async def test_a_muted_rule_rings_for_nobody_and_what_it_found_can_be_told_after_all(house: House) -> None:
    until = house.clock() + timedelta(hours=1)
    await house.store.run(mutes.add, "ferry", until, "enough of it", "ana")
    await published(house, "The ferry sails")
    await house.deliver()
    assert house.fates() == {"silenced": 1}
    assert house.desk.subjects == []
    await house.store.run(mutes.end, "ferry")
    await house.store.run(mutes.revive, "ferry")
    await house.deliver()
    assert house.fates() == {"sent": 1}
    assert len(house.desk.subjects) == 1


async def test_a_mute_reaches_a_message_that_waits_and_its_end_sends_it_after_all(house: House) -> None:
    await published(house, "The ferry sails")
    house.desk.receipts = [Receipt(Outcome.RETRY, "connect")]
    await house.deliver()
    await house.store.run(mutes.add, "ferry", house.clock() + timedelta(hours=1), "enough of it", "ana")
    house.clock.advance(30 * MINUTES)
    await house.deliver()
    assert len(house.desk.parcels) == 1, "it was tried before the mute, and not since"
    assert house.fates() == {"silenced": 1}
    await house.store.run(mutes.end, "ferry")
    assert await house.store.run(mutes.revive, "ferry") == 1
    await house.deliver()
    assert house.fates() == {"sent": 1}
    first, again = (parcel for parcel, _ in house.desk.parcels)
    assert first == again


async def test_what_quiet_hours_hold_is_known_to_be_held_and_told_when_they_end(house: House) -> None:
    at = f"{house.clock():%H:%M}", f"{house.clock() + timedelta(hours=1):%H:%M}"
    nights = QuietHours("nights", Schedule.at(at[0]), Schedule.at(at[1]), "UTC")
    house.change(digests=[replace(INSTANT, quiet=(nights,))])
    await published(house, "The ferry sails")
    await house.deliver()
    assert house.fates() == {"held": 1}
    assert house.desk.subjects == []
    house.clock.advance(timedelta(hours=1))
    await house.deliver()
    assert house.fates() == {"sent": 1}


async def test_a_rule_that_tells_only_waves_tells_three_outlets_at_once_and_says_so(house: House) -> None:
    wave = Wave(2, timedelta(hours=1), Distinct.SOURCE)
    house.change(sources=[WIRE, LOCAL], rules=[replace(rule("ferry"), when=wave)])
    await published(house, "The ferry sails", "The ferry is late")
    await house.deliver()
    assert house.fates() == {"pending": 2}
    house.clock.advance(20 * MINUTES)
    house.press.publish(LOCAL.url, house.story("Our ferry"))
    await house.poll()
    await house.deliver()
    assert house.fates() == {"sent": 3}
    (parcels,) = house.desk.parcels
    assert "2 outlets within 1 h" in parcels[0].payload


async def test_what_makes_no_wave_expires_with_its_reason(house: House) -> None:
    house.change(rules=[replace(rule("ferry"), when=Wave(2, timedelta(hours=1)))])
    await published(house, "The ferry sails")
    house.clock.advance(61 * MINUTES)
    await house.deliver()
    assert house.fates() == {"expired": 1}
    assert house.desk.parcels == []


async def test_what_a_deleted_rule_had_gathered_is_told_nowhere(house: House) -> None:
    house.change(rules=[replace(rule("ferry"), when=Wave(2, timedelta(hours=1)), version="waves"), rule("storm")])
    await published(house, "The ferry sails", "A storm rises")
    house.change(rules=[])
    await house.deliver()
    assert house.fates() == {"expired": 1, "sent": 1}


async def test_a_rule_that_was_told_cools_down_and_then_tells_what_came_meanwhile_together(house: House) -> None:
    house.change(rules=[replace(rule("ferry"), cooldown=timedelta(hours=20)), rule("boat")])
    await published(house, "The ferry sails")
    await house.deliver()
    for title in ("The ferry is late", "The ferry is lost", "A boat"):
        house.press.publish(WIRE.url, house.story(title))
        house.clock.advance(10 * MINUTES)
        await house.poll()
        await house.deliver()
    assert house.fates() == {"sent": 2, "held": 2}
    house.clock.advance(timedelta(hours=20))
    await house.deliver()
    assert house.fates() == {"sent": 4}
    assert len(house.desk.parcels) == 3


async def test_more_than_is_usual_at_this_hour_of_the_week_is_told_and_what_is_usual_is_not(house: House) -> None:
    await house.first_sight()
    hour = timedelta(hours=1)
    house.change(rules=[replace(rule("ferry"), when=Spike(0.001, hour, timedelta(days=28), 4))])
    for week in range(4):
        for number in range(2):
            house.press.publish(WIRE.url, house.story(f"The ferry of week {week} number {number}"))
        await house.poll()
        assert await house.planner.plan_due() == 0
        house.clock.advance(timedelta(days=7) - 15 * MINUTES)
    for number in range(9):
        house.press.publish(WIRE.url, house.story(f"Ferry disaster, part {number}"))
    await house.poll()
    house.clock.advance(MINUTES)
    await house.deliver()
    assert house.fates() == {"expired": 8, "sent": 9}
    assert "9 matches within 1 h against the usual 2" in house.desk.parcels[0][0].payload


async def test_alerts_of_a_time_that_never_came_silence_none_of_today(house: House) -> None:
    house.change(digests=[replace(INSTANT, max_rate=Rate(3, timedelta(hours=1)))])
    await house.first_sight()
    for leap in (timedelta(days=365), timedelta(days=-365)):
        house.clock.advance(leap)
        for number in range(3):
            house.press.publish(WIRE.url, house.story(f"Ferry {number} of {house.clock():%Y} sails"))
            with house.store.transaction() as tx:
                feeds.clamp(tx, timedelta(0))  # due now
            await house.poll()
            await house.deliver()
    assert house.fates() == {"sent": 6}


async def test_a_story_that_a_heavier_outlet_brings_later_is_told_once_more_and_only_once(house: House) -> None:
    heavy = replace(LOCAL, weight=5)
    heaviest = Feed("agency", "https://agency.example/feed", weight=9)
    house.change(sources=[WIRE, heavy, heaviest], digests=[replace(INSTANT, again=timedelta(hours=1))])
    await house.first_sight()
    text = "The ferry sank off the island this morning with two hundred people aboard, the coast guard said."
    house.press.publish(WIRE.url, house.story("The ferry sank", text))
    await house.poll()
    await house.deliver()
    house.press.publish(LOCAL.url, house.story("The ferry sank", text))
    await house.poll()
    await house.deliver()
    assert house.fates() == {"sent": 1, "held": 1}
    (held,) = house.rows(sa.select(fates.c.reason).where(fates.c.state == FateState.HELD))
    assert held.reason.startswith(f"{Reason.REOPENS.sentence} at ")
    house.clock.advance(timedelta(hours=1))
    await house.deliver()
    assert house.fates() == {"sent": 2}
    told = " ".join(house.desk.parcels[-1][0].payload.split())
    assert f", first told 08:30 from {WIRE.url}. Also in {WIRE.url}." in told
    house.press.publish(heaviest.url, house.story("The ferry sank", text))
    await house.poll()
    await house.deliver()
    assert house.fates() == {"sent": 2, "merged": 1}


async def test_another_rule_that_tells_a_story_says_that_it_was_told_and_who_else_has_it(house: House) -> None:
    house.change(rules=[rule("ferry"), rule("island")], sources=[WIRE, LOCAL])
    await house.first_sight()
    house.press.publish(WIRE.url, house.story("The ferry sank", TEXT))
    await house.poll()
    await house.deliver()
    house.press.publish(LOCAL.url, house.story("The ferry sank", f"{TEXT} It lay off the island."))
    await house.poll()
    await house.deliver()
    first, second = (" ".join(parcel.payload.split()) for parcel, _ in house.desk.parcels)
    assert "first told" not in first
    assert f", first told 08:30 from {WIRE.url}. Also in {WIRE.url}." in second


TEXT = "The ferry sank this morning with two hundred people aboard, the coast guard said to reporters."


async def test_what_tells_a_story_once_more_follows_the_message_that_told_it_first(house: House) -> None:
    house.change(rules=[rule("ferry"), rule("island")], sources=[WIRE, LOCAL])
    await house.first_sight()
    house.press.publish(WIRE.url, house.story("The ferry sank", TEXT))
    await house.poll()
    house.desk.receipts = [replace(SENT, text="1771.0003")]
    await house.deliver()
    house.press.publish(LOCAL.url, house.story("The ferry sank", f"{TEXT} It lay off the island."))
    await house.poll()
    await house.deliver()
    first, sequel = house.desk.composed
    assert (first.follows, first.answer) == ("", "")
    assert (sequel.follows, sequel.answer) == (first.id, "1771.0003")


async def test_a_new_story_is_never_put_under_an_old_one(house: House) -> None:
    house.change(sources=[WIRE, replace(LOCAL, weight=5)], digests=[replace(INSTANT, again=timedelta(0))])
    await house.first_sight()
    house.press.publish(WIRE.url, house.story("The ferry sank", TEXT))
    await house.poll()
    await house.deliver()
    house.press.publish(LOCAL.url, house.story("The ferry sank", TEXT), house.story("A ferry of another kind"))
    await house.poll()
    await house.deliver()
    assert [each.follows for each in house.desk.composed] == ["", ""]
    assert house.fates() == {"sent": 3}


async def test_a_lighter_copy_of_a_told_story_is_merged_at_once(house: House) -> None:
    house.change(sources=[replace(WIRE, weight=2), LOCAL])
    await house.first_sight()
    for url in (WIRE.url, LOCAL.url):
        house.press.publish(url, house.story("The ferry sank off the island"))
        await house.poll()
        await house.deliver()
    assert house.fates() == {"sent": 1, "merged": 1}


async def test_a_message_says_where_its_rules_are_muted(house: House) -> None:
    house.change(rules=[rule("ferry"), rule("sails")])
    house.setup = replace(house.setup, links=Links("https://news.example.org", b"k" * 32))
    await published(house, "The ferry sails")
    await house.deliver()
    text = house.desk.parcels[0][0].payload
    assert "Mute ferry:\nhttps://news.example.org/do/" in text
    assert "Mute sails:\nhttps://news.example.org/do/" in text
    token = text.partition("/do/")[2].split()[0]
    assert house.setup.links
    assert house.setup.links.read(token) == Mute("ferry", "instant", house.clock().date())


async def test_who_has_unsubscribed_gets_nothing_more_and_others_do(house: House) -> None:
    house.desk.recipients = ("Ana@press.example", "bo@press.example")
    with house.store.transaction() as tx:
        unsubscribed.add(tx, "ana@PRESS.example", "instant", unsubscribed.BY_LINK)
    await published(house, "The ferry sails")
    await house.deliver()
    assert [parcel.recipient for parcel, _ in house.desk.parcels] == ["bo@press.example"]
    assert house.fates() == {"sent": 1}


async def test_where_everyone_has_unsubscribed_the_matches_say_so(house: House) -> None:
    with house.store.transaction() as tx:
        unsubscribed.add(tx, "ana@press.example", "instant", unsubscribed.BY_LINK)
    await published(house, "The ferry sails")
    await house.deliver()
    assert house.fates() == {"silenced": 1}


async def test_a_rule_that_is_silent_for_a_day_is_told_of_once_and_its_matches_are_not(house: House) -> None:
    await house.first_sight()
    house.change(rules=[replace(rule("ferry"), when=Silence(timedelta(days=1)))])
    for hour in range(30):
        house.press.publish(WIRE.url, house.story(f"Nothing but rain at {hour}"))
        await house.poll()
        await house.deliver()
        house.clock.advance(45 * MINUTES)
    assert house.desk.subjects == ["Silent: ferry, nothing for 1 d"]
    assert "No article has matched since Mon 02 Mar, 08:00, though" in house.desk.parcels[0][0].payload
    house.press.publish(WIRE.url, house.story("The ferry sails"))
    await house.poll()
    await house.deliver()
    assert house.fates() == {"expired": 1}
    assert len(house.desk.parcels) == 1


async def test_a_silence_takes_no_edition_from_its_digest(house: House) -> None:
    await house.first_sight()
    morning = DigestSpec("instant", ("desk",), schedule=Schedule.at("07:00"))
    silent = replace(rule("ferry"), when=Silence(timedelta(hours=20)))
    house.change(digests=[morning], rules=[silent, rule("rain")])
    with house.store.transaction() as tx:
        house.clock.advance(timedelta(hours=23))
        told = silences.edition_of(morning, Silent(silent, house.clock(), house.clock()), house.clock())
        assert made_editions.make(tx, told, [], [])
        assert made_editions.last_slot(tx, "instant") is None


async def test_where_nothing_was_read_nobody_was_silent(house: House) -> None:
    await house.first_sight("Old news")
    house.change(rules=[replace(rule("ferry"), when=Silence(timedelta(days=1)))])
    house.clock.advance(timedelta(days=3))
    await house.deliver()
    assert house.desk.parcels == []


async def test_where_the_feed_that_a_rule_asks_for_brought_nothing_others_do_not_make_it_silent(house: House) -> None:
    silent = replace(rule("ferry"), query=parse("source:local"), when=Silence(timedelta(days=1)))
    house.change(sources=[WIRE, LOCAL], rules=[silent])
    await house.first_sight()
    for hour in range(60):
        house.press.publish(WIRE.url, house.story(f"Nothing but rain at {hour}"))
        await house.poll()
        await house.deliver()
        house.clock.advance(45 * MINUTES)
    assert house.desk.parcels == []


async def test_a_silence_that_nobody_could_have_broken_is_looked_at_when_it_is_longer_by_a_sixtieth(
    house: House,
) -> None:
    silent = replace(rule("ferry"), query=parse("source:local"), when=Silence(timedelta(days=1)))
    house.change(sources=[WIRE, LOCAL], rules=[silent])
    await house.first_sight()
    known, began = Silences(), house.clock()

    def told() -> int:
        with house.store.reading() as tx:
            return len(known.due(tx, INSTANT, [silent], ()))

    house.clock.advance(timedelta(days=1))
    assert told() == 0
    with house.store.transaction() as tx:
        for title, hours in (("Rain at last", 2), ("Rain again", 20)):
            seen_at = began + timedelta(hours=hours)
            articles.save(tx, [article(title, feed_id="local", title=title, seen_at=seen_at)])
    house.clock.advance(timedelta(minutes=23))
    assert told() == 0
    house.clock.advance(timedelta(minutes=2))
    assert told() == 1


async def test_a_silence_waits_for_the_time_of_its_digest(house: House) -> None:
    await house.first_sight()
    morning = DigestSpec("instant", ("desk",), schedule=Schedule.at("07:00"))
    house.change(digests=[morning], rules=[replace(rule("ferry"), when=Silence(timedelta(days=1)))])
    told: list[datetime] = []
    for hour in range(60):
        house.press.publish(WIRE.url, house.story(f"Nothing but rain at {hour}"))
        await house.poll()
        await house.deliver()
        told += [house.clock()] * (len(house.desk.parcels) - len(told))
        house.clock.advance(45 * MINUTES)
    assert len(told) == 1
    assert (told[0].day, told[0].hour) == (4, 7)
