"""Matches put together by story, as people are told them."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.digest import PendingMatch
from monitor.core.digest.telling import tellings
from monitor.core.model import Priority, Span
from tests.core.digest.matches import NOON, ago, pending


def test_copies_of_a_story_are_told_once_by_the_heaviest_outlet() -> None:
    (told,) = tellings(
        [
            pending(1, story_id=1, feed_id="courier", weight=1),
            pending(2, story_id=1, feed_id="wire", weight=5),
            pending(3, story_id=1, feed_id="times", weight=3),
        ]
    )
    assert told.main.feed_id == "wire"


def test_among_equals_the_earliest_copy_is_shown_and_other_outlets_stand_in_order_of_time() -> None:
    (told,) = tellings(
        [
            pending(1, story_id=1, feed_id="courier", published=ago(10)),
            pending(2, story_id=1, feed_id="wire", published=ago(60)),
            pending(3, story_id=1, feed_id="times", published=ago(30)),
        ]
    )
    assert told.main.feed_id == "wire"
    assert [each.feed_id for each in told.others] == ["times", "courier"]


def test_two_articles_of_one_outlet_are_one_outlet() -> None:
    (told,) = tellings(
        [pending(each, story_id=1, feed_id=feed) for each, feed in enumerate(("wire", "wire", "times", "times"), 1)]
    )
    assert [each.feed_id for each in told.others] == ["times"]
    assert len(told.articles) == 4


def test_a_story_that_two_rules_match_is_told_under_the_more_urgent_one() -> None:
    (told,) = tellings(
        [
            pending(1, article_id=1, story_id=1, rule_id="a", rule_title="A", priority=Priority.LOW),
            pending(2, article_id=1, story_id=1, rule_id="z", rule_title="Z", priority=Priority.URGENT),
        ]
    )
    assert (told.rule_id, told.rule_title, told.priority) == ("z", "Z", Priority.URGENT)
    assert [each[0].rule_id for each in told.by_rule] == ["z", "a"]
    assert len(told.articles) == 1


def test_the_copy_shown_is_one_that_the_heading_rule_matched() -> None:
    (told,) = tellings(
        [
            pending(1, story_id=1, rule_id="low", priority=Priority.LOW, feed_id="wire", weight=9),
            pending(2, story_id=1, rule_id="high", priority=Priority.URGENT, feed_id="courier"),
        ]
    )
    assert told.main.feed_id == "courier"


def test_all_rules_mark_the_copy_that_is_shown() -> None:
    (told,) = tellings(
        [
            pending(1, article_id=1, story_id=1, rule_id="a", spans=(Span("title", 0, 5),)),
            pending(2, article_id=1, story_id=1, rule_id="b", spans=(Span("title", 6, 11),)),
            pending(
                3, article_id=3, story_id=1, rule_id="b", published=NOON + timedelta(1), spans=(Span("title", 12, 20),)
            ),
        ]
    )
    assert told.spans == (Span("title", 0, 5), Span("title", 6, 11))


crowds = st.lists(
    st.builds(
        lambda story, rule, feed, weight, late: {
            "story_id": story, "rule_id": rule, "rule_title": rule.upper(), "feed_id": feed, "weight": weight, "published": ago(late),
        },
        st.integers(1, 4), st.sampled_from("abc"), st.sampled_from(["wire", "times"]), st.integers(1, 3), st.integers(0, 100),
    ),
    max_size=12,
).map(lambda rows: [pending(number, **row) for number, row in enumerate(rows, 1)])  # fmt: skip


@given(crowd=crowds, seed=st.randoms(use_true_random=False))
def test_every_match_is_in_one_story_and_the_order_of_arrival_changes_nothing(
    crowd: list[PendingMatch], seed: Random
) -> None:
    told = tellings(crowd)
    inside = [match.match_id for each in told for group in each.by_rule for match in group]
    assert sorted(inside) == [each.match_id for each in crowd]
    assert {each.story_id for each in told} == {each.story_id for each in crowd}
    shuffled = list(crowd)
    seed.shuffle(shuffled)
    assert tellings(shuffled) == told
