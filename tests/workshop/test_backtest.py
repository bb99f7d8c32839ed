"""A rule tried on the past: everything is counted once, days are the reader's, and two versions are told apart."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.digest import DigestSpec
from monitor.core.model import Distinct, Document, Wave
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.workshop.backtest import Findings, Trial
from monitor.workshop.noise import doubt
from monitor.workshop.past import Past
from tests.clock import MONDAY
from tests.core.match.strategies import DOCUMENTS, rules
from tests.core.match.twin import brute_force

HOUR = timedelta(hours=1)
FERRY = Rule("ferries", parse("ferry"), deliver=("instant",), path="rules/a.yaml", line=3)
INSTANT = {"instant": DigestSpec("instant", ("outbox",))}


def past(number: int, title: str, at: datetime | None = None, **more: object) -> Past:
    seen = at or MONDAY + number * HOUR
    made = Past(number, Document(title), "harbour", seen, seen, story=number)
    return replace(made, **more)  # type: ignore[arg-type]


def tried(
    some: Iterable[Past], rule: Rule = FERRY, before: Rule | None = None, most: int = 3, zone: str = "UTC"
) -> Findings:
    trial = Trial(rule, before, ZoneInfo(zone), most)
    for each in some:
        trial.look(each)
    return trial.findings(trial.read, None, None, INSTANT)


def test_hits_stories_and_outlets_are_counted() -> None:
    found = tried(
        [past(1, "Ferry"), past(2, "Ferry", story=1), past(3, "Ferry", outlet="valley"), past(4, "Train"), past(5, "ferry")]
    )  # fmt: skip
    assert (found.articles, found.read, found.matches, found.stories) == (5, 5, 4, 3)
    assert found.outlets == (("harbour", 3), ("valley", 1))
    assert found.forecasts[0].editions == 3


def test_samples_are_the_newest_stories_each_by_its_first_copy() -> None:
    found = tried([past(number, "Ferry", story=number // 2) for number in range(10)])
    assert [each.number for each in found.samples] == [8, 6, 4]
    assert [span.end for span in found.samples[0].spans] == [5]


def test_a_day_is_the_readers_day() -> None:
    late = MONDAY.replace(hour=23, minute=30)
    found = tried([past(1, "Ferry", MONDAY), past(2, "Ferry", late)], zone="Europe/Vienna")
    assert found.chart
    assert (found.chart.first, found.chart.counts) == (date(2026, 3, 2), (1, 1))


def test_what_no_daemon_would_have_told_is_found_and_not_forecast() -> None:
    old = past(1, "Ferry", published=MONDAY - timedelta(days=30))
    first_sight = past(2, "Ferry", silent=True)
    found = tried([old, first_sight, past(3, "Ferry")])
    assert (found.matches, found.forecasts[0].editions) == (3, 1)


def test_outlets_of_an_aggregator_are_told_apart_and_a_heavier_feed_has_a_story_told_once_more() -> None:
    wave = replace(FERRY, when=Wave(2, HOUR, Distinct.SOURCE))
    papers = [past(each, "Ferry", MONDAY + each * HOUR / 2, publisher=f"Paper {each}") for each in (1, 2)]
    assert tried(papers, wave).forecasts[0].editions == 1
    assert tried([replace(each, publisher="Paper") for each in papers], wave).forecasts[0].editions == 0
    (found,) = tried([past(1, "Ferry"), past(2, "Ferry", story=1), past(3, "Ferry", story=1, weight=5)]).forecasts
    assert (found.editions, found.told_again) == (2, 1)


def test_articles_without_a_time_are_found_and_have_no_day() -> None:
    found = tried([past(1, "Ferry", seen_at=None, published=None)])
    assert (found.matches, found.chart, found.forecasts) == (1, None, ())


def test_an_edited_rule_is_told_from_the_version_before() -> None:
    before = replace(FERRY, query=parse("ferry OR boat"), version="before")
    after = replace(FERRY, query=parse("ferry OR ship"), version="after")
    found = tried(
        [past(1, "Ferry"), past(2, "Boat"), past(3, "Ship"), past(4, "Ship"), past(5, "Train")], after, before
    )
    changed = found.difference
    assert changed
    assert (found.matches, changed.before, changed.gained, changed.lost) == (3, 2, 2, 1)
    assert [each.number for each in changed.new] == [4, 3]
    assert [each.number for each in changed.gone] == [2]
    assert changed.gone[0].spans


@settings(max_examples=60, deadline=None)
@given(rules(most=2), st.lists(DOCUMENTS, max_size=8))
def test_the_difference_is_that_of_the_two_sets_of_hits(some: list[Rule], documents: list[Document]) -> None:
    after, before = (replace(each, id="rule") for each in (some[0], some[-1]))
    now, then = (
        {number for number, each in enumerate(documents) if brute_force([rule], each)} for rule in (after, before)
    )
    found = tried([past(number, "", document=each) for number, each in enumerate(documents)], after, before, most=100)
    assert found.difference
    assert (found.matches, found.difference.before) == (len(now), len(then))
    assert {each.number for each in found.difference.new} == now - then
    assert {each.number for each in found.difference.gone} == then - now


def test_a_rule_that_matches_more_than_one_in_twenty_is_noise() -> None:
    told = doubt(FERRY, replace(tried([]), articles=1000, matches=51), "the archive in the last 7 days")
    assert str(told) == (
        "rules/a.yaml:3: warning[PW401]: rule 'ferries' has matched 5 % of the archive in the last 7 days "
        "(ask for more words, or for words near each other)"
    )
    assert doubt(FERRY, replace(tried([]), articles=1000, matches=50), "the archive") is None


def test_a_share_of_few_articles_says_nothing() -> None:
    assert doubt(FERRY, replace(tried([]), articles=199, matches=199), "the archive") is None


def test_a_rule_without_a_hit_is_doubted_where_there_was_something_to_find() -> None:
    told = doubt(replace(FERRY, path="", line=0), replace(tried([]), articles=3), "news.jsonl")
    assert str(told) == "warning[PW403]: the query has matched nothing in news.jsonl"
    assert doubt(FERRY, tried([]), "news.jsonl") is None
