"""`presswatch backtest` tells what a rule would have found and sent, from the archive or from a file."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from monitor.app.rules import keep
from monitor.cli import findings
from monitor.core.digest import DigestSpec, Schedule
from monitor.core.model import Article, Document
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.core.stories import story_keys
from monitor.store import Store, Tx, articles, feeds, rule_versions, stories
from monitor.workshop.archived import Stretch
from monitor.workshop.backtest import Trial
from monitor.workshop.in_force import InForce
from monitor.workshop.past import Past
from monitor.workshop.trying import Tried
from tests.cli.conftest import Run
from tests.clock import MONDAY
from tests.store.newsroom import HARBOUR, VALLEY, WINDOW, article, polled

HERE = Path(__file__).parent
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CONFIG = """
[[feeds]]
id = "harbour"
url = "https://harbour.example/feed"
[[feeds]]
id = "valley"
url = "https://valley.example/feed"
[digests.instant]
[digests.morning]
at = "07:00"
"""
RULES = """
lists:
  boats: [ferry, boat]
rules:
  - id: ferries
    match: ferry
    deliver: [instant, morning]
"""
Storing = Callable[..., None]


@pytest.fixture
def url(folder: Path, sqlite_url: str) -> str:
    """The address of the database of a house with two feeds and one rule."""
    (folder / "config.toml").write_text(f'{CONFIG}[database]\nurl = "{sqlite_url}"\n')
    (folder / "rules").mkdir()
    write(RULES)
    return sqlite_url


@pytest.fixture
def storing(url: str) -> Storing:
    """Put articles into the archive, and first do in the same transaction what `before` does."""

    def store(*found: Article, before: Callable[[Tx], object] = lambda _: None) -> None:
        with Store(url) as opened:
            opened.open()
            with opened.transaction() as tx:
                feeds.sync(tx, [HARBOUR, VALLEY])
                before(tx)
                for each in sorted(found, key=lambda each: each.seen_at):
                    ids = articles.save(tx, [each])
                    stories.assign(tx, {ids[each.key]: each}, WINDOW)

    return store


def write(text: str) -> None:
    Path("rules/r.yaml").write_text(text, encoding="utf-8")


def news(number: int, title: str, *, ago: timedelta, feed: str = "harbour", body: str = "") -> Article:
    """An article that came in so long ago."""
    seen = datetime.now(UTC) - ago
    keys = story_keys(title, "", body, "", seen)
    return article(str(number), feed, title=title, body=body, seen_at=seen, story_keys=keys)


def some_news() -> list[Article]:
    return [
        news(1, "Ferry opens", ago=20 * DAY),
        news(2, "Ferry strikes", ago=10 * DAY),
        news(3, "Boat race", ago=3 * DAY),
        news(4, "Ferry ends strike", ago=2 * DAY, feed="valley"),
        news(5, "Trains run", ago=2 * DAY),
        news(6, "Old ferry", ago=40 * DAY),
    ]


def told(run: Run, *arguments: str) -> dict[str, object]:
    result = run("backtest", *arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_before_the_first_run_there_is_no_database(run: Run, folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG)
    result = run("backtest", "--query", "ferry")
    assert result.exit_code == 69
    assert "there is none at" in result.stderr


def test_the_last_thirty_days_of_the_archive_are_asked(run: Run, storing: Storing) -> None:
    storing(*some_news())
    found = told(run, "ferries")
    assert (found["articles"], found["matches"], found["stories"], found["read"]) == (5, 3, 3, 3)
    assert found["top"] == [{"source": "Harbour News", "matches": 2}, {"source": "valley", "matches": 1}]
    assert isinstance(found["per_day"], list)
    assert sum(each["matches"] for each in found["per_day"]) == 3
    assert isinstance(found["samples"], list)
    assert [each["title"] for each in found["samples"]] == ["Ferry ends strike", "Ferry strikes", "Ferry opens"]
    assert isinstance(found["forecast"], list)
    assert [(each["digest_id"], each["editions"]) for each in found["forecast"]] == [("instant", 3), ("morning", 3)]


def test_the_screen_says_it_in_words(run: Run, storing: Storing) -> None:
    storing(*some_news())
    result = run("backtest", "ferries", "--since", "12d", "--samples", "1")
    first, bars, forecast, sample = result.stdout.splitlines()
    assert re.fullmatch(r"4 articles in \d+\.\d s · matches 2 · 2 stories after grouping", first)
    assert re.fullmatch(r"\w{3} [█· ]+ \w{3} {8}top: Harbour News 1 · valley 1", bars)
    assert bars.count("█") == 2
    assert forecast.startswith(
        "would have sent: 2 alerts, 0.2 a day, at most 1 in one hour · 2 morning digests (median 1 story)"
    )
    assert re.fullmatch(r"  \d{4}-\d\d-\d\d \[Ferry\] ends strike +valley", sample)


def test_it_says_how_far_the_archive_reaches(run: Run, storing: Storing) -> None:
    storing(*some_news())
    assert "the archive is whole only since" not in run("backtest", "ferries").stdout
    line = run("backtest", "ferries", "--since", "60d").stdout.splitlines()[1]
    assert re.fullmatch(r"the archive is whole only since \d{4}-\d\d-\d\d: 40 of the 60 days asked for", line)


def test_an_archive_of_today_has_less_than_one_day(run: Run, storing: Storing) -> None:
    storing(news(1, "Ferry opens", ago=timedelta(minutes=5)))
    line = run("backtest", "ferries").stdout.splitlines()[1]
    assert line.endswith(": less than one of the 30 days asked for")


def test_what_matched_before_the_articles_around_it_were_deleted_does_not_count(run: Run, storing: Storing) -> None:
    storing(*some_news())
    with Path("config.toml").open("a") as file:
        file.write('retention = { articles = "15d" }\n')
    found = told(run, "ferries")
    assert (found["articles"], found["matches"]) == (4, 2)


def test_the_first_sight_of_a_feed_rings_for_nobody(run: Run, storing: Storing) -> None:
    def read_since(tx: Tx) -> None:
        for claim in feeds.claim(tx, 10, HOUR):
            polled(tx, claim, tx.now + DAY)

    storing(news(1, "Ferry opens", ago=DAY), before=read_since)
    found = told(run, "ferries")
    assert found["matches"] == 1
    assert isinstance(found["forecast"], list)
    assert [each["editions"] for each in found["forecast"]] == [0, 0]


def test_an_edited_rule_is_held_against_the_files_in_force(run: Run, storing: Storing) -> None:
    storing(*some_news())
    keep([Path("rules/r.yaml")], Path("data/rules-in-force"))
    write(RULES.replace("match: ferry", "match: $boats NOT (strike OR strikes)"))
    result = run("backtest", "ferries", "--diff")
    lines = result.stdout.splitlines()
    assert re.fullmatch(r"5 articles in .* · matches 2 \(was 3: \+1 −2\) · 2 stories after grouping", lines[0])
    assert lines[1] == "compared with the version in force"
    assert [re.sub(r"\d{4}-\d\d-\d\d", "DATE", each) for each in lines[-3:]] == [
        f"+ DATE {'[Boat] race':<62}Harbour News",
        f"− DATE {'[Ferry] ends strike':<62}valley",
        f"− DATE {'[Ferry] strikes':<62}Harbour News",
    ]


@pytest.mark.parametrize("query", ["/[Bb]oat/", "author:*report*", "NOT ferry OR boat", "ferry"])
def test_whatever_the_versions_ask_for_nothing_of_either_is_missed(run: Run, storing: Storing, query: str) -> None:
    storing(*some_news())
    keep([Path("rules/r.yaml")], Path("data/rules-in-force"))
    write(RULES.replace("match: ferry", f"match: '{query}'"))
    alone, compared = told(run, "ferries"), told(run, "ferries", "--diff")
    assert alone["matches"] == compared["matches"]
    assert isinstance(compared["difference"], dict)
    assert compared["difference"]["before"] == 3


def test_a_rule_that_is_as_it_is_in_force_makes_no_difference(run: Run, storing: Storing) -> None:
    storing(*some_news())
    keep([Path("rules/r.yaml")], Path("data/rules-in-force"))
    lines = run("backtest", "ferries", "--diff").stdout.splitlines()
    assert "matches 3 (was 3: +0 −0)" in lines[0]
    assert lines[1] == "compared with the version in force, which is the same"


def test_without_the_files_the_database_knows_the_query(run: Run, storing: Storing) -> None:
    in_force = Rule("ferries", parse("ferry OR train*"), version="v1", deliver=("instant",))
    storing(*some_news(), before=lambda tx: rule_versions.record(tx, [in_force]))
    found = told(run, "ferries", "--diff")
    assert isinstance(found["difference"], dict)
    assert (found["difference"]["before"], found["difference"]["lost"]) == (4, 1)
    assert re.fullmatch(
        r"compared with the version in the database of \d{4}-\d\d-\d\d, with the languages and sources of today",
        str(found["comparison"]),
    )


def test_a_rule_that_nobody_works_with_is_compared_with_nothing(run: Run, storing: Storing) -> None:
    storing(*some_news())
    assert (
        "nothing to compare with: no daemon has worked with the rule yet" in run("backtest", "ferries", "--diff").stdout
    )
    keep([Path("rules/r.yaml")], Path("data/rules-in-force"))
    write(RULES.replace("id: ferries", "id: boats"))
    assert "nothing to compare with: the rule is not in force yet" in run("backtest", "boats", "--diff").stdout


def test_a_query_is_tried_like_a_rule_and_may_use_lists(run: Run, storing: Storing) -> None:
    storing(*some_news())
    assert told(run, "--query", "$boats AND NOT strike*")["matches"] == 2
    result = run("backtest", "--query", "(ferry")
    assert (result.exit_code, "PW121" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Give the id of a rule, or a query with --query."),
        (("ferries", "--query", "ferry"), "Give the id of a rule, or a query with --query, not both."),
        (("--query", "ferry", "--diff"), "A query has no version in force: --diff is for rules."),
        (("ferry",), "there is no rule 'ferry'; did you mean 'ferries'?"),
    ],
)
def test_wrong_usage_is_told(run: Run, url: str, arguments: tuple[str, ...], message: str) -> None:
    result = run("backtest", *arguments)
    assert (result.exit_code, message in result.stderr) == (2, True)


def test_noise_and_silence_are_warned_of(run: Run, storing: Storing) -> None:
    storing(*(news(number, "Ferry news", ago=HOUR * number / 2) for number in range(400)))
    result = run("backtest", "ferries", "--since", "7d")
    assert "warning[PW401]: rule 'ferries' has matched 100 % of the archive in the last 7 days" in result.stderr
    assert "--> rules/r.yaml:5" in result.stderr
    assert run("backtest", "--query", "zeppelin").stderr == (
        "warning[PW403]: the query has matched nothing in the archive in the last 8 days\n"
    )
    assert run("explain-code", "PW401").exit_code == 0


@pytest.mark.parametrize(
    ("length", "words"), [(30 * DAY, "30 days"), (HOUR, "1 hour"), (HOUR / 4, "15 minutes"), (HOUR / 60, "1 minute")]
)
def test_a_stretch_of_time_is_told_in_the_unit_that_fits(length: timedelta, words: str) -> None:
    assert findings.span(length) == words


def test_a_regular_expression_that_runs_away_is_given_up(run: Run, storing: Storing) -> None:
    storing(*(news(number, f"Day {number}", ago=HOUR * number, body="a" * 5_000 + "b") for number in range(1, 25)))
    result = run("backtest", "--query", "/(a|aa)+$/")
    assert "a regular expression ran out of time in 20 articles; the rest was not read" in result.stdout


@pytest.fixture
def file(url: str) -> Path:
    """A file of articles, one line of which is none."""
    said = [
        {"title": "Ferry opens", "seen": "2026-03-02T08:00:00Z", "source": "harbour"},
        {"title": "Ferry opens late", "seen": "2026-03-02T09:00:00Z", "source": "valley"},
        {"title": "Trains run", "seen": "2026-03-04T09:00:00Z"},
        {"title": "Undated ferry"},
    ]
    path = Path("news.jsonl")
    path.write_text("\n".join([*map(json.dumps, said), "oops", ""]), encoding="utf-8")
    return path


def test_a_file_stands_for_the_archive(run: Run, file: Path) -> None:
    result = run("backtest", "ferries", "--data", str(file))
    assert result.exit_code == 1
    assert result.stderr == "news.jsonl:5: is not JSON: expecting value at column 1\n"
    lines = result.stdout.splitlines()
    assert re.fullmatch(r"4 articles in \d+\.\d s · matches 3 · 3 stories after grouping", lines[0])
    assert lines[1:] == [
        "Mon █·· Wed        top: no source 1 · harbour 1 · valley 1",
        "would have sent: 2 alerts, 1 a day, at most 2 in one hour · 1 morning digest (median 2 stories)",
        f"             {'Undated [ferry]'}",
        f"  2026-03-02 {'[Ferry] opens late':<62}valley",
        f"  2026-03-02 {'[Ferry] opens':<62}harbour",
    ]


def test_the_weights_of_the_configuration_count_for_a_file_too(run: Run, file: Path) -> None:
    config = Path("config.toml").read_text()
    Path("config.toml").write_text(config.replace('id = "valley"', 'id = "valley"\nweight = 5'))
    told = [
        ("harbour", "2026-03-02T08:00:00Z"),
        ("harbour", "2026-03-02T09:00:00Z"),
        ("valley", "2026-03-02T12:00:00Z"),
    ]
    words = " ".join(f"word{number}" for number in range(30))
    lines = [{"title": "Ferry opens", "body": words, "source": source, "seen": at} for source, at in told]
    file.write_text("\n".join(map(json.dumps, lines)))
    assert (
        "2 alerts, 2 a day, at most 1 in one hour, 1 story told once more"
        in run("backtest", "ferries", "--data", str(file)).stdout
    )


def test_a_rule_of_silence_counts_how_often_it_was_silent(run: Run, storing: Storing) -> None:
    storing(*some_news())
    write(RULES.replace("deliver:", "when: {silent: 7d}\n    deliver:"))
    assert [line for line in run("backtest", "ferries").stdout.splitlines() if "would" in line] == [
        "would have sent: 3 silences · 3 morning silences"
    ]


def test_of_a_file_too_the_last_days_can_be_asked(run: Run, file: Path) -> None:
    now = datetime.now(UTC).isoformat()
    file.write_text(
        f'{{"title": "Ferry", "seen": "{now}"}}\n{{"title": "Ferry", "seen": "2001-01-01"}}\n{{"title": "Ferry"}}\n'
    )
    assert told(run, "ferries", "--data", str(file), "--since", "7d")["matches"] == 1


TITLES = (
    (4, 0, "Ferry to the islands leaves on time"),
    (17, 3, "Boat race on the lake"),
    (61, 5, "Tunnel to the islands closed for the night"),
)
"""Every so many articles, at which of them, have which title."""


def a_month() -> Tried:
    """A rule tried on thirty made-up days, against a version that asked for less."""
    trial = Trial(
        Rule("ferries", parse("ferry OR boat"), deliver=("instant", "morning")),
        Rule("ferries", parse("ferry OR tunnel"), deliver=("instant",)),
        ZoneInfo("Europe/Vienna"),
        3,
    )
    for number in range(400):
        title = next((told for every, at, told in TITLES if number % every == at), "Trains run as ever")
        seen = MONDAY + timedelta(hours=number * 1.7 + 6 * (number % 7))
        document = Document(title, body="Trains. A boat is lifted by a crane onto the quay." if number == 398 else "")
        trial.look(Past(number, document, ("harbour", "valley", "city")[number % 3], seen, seen, number // 2))
    specs = {
        "instant": DigestSpec("instant", ("outbox",)),
        "morning": DigestSpec("morning", ("outbox",), schedule=Schedule.at("07:00"), zone="Europe/Vienna"),
    }
    since, until = MONDAY, MONDAY + 30 * DAY
    found = trial.findings(1234, since, until, specs)
    return Tried(
        found, InForce(None, "compared with the version in force"), Stretch(since, until, 1234, 400, 45 * DAY, 30 * DAY)
    )


@pytest.mark.parametrize("kind", ["compared", "alone"])
def test_the_screen_looks_as_it_should(kind: str) -> None:
    tried = a_month()
    if kind == "alone":
        tried = replace(tried, found=replace(tried.found, difference=None), against=None, stretch=None)
    shown = click.unstyle("\n".join(findings.lines(tried, 0.93, ZoneInfo("Europe/Vienna")))) + "\n"
    assert shown == (HERE / "golden" / f"backtest.{kind}").read_text(encoding="utf-8")
    assert max(len(line) for line in shown.splitlines()) <= 100
