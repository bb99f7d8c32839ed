"""A rule whose regular expression runs away is stopped, and costs no other rule anything."""

from monitor.core.match import Matcher
from monitor.core.model import Article, Feed
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.pipeline import Setup
from monitor.pipeline.matching import WINDOW, Lookout
from tests.clock import ManualClock

FEED = Feed("coast", "https://coast.example/feed")
RULES = (Rule("runaway", parse("/(a|aa)+$/")), Rule("ferry", parse("ferry")))


def setup() -> Setup:
    return Setup({}, RULES, Matcher(RULES), {}, {})


def article(text: str) -> Article:
    now = ManualClock().now
    return Article("coast", text, "", "Ferry", text, "", "", "", (), now, now, "h")


HOSTILE = article("a" * 60 + "!")
HARMLESS = article("aaa")


def matched(lookout: Lookout, *articles: Article) -> list[list[str]]:
    return [[hit.rule.id for hit in found.hits] for found in lookout.find(articles, FEED)]


def test_a_rule_that_runs_out_of_time_three_times_is_switched_off_until_the_next_load() -> None:
    setups = [setup()]
    lookout = Lookout(lambda: setups[-1])
    assert matched(lookout, HARMLESS) == [["runaway", "ferry"]]
    assert matched(lookout, HOSTILE, HOSTILE) == [["ferry"]] * 2
    assert lookout.switched_off() == ()
    assert matched(lookout, HOSTILE, HARMLESS) == [["ferry"]] * 2
    assert lookout.switched_off() == ("runaway",)
    setups.append(setup())
    assert lookout.switched_off() == ()
    assert matched(lookout, HARMLESS) == [["runaway", "ferry"]]


def test_a_rule_that_runs_out_of_time_now_and_then_stays() -> None:
    now = [0.0]
    in_force = setup()
    lookout = Lookout(lambda: in_force, lambda: now[0])
    for _ in range(4):
        matched(lookout, HOSTILE)
        now[0] += WINDOW
    assert matched(lookout, HARMLESS) == [["runaway", "ferry"]]
