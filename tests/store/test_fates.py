"""What becomes of matches: matches, fates and editions, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import FateState, Priority, Span
from monitor.store import Store, Tx, deliveries, editions, fates, matches, outbox, routes, rule_versions, schema
from monitor.store.fates import Settled
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import (
    LEASE,
    REFUSED,
    SENT,
    UNCERTAIN,
    Answer,
    answer,
    article,
    edition,
    open_house,
    parcel,
    publish,
    rule,
)

MINUTES = timedelta(minutes=1)


@pytest.fixture
def house(store: Store) -> Store:
    with store.transaction() as tx:
        open_house(tx)
    return store


def waiting(tx: Tx, digest_id: str = "instant") -> list[int]:
    return [each.match_id for each in fates.pending(tx, digest_id)]


def delivered(store: Store, *answers: Answer) -> None:
    """Claim everything and give each delivery its answer, in the order of their numbers."""
    with store.transaction() as tx:
        for row, given in zip(deliveries.claim(tx, 100, LEASE), answers, strict=True):
            assert answer(tx, row, given)


def test_a_pending_match_brings_all_that_planning_and_showing_need(house: Store) -> None:
    with house.transaction() as tx:
        (match_id,) = publish(tx, article())
        (pending,) = fates.pending(tx, "instant")
    assert pending.match_id == match_id
    assert (pending.rule_id, pending.rule_title, pending.priority) == ("ferries", "Ferries", Priority.NORMAL)
    assert (pending.feed_id, pending.feed_title, pending.weight) == ("harbour", "Harbour News", 3)
    assert (pending.title, pending.body) == ("Ferry line opens", "The first boat leaves at dawn.")
    assert (pending.matched_at, pending.published, pending.told) == (MONDAY, MONDAY, False)
    assert pending.spans == (Span("title", 0, 5),)


def test_a_rule_takes_an_article_once_even_when_the_article_changes(house: Store) -> None:
    with house.transaction() as tx:
        assert len(publish(tx, article())) == 1
        assert publish(tx, article(title="Ferry line opens late")) == []


def test_a_changed_article_may_match_a_further_rule(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article())
        assert len(publish(tx, article(title="Ferry and boat"), rules=("ferries", "boats"))) == 1


def test_a_match_of_a_later_text_is_told_as_edited_and_one_of_the_first_is_not(
    house: Store, clock: ManualClock
) -> None:
    with house.transaction() as tx:
        publish(tx, article())
    later = clock.advance(5 * MINUTES)
    with house.transaction() as tx:
        publish(tx, article(title="Ferry and boat", seen_at=later), rules=("ferries", "boats"))
        assert [(each.rule_id, each.edited) for each in fates.pending(tx, "instant")] == [
            ("ferries", False),
            ("boats", True),
        ]


def test_a_match_of_a_changed_article_shows_the_words_of_the_newest_text(house: Store) -> None:
    with house.transaction() as tx:
        rule_versions.record(tx, [rule(version="v2")])
        (match_id,) = publish(tx, article())
        number, story_id = _place(tx)
        spans = (Span("title", 9, 14),)
        assert matches.add(tx, [matches.NewMatch(number, story_id, "ferries", "v2", spans)], changed={number}) == {}
        (pending,) = fates.pending(tx, "instant")
        assert (pending.match_id, pending.spans, pending.matched_at) == (match_id, spans, MONDAY)
        assert [each.rule_version for each in routes.of_article(tx, number)] == ["v2"]


def test_a_match_that_an_edit_takes_the_ground_from_stays_and_marks_nothing(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article(), article("other"))
        number, _ = _place(tx)
        assert matches.add(tx, [], changed={number}) == {}
        assert [each.spans for each in fates.pending(tx, "instant")] == [(), (Span("title", 0, 5),)]


def _place(tx: Tx) -> tuple[int, int]:
    """The number of the first match's article, and that of its story."""
    first = fates.pending(tx, "instant")[0]
    return first.article_id, first.story_id


def test_every_digest_of_a_rule_gets_its_own_fate(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article(), digests=("instant", "morning"))
        assert editions.make(tx, edition(), waiting(tx), [parcel()])
        assert (waiting(tx, "instant"), len(waiting(tx, "morning"))) == ([], 1)


def test_only_matches_made_by_a_given_time_are_asked_for(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        (early,) = publish(tx, article("a"))
    clock.advance(10 * MINUTES)
    with house.transaction() as tx:
        publish(tx, article("b"))
        assert [each.match_id for each in fates.pending(tx, "instant", MONDAY + 5 * MINUTES)] == [early]
        assert len(fates.pending(tx, "instant")) == 2
        assert len(fates.pending(tx, "instant", limit=1)) == 1


def test_matches_are_counted_by_rule_and_by_stretch_of_time(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        publish(tx, article("a"), article("b"), rules=("ferries", "boats"), digests=("instant", "morning"))
    clock.advance(10 * MINUTES)
    with house.transaction() as tx:
        (baseline,) = publish(tx, article("c"))
        publish(tx, article("d"))
        fates.settle(tx, "instant", [fates.Settled(baseline, FateState.BASELINE, "there before")])
        times = [MONDAY, MONDAY + 10 * MINUTES, MONDAY + 11 * MINUTES]
        assert fates.volume(tx, "instant", ["ferries", "boats", "other"], times) == {"ferries": (2, 1), "boats": (2, 0)}
        assert fates.volume(tx, "morning", ["ferries"], times) == {"ferries": (2, 0)}
        assert fates.volume(tx, "instant", ["ferries"], times[:2]) == {"ferries": (2,)}
        assert fates.volume(tx, "instant", [], times) == {}


def test_what_an_aggregator_lists_is_shown_as_its_publisher_called_it(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, replace(article(title="Ferry line opens - Coast"), publisher="Coast"))
        spans = (Span("title", 0, 5), Span("title", 19, 24))
        tx.conn.execute(schema.matches.update().values(spans=spans))
        (shown,) = fates.pending(tx, "instant")
    assert (shown.title, shown.publisher, shown.spans) == ("Ferry line opens", "Coast", (Span("title", 0, 5),))


def test_a_giant_body_is_cut_and_the_spans_beyond_it_left_out(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article(body="x" * 100_000))
        spans = (Span("title", 0, 5), Span("body", 0, 3), Span("body", 50_000, 50_005))
        tx.conn.execute(schema.matches.update().values(spans=spans))
        (pending,) = fates.pending(tx, "instant")
    assert len(pending.body) == fates.BODY_SHOWN
    assert pending.spans == spans[:2]


def test_a_title_bettered_within_a_rules_version_is_the_one_shown(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article())
        rule_versions.record(tx, [rule(title="Ferries and ships")])
        assert fates.pending(tx, "instant")[0].rule_title == "Ferries and ships"


def test_a_match_of_a_rule_version_nobody_recorded_is_refused(house: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"), house.transaction() as tx:
        publish(tx, article(), rules=("unheard-of",))


def test_an_edition_is_made_once_for_a_slot(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article("a"), article("b"))
        first, second = waiting(tx)
        assert editions.make(tx, edition("one", slot="07:00"), [first], [parcel("one")])
        assert not editions.make(tx, edition("two", slot="07:00"), [second], [parcel("two")])
        assert waiting(tx) == [second]
        assert deliveries.count_by_state(tx) == {"pending": 1}


def test_an_edition_with_a_match_taken_meanwhile_is_not_made_at_all(house: Store) -> None:
    with house.transaction() as tx:
        publish(tx, article("a"), article("b"))
        both = waiting(tx)
        assert editions.make(tx, edition("one"), both[:1], [parcel("one")])
        assert not editions.make(tx, edition("two"), both, [parcel("two")])
        assert waiting(tx) == both[1:]
        assert editions.last_slot(tx, "instant") == editions.EditionRow(
            "one", "instant", "one", MONDAY, MONDAY, None, 1, "stories-due"
        )


def test_a_settled_match_is_in_no_edition(house: Store) -> None:
    with house.transaction() as tx:
        (match_id,) = publish(tx, article())
        assert fates.settle(tx, "instant", [Settled(match_id, FateState.MERGED, "already told")]) == 1
        assert not editions.make(tx, edition(), [match_id], [parcel()])
        assert fates.count_by_state(tx) == {FateState.MERGED: 1}


def test_a_held_match_still_waits_and_can_be_taken(house: Store) -> None:
    with house.transaction() as tx:
        (match_id,) = publish(tx, article())
        fates.settle(tx, "instant", [Settled(match_id, FateState.HELD, "quiet hours")])
        assert waiting(tx) == [match_id]
        assert editions.make(tx, edition(), [match_id], [parcel()])
        assert fates.count_by_state(tx) == {FateState.PENDING: 1}


def test_a_match_in_an_edition_cannot_be_settled_past_it(house: Store) -> None:
    with house.transaction() as tx:
        (match_id,) = publish(tx, article())
        editions.make(tx, edition(), [match_id], [parcel()])
        assert fates.settle(tx, "instant", [Settled(match_id, FateState.EXPIRED, "old")]) == 0
        assert fates.count_by_state(tx) == {FateState.PENDING: 1}


def test_matches_without_anybody_to_send_them_to_are_a_mistake(house: Store) -> None:
    with house.transaction() as tx:
        with pytest.raises(ValueError, match="nobody"):
            editions.make(tx, edition(), publish(tx, article()), [])
        assert len(waiting(tx)) == 1


def test_an_empty_edition_marks_its_slot_and_is_settled_at_once(house: Store) -> None:
    with house.transaction() as tx:
        assert editions.make(tx, edition("quiet"), [], [])
        last = editions.last_slot(tx, "instant")
        assert last is not None
        assert last.settled_at == MONDAY
        assert editions.sent_since(tx, "instant", MONDAY) == 0


def test_an_edition_without_matches_can_still_say_that_nothing_came(house: Store) -> None:
    with house.transaction() as tx:
        assert editions.make(tx, edition("quiet"), [], [parcel("quiet")])
        assert editions.sent_since(tx, "instant", MONDAY) == 1


def test_the_last_slot_is_the_latest_that_has_come(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        assert editions.last_slot(tx, "instant") is None
        for hours in (2, 1, 30):
            editions.make(tx, edition(f"e{hours}", at=MONDAY + timedelta(hours=hours)), [], [])
        clock.advance(timedelta(hours=5))
    with house.reading() as tx:
        last = editions.last_slot(tx, "instant")
        assert last is not None
        assert last.slot == "e2"


def test_only_editions_of_this_digest_since_then_are_counted(house: Store, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=2))
    with house.transaction() as tx:
        for hours in range(4):  # the last one by a clock that was ahead
            editions.make(tx, edition(f"e{hours}", at=MONDAY + timedelta(hours=hours)), [], [parcel(f"e{hours}")])
        editions.make(tx, edition("other", "morning", at=MONDAY + timedelta(hours=2)), [], [parcel("other")])
        assert editions.sent_since(tx, "instant", MONDAY + timedelta(hours=1)) == 2


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([SENT, SENT], FateState.SENT),
        ([SENT, REFUSED], FateState.SENT),
        ([REFUSED, SENT], FateState.SENT),
        ([REFUSED, REFUSED], FateState.FAILED),
        ([SENT, UNCERTAIN], FateState.PENDING),
    ],
)
def test_an_edition_ends_with_its_last_delivery_and_one_that_arrived_is_enough(
    house: Store, answers: list[Answer], state: FateState
) -> None:
    with house.transaction() as tx:
        parcels = [parcel(recipient="ana@example.org"), parcel(recipient="ben@example.org")]
        editions.make(tx, edition(), publish(tx, article()), parcels)
    delivered(house, *answers)
    with house.reading() as tx:
        assert fates.count_by_state(tx, "instant") == {state: 1}
        last = editions.last_slot(tx, "instant")
        assert last is not None
        assert (last.settled_at is None) is (state is FateState.PENDING)


def test_a_story_counts_as_told_once_an_edition_has_it_and_not_when_that_failed(house: Store) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition(), publish(tx, article("a", story_keys=("k",))), [parcel()])
        publish(tx, article("b", "valley", story_keys=("k",)), rules=("ferries", "boats"))
        publish(tx, article("c"))
        told = {(each.title, each.rule_id, each.feed_id): each.told for each in fates.pending(tx, "instant")}
    assert sorted(told.values()) == [False, False, True]
    assert told["Ferry line opens", "ferries", "valley"]
    delivered(house, REFUSED)
    with house.reading() as tx:
        assert not any(each.told for each in fates.pending(tx, "instant"))


def test_what_one_digest_told_is_news_to_another(house: Store) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition(), publish(tx, article("a", story_keys=("k",))), [parcel()])
        publish(tx, article("b", story_keys=("k",)), digests=("morning",))
        assert [each.told for each in fates.pending(tx, "morning")] == [False]


def test_an_old_match_goes_with_its_fates_but_never_while_one_waits(house: Store) -> None:
    with house.transaction() as tx:
        done, open_still, in_edition = publish(
            tx, article("a"), article("b"), article("c"), digests=("instant", "morning")
        )
        fates.settle(tx, "instant", [Settled(each, FateState.MERGED, "") for each in (done, open_still)])
        fates.settle(tx, "morning", [Settled(each, FateState.MERGED, "") for each in (done, in_edition)])
        editions.make(tx, edition(), [in_edition], [parcel()])
        assert matches.prune(tx, MONDAY + timedelta(days=800)) == 1
        assert matches.count(tx) == 2
        assert sum(fates.count_by_state(tx).values()) == 4
    delivered(house, SENT)
    with house.transaction() as tx:
        assert matches.prune(tx, MONDAY + timedelta(days=800)) == 1
        assert waiting(tx, "morning") == [open_still]


def test_old_editions_go_a_few_at_a_time_and_never_while_under_way(house: Store) -> None:
    with house.transaction() as tx:
        for number in range(5):
            editions.make(tx, edition(f"e{number}"), [], [])
        editions.make(tx, edition("under-way"), publish(tx, article()), [parcel("under-way")])
        later = MONDAY + timedelta(days=800)
        assert [editions.prune(tx, later, limit=3) for _ in range(3)] == [3, 2, 0]
        assert deliveries.count_by_state(tx) == {"pending": 1}
    delivered(house, SENT)
    with house.transaction() as tx:
        assert editions.prune(tx, later) == 1
        assert deliveries.count_by_state(tx) == {}
        assert fates.count_by_state(tx) == {FateState.SENT: 1}


def test_what_is_urgent_is_planned_however_much_waits_before_it(house: Store) -> None:
    with house.transaction() as tx:
        rule_versions.record(tx, [replace(rule("storms"), priority=Priority.URGENT)])
        many = publish(tx, *(article(f"ferry-{number}") for number in range(5)))
        (storm,) = publish(tx, article("storm"), rules=("storms",))
        found = fates.waiting_for(tx, "instant", limit=3)
        assert fates.waiting_count(tx, "instant") == 6
    assert [each.match_id for each in found] == [*many[:3], storm]


def test_a_copy_of_a_story_that_is_under_way_is_told_should_that_not_arrive(house: Store) -> None:
    with house.transaction() as tx:
        (first,) = publish(tx, article(story_keys=("s",)))
        editions.make(tx, edition(), [first], [parcel()])
        (copy,) = publish(tx, article("copy", "valley", story_keys=("s",)))

    def waits() -> list[tuple[int, bool, bool]]:
        with house.reading() as tx:
            return [(each.match_id, each.under_way, each.told) for each in fates.waiting_for(tx, "instant")]

    assert waits() == [(copy, True, False)]
    with house.transaction() as tx:
        (row,) = deliveries.claim(tx, 1, LEASE)
        answer(tx, row, REFUSED)
    assert waits() == [(copy, False, False)]


def test_what_a_person_dropped_counts_as_told(house: Store) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition(), publish(tx, article(story_keys=("s",))), [parcel()])
        (copy,) = publish(tx, article("copy", "valley", story_keys=("s",)))
        outbox.drop(tx, [each.id for each in outbox.listing(tx)])
        (left,) = fates.waiting_for(tx, "instant")
    assert (left.match_id, left.told, left.under_way) == (copy, True, False)


def test_what_is_held_keeps_nothing_else_from_being_planned(house: Store) -> None:
    with house.transaction() as tx:
        held = publish(tx, *(article(f"held-{number}") for number in range(5)))
        fates.settle(tx, "instant", [Settled(each, FateState.HELD, "cooling down") for each in held])
        (new,) = publish(tx, article("new"))
        (boat,) = publish(tx, article("boat"), rules=("boats",))
        found = fates.waiting_for(tx, "instant", limit=2)
        gathering = fates.waiting_for(tx, "instant", limit=1, gathering={"ferries"})
    assert [each.match_id for each in found] == [*held[:2], new, boat]
    assert [each.held for each in found] == [True, True, False, False]
    assert [each.match_id for each in gathering] == [held[0], new, boat]
