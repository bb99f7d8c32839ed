"""Scenarios are told as the daemon would tell them: by its own planner, whatever the clocks do."""

from collections.abc import Iterator

import pytest

from monitor.core.match import Matcher
from monitor.workshop.rehearsal import Rehearsal, Told
from monitor.workshop.scenarios import Stage
from tests.workshop.conftest import NEWSROOM, Examines

LONG = "The two sides met for the third time this week and spoke about the ferry for more than nine hours before they left."


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    with Rehearsal(NEWSROOM.digests) as opened:
        yield opened


class Played:
    """Plays a rule with one scenario, written as its articles and what it expects."""

    def __init__(self, examines: Examines, rehearsal: Rehearsal) -> None:
        self._examines = examines
        self._rehearsal = rehearsal

    def told(self, deliver: str, articles: str, expect: str = "[]") -> list[str]:
        return [f"{each.at:%d %H:%M} {each.digest} {each.items}" for each in self._play(deliver, articles, expect)[1]]

    def fault(self, deliver: str, articles: str, expect: str = "[]") -> str:
        stage, told, matches = self._play(deliver, articles, expect)
        return str(stage.fault(told, matches=matches) or "")

    def _play(self, deliver: str, articles: str, expect: str) -> tuple[Stage, list[Told], bool]:
        text = f"""\
rules:
  - id: ferry
    match: ferry
    deliver: [{deliver}]
    scenarios:
      - name: it sails
        articles: [{articles}]
        expect: {expect}
"""
        found = self._examines(text)
        assert found.errors == ()
        draft = found.rulebook.drafts[0]
        stage = Stage(draft.scenarios[0], NEWSROOM)
        hits = stage.hits(Matcher([draft.rule]), draft.rule)
        return stage, stage.told(hits, draft.rule, self._rehearsal), any(hits)


@pytest.fixture
def played(examines: Examines, rehearsal: Rehearsal) -> Played:
    return Played(examines, rehearsal)


def at(time: str, title: str = "A ferry", source: str = "a", body: str = "", more: str = "") -> str:
    text = f", body: {body}" if body else ""
    return f'{{at: "2026-{time}", source: {source}, title: {title}{text}{more}}}'


def test_an_alert_goes_out_in_the_minute_of_its_article(played: Played) -> None:
    assert played.told("instant", at("11-23 10:00")) == ["23 10:00 instant 1"]


def test_each_digest_tells_by_its_own_clock(played: Played) -> None:
    assert played.told("instant, morning, tokyo", at("11-23 10:00")) == [
        "23 10:00 instant 1",
        "24 07:00 tokyo 1",
        "24 07:00 morning 1",
    ]


def test_stories_are_collected_for_a_scheduled_digest(played: Played) -> None:
    articles = ", ".join(at("11-23 10:00", f"Ferry {number}") for number in "abc")
    assert played.told("morning", articles) == ["24 07:00 morning 3"]


def test_copies_of_one_story_are_told_once_and_late_ones_are_merged(played: Played) -> None:
    copies = [at(time, "A ferry", source, LONG) for time, source in (("11-23 10:00", "a"), ("11-23 10:00", "b"))]
    late = at("11-23 11:00", "A ferry", "c", LONG)
    assert played.told("instant", ", ".join([*copies, late])) == ["23 10:00 instant 1"]


def test_the_same_article_of_the_same_feed_is_no_news(played: Played) -> None:
    assert played.told("instant", at("11-23 10:00") + ", " + at("11-23 12:00")) == ["23 10:00 instant 1"]


def test_an_article_that_changes_and_only_then_matches_is_told_then(played: Played) -> None:
    page = ', url: "https://a.example/1"'
    articles = f"{at('11-23 10:00', 'A boat', more=page)}, {at('11-23 12:00', 'A ferry', more=page)}"
    assert played.told("instant", articles) == ["23 12:00 instant 1"]


def test_what_is_over_the_rate_goes_out_together_when_it_allows(played: Played) -> None:
    articles = ", ".join(at(f"11-23 10:{minute}", f"Ferry {minute}") for minute in ("00", "10", "20", "30"))
    assert played.told("slow", articles) == ["23 10:00 slow 1", "23 10:10 slow 1", "23 11:00 slow 2"]


def test_an_article_that_does_not_match_is_not_told(played: Played) -> None:
    assert played.told("instant, morning", at("11-23 10:00", "A boat")) == []
    assert played.fault("instant, morning", at("11-23 10:00", "A boat")) == ""


def test_a_rule_that_delivers_nowhere_tells_nothing(played: Played) -> None:
    assert played.told("", at("11-23 10:00")) == []


def test_a_digest_that_comes_later_than_eight_days_on_is_not_waited_for(played: Played) -> None:
    assert played.told("monthly", at("11-28 10:00")) == ["01 07:00 monthly 1"]
    assert played.told("monthly", at("11-02 10:00")) == []


def test_articles_days_apart_are_told_each_in_its_edition(played: Played) -> None:
    assert played.told("morning", at("11-02 10:00", "Ferry a") + ", " + at("11-23 10:00", "Ferry b")) == [
        "03 07:00 morning 1",
        "24 07:00 morning 1",
    ]


@pytest.mark.parametrize(
    ("article", "told"),
    [
        ("03-28 10:00", "29 03:00 night 1"),  # 02:30 does not exist on that night
        ("03-29 10:00", "30 02:30 night 1"),
        ("10-24 10:00", "25 02:30 night 1"),
        ("10-25 02:40", "26 02:30 night 1"),  # the second 02:30 of that night is the same slot
    ],
)
def test_a_slot_comes_once_where_clocks_change(played: Played, article: str, told: str) -> None:
    assert played.told("night", at(article)) == [told]


def test_hours_that_come_twice_are_told_in_the_order_they_come(played: Played) -> None:
    assert played.told("instant", at("10-25 01:50", "Ferry a") + ", " + at("10-25 03:10", "Ferry b")) == [
        "25 01:50 instant 1",
        "25 03:10 instant 1",
    ]


def test_a_scenario_whose_editions_come_as_expected_has_no_fault(played: Played) -> None:
    right = '[{at: "2026-11-23 10:00", digest: instant}, {at: "2026-11-24 07:00", digest: morning, items: 1}]'
    assert played.fault("instant, morning", at("11-23 10:00"), right) == ""


@pytest.mark.parametrize(
    ("expect", "column", "told"),
    [
        ('[{at: "2026-11-23 10:50", digest: instant}]', 18, "expects 2026-11-23 10:50 instant (got: 2026-11-23 10:00 instant (1))"),
        (
            '[{at: "2026-11-23 10:00", digest: instant, items: 2}]', 18,
            "expects 2026-11-23 10:00 instant (2) (got: 2026-11-23 10:00 instant (1))",
        ),
        ("[]", 15, "expects nothing (got: 2026-11-23 10:00 instant (1))"),
    ],
)  # fmt: skip
def test_a_fault_stands_at_what_is_wrong_and_shows_what_came(
    played: Played, expect: str, column: int, told: str
) -> None:
    line = 8 if column == 18 else 6
    assert (
        played.fault("instant", at("11-23 10:00"), expect)
        == f"rules.yaml:{line}:{column}: error[PW213]: scenario 'it sails' {told}"
    )


def test_the_first_edition_that_did_not_come_is_marked(played: Played) -> None:
    expect = '[{at: "2026-11-23 10:00", digest: instant}, {at: "2026-11-23 11:00", digest: instant}]'
    assert played.fault("instant", at("11-23 10:00"), expect).startswith("rules.yaml:8:61: error[PW213]")


def test_where_no_article_matches_it_is_said(played: Played) -> None:
    expect = '[{at: "2026-11-23 10:00", digest: instant}]'
    assert played.fault("instant", at("11-23 10:00", "A boat"), expect).endswith(
        "(got: nothing; the rule matches none of its articles)"
    )


def test_an_edition_before_the_first_article_cannot_be_expected(played: Played) -> None:
    expect = '[{at: "2026-11-23 09:00", digest: instant}]'
    assert played.fault("instant", at("11-23 10:00"), expect) == (
        "rules.yaml:8:18: error[PW214]: scenario 'it sails' expects an edition before anything has come"
        " (its first article comes at 2026-11-23 10:00 (Europe/Vienna))"
    )


def test_of_many_editions_those_from_the_first_difference_on_are_shown(played: Played) -> None:
    articles = ", ".join(at(f"11-23 {hour}:00", f"Ferry {hour}") for hour in range(10, 20))
    expect = ", ".join(
        f'{{at: "2026-11-23 {hour}:0{hour == 15:d}", digest: instant, items: 1}}' for hour in range(10, 20)
    )
    told = played.fault("instant", articles, f"[{expect}]")
    assert "expects … 2026-11-23 15:01 instant (1), 2026-11-23 16:00" in told
    assert "(got: … 2026-11-23 15:00 instant (1), 2026-11-23 16:00" in told


def test_a_scenario_is_not_played_again_for_the_same_matches(examines: Examines, rehearsal: Rehearsal) -> None:
    scenario = f"      - {{name: x, articles: [{at('11-23 10:00')}], expect: []}}\n"
    draft = examines(f"rules:\n  - id: ferry\n    match: ferry\n    scenarios:\n{scenario}").rulebook.drafts[0]
    stage = Stage(draft.scenarios[0], NEWSROOM)
    hits = stage.hits(Matcher([draft.rule]), draft.rule)
    assert stage.told(hits, draft.rule, rehearsal) is stage.told(hits, draft.rule, rehearsal)
