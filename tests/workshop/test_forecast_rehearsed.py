"""What a forecast counts is what a rehearsal tells, which goes through the daemon's own store, planner and deliveries."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.articles import article, document
from monitor.core.digest import DigestSpec, QuietHours, Rate, Schedule
from monitor.core.match import Matcher
from monitor.core.model import Distinct, Entry, Feed, Silence, Spike, Wave
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.workshop.forecast import Alert, Forecast, forecast
from monitor.workshop.rehearsal import PATIENCE, TICK, Coming, Rehearsal, Told
from tests.clock import MONDAY

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FEEDS = [
    Feed(name, f"https://{name}.example/feed", weight=weight)
    for name, weight in (("a", 1), ("b", 1), ("c", 2), ("d", 7))
]
QUIET = QuietHours("noon", Schedule.at("08:40"), Schedule.at("10:05"), "UTC")
DIGESTS = {
    each.id: each
    for each in (
        DigestSpec("instant", ("desk",), wait=2 * MINUTE, again=20 * MINUTE),
        DigestSpec("at-once", ("desk",), wait=timedelta(0), again=timedelta(0)),
        DigestSpec("slow", ("desk",), wait=MINUTE, max_rate=Rate(2, 40 * MINUTE), again=MINUTE),
        DigestSpec("quiet", ("desk",), wait=MINUTE, quiet=(QUIET,)),
        DigestSpec("hourly", ("desk",), schedule=Schedule("0 * * * *")),
    )
}
RULE = Rule("ferry", parse("ferry"), deliver=tuple(DIGESTS), version="1")
RULES = [
    RULE,
    replace(RULE, cooldown=25 * MINUTE),
    replace(RULE, when=Wave(3, 20 * MINUTE)),
    replace(RULE, when=Wave(2, 30 * MINUTE, Distinct.SOURCE), cooldown=HOUR),
    replace(RULE, when=Spike(0.01, 30 * MINUTE, at_least=2)),
    replace(RULE, when=Silence(45 * MINUTE)),
]
#: When, in minutes, which story comes in which feed.
News = Sequence[tuple[int, int, int]]


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    with Rehearsal(DIGESTS) as rehearsal:
        yield rehearsal


def coming(news: News) -> Iterator[Coming]:
    matcher = Matcher([RULE])
    for minute, story, feed in news:
        at = MONDAY + minute * MINUTE
        entry = Entry(f"Ferry {story}", guid=str(story), url=f"https://news.example/{story}", published=at)
        made = article(entry, FEEDS[feed].id, at)
        yield Coming(made, FEEDS[feed], tuple(matcher.match(document(made, FEEDS[feed]))))


def foretold(rule: Rule, spec: DigestSpec, news: News) -> Forecast:
    alerts = [Alert(story, MONDAY + at * MINUTE, FEEDS[feed].id, FEEDS[feed].weight) for at, story, feed in news]
    return forecast(spec, rule, alerts, alerts[0].at - TICK, alerts[-1].at + PATIENCE)


def counted(told: Sequence[Told]) -> tuple[int, float]:
    return len(told), median(each.items for each in told) if told else 0


@pytest.mark.parametrize("rule", RULES, ids=["plain", "cooldown", "wave", "wave of outlets", "spike", "silence"])
@settings(max_examples=6, deadline=None)
@given(
    news=st.lists(
        st.tuples(st.integers(0, 180), st.integers(1, 5), st.integers(0, 3)),
        min_size=1,
        max_size=14,
        unique_by=lambda each: each[1:],
    )
)
def test_a_forecast_is_what_a_rehearsal_tells(rehearsal: Rehearsal, rule: Rule, news: News) -> None:
    in_order = sorted(news)
    told = rehearsal.play(rule, list(coming(in_order)))
    for spec in DIGESTS.values():
        found = foretold(rule, spec, in_order)
        assert (found.editions, found.stories) == counted([each for each in told if each.digest == spec.id]), spec.id


def test_a_story_is_told_once_more_where_a_heavier_feed_has_it(rehearsal: Rehearsal) -> None:
    news = [(0, 1, 0), (5, 1, 1), (30, 1, 2), (50, 1, 3)]
    told = rehearsal.play(RULE, list(coming(news)))
    found = foretold(RULE, DIGESTS["instant"], news)
    assert [each.at.minute for each in told if each.digest == "instant"] == [2, 32]
    assert (found.editions, found.told_again) == (2, 1)
