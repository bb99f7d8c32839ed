"""Scenarios are read with their times, and let through the gates of their rule as examples are."""

from datetime import datetime

import pytest

from monitor.rulebook.scenarios import MOST_SCENARIOS, MOST_STEPS, Scenario
from tests.rulebook.conftest import Loads, Told

RULE = "rules:\n  - id: a\n    match: Witkoff\n    deliver: [instant, morning]\n"
BLOCK = """\
    scenarios:
      - name: late first
        articles:
          - at: 2026-11-23 10:10
            source: anybody
            title: Second
            tags: [talks]
          - {at: "2026-11-23 10:00", source: reuters-world, title: First, body: Text., author: Ann, language: en, url: "https://x.example/1"}
        expect:
          - {at: "2026-11-24 07:00", digest: morning}
          - at: 2026-11-23 10:10
            digest: instant
            items: 12
"""


def only(loads: Loads, text: str) -> Scenario:
    (draft,) = loads(text).drafts
    (scenario,) = draft.scenarios
    return scenario


def test_articles_and_editions_come_in_order_of_time_however_they_are_written(loads: Loads) -> None:
    scenario = only(loads, RULE + BLOCK)
    assert [(each.at, each.document.title) for each in scenario.arrivals] == [
        (datetime(2026, 11, 23, 10, 0), "First"),  # noqa: DTZ001
        (datetime(2026, 11, 23, 10, 10), "Second"),  # noqa: DTZ001
    ]
    assert [(each.digest, each.items) for each in scenario.expected] == [("instant", 12), ("morning", None)]


def test_an_article_may_come_from_any_feed_and_has_the_tags_of_one_that_is_configured(loads: Loads) -> None:
    first, second = only(loads, RULE + BLOCK).arrivals
    assert (first.document.source, first.document.source_tags) == ("reuters-world", ("wire", "world"))
    assert (second.document.source, second.document.source_tags) == ("anybody", ())


@pytest.mark.parametrize("sources", ["[bbc-world]", '["tag:wire"]', '["*.gov.ua"]'])
def test_an_article_without_a_source_comes_from_one_that_the_rule_looks_at(loads: Loads, sources: str) -> None:
    text = RULE + f"    sources: {sources}\n    languages: [uk]\n    scenarios:\n"
    rulebook = loads(text + '      - {name: x, articles: [{at: "2026-11-23 10:00", title: Witkoff}], expect: []}\n')
    (arrival,) = rulebook.drafts[0].scenarios[0].arrivals
    assert len(rulebook.matcher.match(arrival.document)) == 1
    assert arrival.document.language == "uk"


def test_there_are_bounds_to_scenarios_and_to_their_articles(told: Told) -> None:
    article = '{at: "2026-11-23 10:00", title: x}'
    many = f"      - {{name: x, articles: [{', '.join([article] * (MOST_STEPS + 1))}], expect: []}}\n"
    (line,) = told(RULE + "    scenarios:\n" + many)
    assert line.endswith(f"error[PW106]: 'articles' has more than {MOST_STEPS} entries (make several of it)")
    one = f"      - {{name: x, articles: [{article}], expect: []}}\n"
    (line,) = told(RULE + "    scenarios:\n" + one * (MOST_SCENARIOS + 1))
    assert line.endswith(f"error[PW106]: 'scenarios' has more than {MOST_SCENARIOS} entries (make several of it)")


def test_faulty_scenarios_keep_their_rule_out_of_force(told: Told) -> None:
    assert len(told(RULE + BLOCK.replace("digest: morning", "digest: evening"))) == 1
