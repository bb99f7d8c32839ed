"""Who gets messages no more, on both databases."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.app import doing
from monitor.core.delivery import Verdict
from monitor.core.links import Deed, Effect, Mute, Unsubscribe
from monitor.core.model import DeliveryState, FateState, Outcome, Receipt
from monitor.store import Store, deliveries, editions, fates, keys, mutes, outbox, unsubscribed
from monitor.store.deliveries import Attempt
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import LATER, LEASE, SENT, article, edition, open_house, parcel, publish
from tests.store.newsroom import answer as answered

ANA = "ana@press.example"
DAY = timedelta(days=1)


@pytest.fixture
def house(store: Store) -> Store:
    with store.transaction() as tx:
        open_house(tx)
    return store


def refuse(store: Store, name: str, text: str = "5.1.1 nobody of that name") -> bool:
    """Have a message to Ana refused for good."""
    receipt = Receipt(Outcome.REFUSED, "rcpt", "550", text)
    with store.transaction() as tx:
        editions.make(tx, edition(name), [], [parcel(name, "desk", ANA)])
        (row,) = deliveries.claim(tx, 1, LEASE)
        verdict = Verdict(DeliveryState.DEAD, None, "refused", 1)
        deliveries.settle(tx, row.id, row.token, Attempt(tx.now, timedelta(0), receipt), verdict)
        return unsubscribed.bounced(tx, ANA)


def test_who_unsubscribed_is_known_until_they_come_back(house: Store) -> None:
    with house.transaction() as tx:
        assert unsubscribed.add(tx, ANA, "morning", unsubscribed.BY_LINK)
        assert not unsubscribed.add(tx, ANA, "morning", "again")
        assert unsubscribed.of(tx, "morning") == {ANA}
        assert unsubscribed.of(tx, "instant") == frozenset()
        (told,) = unsubscribed.listing(tx)
        assert (told.recipient, told.since, told.why) == (ANA, MONDAY, "by the link in a message")
        assert unsubscribed.remove(tx, ANA, "instant") == 0
        assert unsubscribed.remove(tx, ANA) == 1
        assert unsubscribed.listing(tx) == []


def test_what_waits_for_them_is_not_sent_and_others_get_theirs(house: Store) -> None:
    with house.transaction() as tx:
        matches = publish(tx, article())
        made = edition()
        editions.make(tx, made, matches, [parcel(made.id, "desk", ANA), parcel(made.id, "desk", "bo@press.example")])
        unsubscribed.add(tx, ANA, made.digest_id, unsubscribed.BY_LINK)
        (row,) = deliveries.claim(tx, 9, LEASE)
        assert row.recipient == "bo@press.example"
        assert answered(tx, row, SENT)
        assert fates.count_by_state(tx)[FateState.SENT] == 1
        assert deliveries.count_by_state(tx) == {DeliveryState.SENT: 1, DeliveryState.SUPPRESSED: 1}


def test_an_address_is_the_same_in_capitals(house: Store) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition(), publish(tx, article()), [parcel(edition().id, "desk", "Ana@press.example")])
        assert unsubscribed.add(tx, "ANA@press.example", edition().digest_id, unsubscribed.BY_HAND)
        assert not unsubscribed.add(tx, ANA, edition().digest_id, unsubscribed.BY_LINK)
        assert deliveries.claim(tx, 9, LEASE) == []
        assert unsubscribed.of(tx, edition().digest_id) == {ANA}
        assert unsubscribed.remove(tx, "Ana@Press.Example") == 1


@pytest.mark.parametrize("digest_id", [edition().digest_id, unsubscribed.EVERY])
def test_what_is_being_sent_while_they_unsubscribe_is_not_sent_again(
    house: Store, clock: ManualClock, digest_id: str
) -> None:
    with house.transaction() as tx:
        parcels = [parcel(edition().id, "desk", each) for each in (ANA, "bo@press.example")]
        editions.make(tx, edition(), publish(tx, article()), parcels)
        for row in deliveries.claim(tx, 9, LEASE):
            unsubscribed.add(tx, ANA, digest_id, unsubscribed.BY_LINK)
            assert answered(tx, row, LATER)
    clock.advance(DAY)
    with house.transaction() as tx:
        (row,) = deliveries.claim(tx, 9, LEASE)
        assert row.recipient == "bo@press.example"
        (gone,) = outbox.listing(tx, states=["suppressed"])
        assert (gone.recipient, gone.reason) == (ANA, "unsubscribed")


def test_an_edition_of_which_nothing_is_left_to_send_is_settled(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition(), publish(tx, article()), [parcel(edition().id, "desk", ANA)])
        (row,) = deliveries.claim(tx, 9, LEASE)
        unsubscribed.add(tx, ANA, edition().digest_id, unsubscribed.BY_LINK)
        assert answered(tx, row, LATER)
    clock.advance(DAY)
    with house.transaction() as tx:
        assert deliveries.claim(tx, 9, LEASE) == []
        assert FateState.PENDING not in fates.count_by_state(tx)


def test_an_address_that_refuses_three_messages_over_a_day_gets_no_more(house: Store, clock: ManualClock) -> None:
    assert not refuse(house, "a")
    assert not refuse(house, "b")
    assert not refuse(house, "c"), "it may be a bad hour"
    clock.advance(DAY)
    assert refuse(house, "d")
    with house.reading() as tx:
        assert unsubscribed.of(tx, "any") == {ANA}
        assert unsubscribed.listing(tx)[0].why == "4 messages were refused there for good"


def test_a_server_that_takes_us_for_spam_ends_nothing(house: Store, clock: ManualClock) -> None:
    for name in "abcd":
        assert not refuse(house, name, "5.7.1 blocked by policy")
        clock.advance(DAY)


def test_a_message_that_arrives_makes_up_for_those_before(house: Store, clock: ManualClock) -> None:
    refuse(house, "a")
    refuse(house, "b")
    with house.transaction() as tx:
        editions.make(tx, edition("c"), [], [parcel("c", "desk", ANA)])
        (row,) = deliveries.claim(tx, 1, LEASE)
        assert answered(tx, row, SENT)
    clock.advance(DAY)
    assert not refuse(house, "d")


def test_all_daemons_sign_by_one_key(house: Store) -> None:
    with house.transaction() as tx:
        first = keys.get(tx, keys.LINKS)
        assert len(first) == 32
        assert keys.get(tx, keys.LINKS) == first
        assert keys.get(tx, "another") != first


def told(store: Store, deed: Deed, span: timedelta | None) -> Effect | None:
    """Follow a link, for a mute of so long or (None) to undo it."""
    with store.transaction() as tx:
        return doing.perform(tx, deed, span, ZoneInfo("Europe/Vienna"))


def test_a_link_unsubscribes_and_its_undo_subscribes_again(house: Store) -> None:
    leave = Unsubscribe("morning", ANA)
    assert told(house, leave, DAY) == Effect(f"{ANA} gets 'morning' no more.", undoable=True)
    with house.reading() as tx:
        assert unsubscribed.of(tx, "morning") == {ANA}
    assert told(house, leave, None) == Effect(f"{ANA} gets 'morning' again.")
    with house.reading() as tx:
        assert unsubscribed.of(tx, "morning") == frozenset()


QUIET = Mute("ferries", "morning", MONDAY.date())


def test_a_link_mutes_a_rule_and_says_until_when_where_its_reader_is(house: Store, clock: ManualClock) -> None:
    muted = Effect("The rule 'ferries' is muted until 2026-03-09 09:00 CET.", undoable=True)
    assert told(house, QUIET, 7 * DAY) == muted
    with house.reading() as tx:
        (mute,) = mutes.active(tx)
    assert mute.sentence == (
        "its rule is muted by a link in digest 'morning' until 2026-03-09 08:00 UTC: from a message of 2026-03-02"
    )
    assert told(house, QUIET, DAY) == replace(muted, told=muted.told.replace("muted", "muted already,"))
    assert told(house, QUIET, None) == Effect("The rule 'ferries' is heard again.")
    clock.advance(31 * DAY)
    assert told(house, QUIET, DAY) is None


def test_what_a_link_silenced_is_told_after_all_when_it_is_undone(house: Store) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition("instant/1"), publish(tx, article()), [parcel("instant/1", "desk", ANA)])
    told(house, QUIET, DAY)
    with house.transaction() as tx:
        assert deliveries.claim(tx, 1, LEASE) == []
    told(house, QUIET, None)
    with house.transaction() as tx:
        assert len(deliveries.claim(tx, 1, LEASE)) == 1


def test_a_link_neither_shortens_nor_ends_what_somebody_else_muted(house: Store) -> None:
    with house.transaction() as tx:
        mutes.add(tx, "ferries", MONDAY + 30 * DAY, "the strike", "ana")
    until = "until 2026-04-01 10:00 CEST: the strike"
    assert told(house, QUIET, DAY) == Effect(f"The rule 'ferries' is muted already by ana, {until}")
    assert told(house, QUIET, None) == Effect(f"The rule 'ferries' is muted still by ana, {until}")
    with house.reading() as tx:
        assert [each.until for each in mutes.active(tx)] == [MONDAY + 30 * DAY]


def test_a_link_that_mutes_for_longer_gives_back_with_its_undo_what_was_before(house: Store) -> None:
    with house.transaction() as tx:
        mutes.add(tx, "ferries", MONDAY + DAY, "the strike", "ana")
    longer = told(house, QUIET, 7 * DAY)
    assert longer == Effect("The rule 'ferries' is muted until 2026-03-09 09:00 CET.", undoable=True)
    assert told(house, replace(QUIET, digest_id="instant"), None) == replace(
        longer,
        told="The rule 'ferries' is muted still by a link in digest 'morning', until 2026-03-09 09:00 CET: from a message of 2026-03-02",
        undoable=False,
    )
    told(house, QUIET, None)
    with house.reading() as tx:
        assert [each.made_by for each in mutes.active(tx)] == ["ana"]
