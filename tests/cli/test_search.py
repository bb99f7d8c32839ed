"""`presswatch search` finds in the archive what a rule would, and says so in a readable way."""

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.model import Article
from monitor.store import Store, articles, feeds
from tests.cli.conftest import Run
from tests.gates.repository import section
from tests.gates.repository import text as text_of
from tests.store.newsroom import HARBOUR, article

CONFIG = '[service]\ntimezone = "Europe/Vienna"\n'

LISTS = """
lists:
  boats: [ferry, "fishing boat*"]
rules:
  - id: boats
    match: $boats
"""

Storing = Callable[..., None]


@pytest.fixture
def url(folder: Path, sqlite_url: str) -> str:
    """The address of the database that config.toml names."""
    (folder / "config.toml").write_text(f'{CONFIG}[database]\nurl = "{sqlite_url}"\n')
    return sqlite_url


@pytest.fixture
def storing(url: str) -> Storing:
    """Put articles of one feed into the database."""

    def store(*found: Article, feed: str = "Harbour News") -> None:
        with Store(url) as opened:
            opened.open()
            with opened.transaction() as tx:
                feeds.sync(tx, [replace(HARBOUR, title=feed)])
                articles.save(tx, found)

    return store


def text(key: str, title: str, body: str = "", *, hours: int = 1) -> Article:
    """An article that was published and came in some hours ago."""
    return article(key, title=title, body=body, seen_at=datetime.now(UTC) - timedelta(hours=hours))


def titles(found: str) -> list[str]:
    return [each["title"] for each in json.loads(found)]


def test_before_the_first_run_it_says_that_there_is_no_database(run: Run, folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG)
    result = run("search", "ferry")
    assert result.exit_code == 69
    assert result.stderr.startswith("The database cannot be used: there is none at ")


def test_it_shows_when_where_and_in_what_words_it_was_said(run: Run, storing: Storing) -> None:
    published = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    opens = article(title="Ferry line opens", body="Nobody knew. The first ferry leaves at dawn.", seen_at=published)
    storing(opens, feed="Harbour \x1b[31mNews")
    result = run("search", "ferry")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:4] == [
        r"Mon 2026-03-02 09:00  Harbour \x1b[31mNews  #1",
        "  [Ferry] line opens",
        "  The first [ferry] leaves at dawn.",
        "  https://harbour.example/ferry-1",
    ]
    assert lines[5].startswith("1 found. (")


def test_the_search_in_the_documentation_finds_what_it_shows(run: Run, storing: Storing) -> None:
    shown = section(text_of("docs/workshop.md"), "What is in the archive?").split("```console\n")[1].split("```")[0]
    command, *expected = shown.splitlines()
    body = "Little is known. Yesterday the envoys said in Kyiv that security guarantees were not discussed."
    article = text("talks", "Kyiv asks for security guarantees", body)
    storing(*(text(f"k{number}", "Calm") for number in range(16)))
    storing(replace(article, published=datetime(2026, 3, 5, 7, 12, tzinfo=UTC)))
    found = run(*shlex.split(command.removeprefix("$ presswatch "))).stdout.splitlines()
    assert [re.sub(r"\(.*? s\)", "", each) for each in found] == [re.sub(r"\(.*? s\)", "", each) for each in expected]


def test_it_finds_what_a_rule_would_and_nothing_else(run: Run, storing: Storing) -> None:
    storing(text("a", "Ferry strike"), text("b", "Strike at the ferry"), text("c", "特使維特科夫訪問"))
    assert titles(run("search", "ferry strike", "--json").stdout) == ["Ferry strike"]
    assert titles(run("search", "維特科夫", "--json").stdout) == ["特使維特科夫訪問"]
    assert titles(run("search", "ferry NOT (ferry strike)", "--json").stdout) == ["Strike at the ferry"]


def test_the_newest_come_first_and_it_says_that_there_are_more(run: Run, storing: Storing) -> None:
    storing(*(text(f"k{hours}", f"Ferry {hours}", hours=hours) for hours in (5, 4, 3, 2)))
    result = run("search", "ferry", "--limit", "2")
    shown = [line for line in result.stdout.splitlines() if "[Ferry]" in line]
    assert shown == ["  [Ferry] 2", "  [Ferry] 3"]
    assert "2 found, and there are more: a larger --limit shows them. (" in result.stdout
    assert "4 found. (" in run("search", "ferry", "--limit", "4").stdout


def test_it_looks_at_what_came_in_lately(run: Run, storing: Storing) -> None:
    storing(text("old", "Ferry then", hours=50), text("new", "Ferry now"))
    assert titles(run("search", "ferry", "--since", "2d", "--json").stdout) == ["Ferry now"]
    assert run("search", "walkout", "--since", "2d").stdout.startswith("Nothing found in 1 article. (")
    assert "No article came in since then." in run("search", "ferry", "--since", "5m").stdout


def test_nothing_found_is_no_fault(run: Run, storing: Storing) -> None:
    storing(text("a", "Calm sea"))
    result = run("search", "ferry")
    assert result.exit_code == 0
    assert result.stdout.startswith("Nothing found in 1 article. (")


def test_a_query_that_the_shell_took_apart_is_refused_with_how_to_write_it(run: Run, storing: Storing) -> None:
    storing()
    result = run("search", "ferry", "AND", "strike")
    assert (result.exit_code, "Put all of it into single quotes: 'ferry AND strike'" in result.stderr) == (2, True)


def test_an_empty_archive_says_how_to_fill_it(run: Run, storing: Storing) -> None:
    storing()
    assert run("search", "ferry").stdout.startswith("The archive is empty: `presswatch run` fills it. (")
    assert json.loads(run("search", "ferry", "--json").stdout) == []


def test_it_prints_json_for_other_programs(run: Run, storing: Storing) -> None:
    storing(text("a", "Ferry line opens", "Calm."))
    result = run("search", "ferry", "--json")
    (found,) = json.loads(result.stdout)
    assert (found["id"], found["feed_id"], found["body"], found["spans"]) == (1, "harbour", "Calm.", [["title", 0, 5]])
    assert datetime.fromisoformat(found["published"]).tzinfo is not None
    assert "1 found" in result.stderr


def test_a_faulty_query_is_shown_with_the_place_and_what_to_do(run: Run, storing: Storing) -> None:
    storing(text("a", "Ferry"))
    result = run("search", "ferry AND\t(strike OR")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "error[PW124]: something to look for is missing behind OR",
        "  |",
        "1 | ferry AND (strike OR",
        "  |                   ^^",
    ]


def test_a_query_that_only_negates_is_refused(run: Run, storing: Storing) -> None:
    storing(text("a", "Ferry"))
    result = run("search", "NOT golf")
    assert result.exit_code == 2
    assert "error[PW131]" in result.stderr


def test_a_doubtful_query_is_answered_and_its_doubt_told(run: Run, storing: Storing) -> None:
    storing(text("a", "Ferry"))
    result = run("search", "ferry OR a AND b", "--json")
    assert "warning[PW420]" in result.stderr
    assert titles(result.stdout) == ["Ferry"]


def test_lists_of_the_rule_files_can_be_used(run: Run, storing: Storing, folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules/boats.yaml").write_text(LISTS)
    storing(text("a", "Fishing boats return"), text("b", "Calm sea"))
    assert titles(run("search", "$boats", "--json").stdout) == ["Fishing boats return"]
    result = run("search", "$ships")
    assert result.exit_code == 2
    assert "error[PW128]: unknown list $ships" in result.stderr


def test_rules_that_do_not_load_are_named_where_a_list_of_them_is_used(
    run: Run, storing: Storing, folder: Path
) -> None:
    (folder / "rules").mkdir()
    (folder / "rules/boats.yaml").write_text("lists: {boats: [ferry AND]}\n")
    storing(text("a", "Ferry"))
    result = run("search", "$boats")
    assert result.exit_code == 78
    assert result.stderr.startswith("The query uses a list of the rule files, and these do not load:\n")
    assert "error[PW124]" in result.stderr
    assert run("search", "ferry").exit_code == 0


def test_a_query_that_no_word_narrows_says_that_it_reads_everything(run: Run, storing: Storing) -> None:
    storing(text("a", "Ferry C++"), text("b", "Calm"))
    result = run("search", "/fer+y/", "--json")
    assert titles(result.stdout) == ["Ferry C++"]
    assert "The query has no word to look up: up to 2 articles have to be read." in result.stderr
    assert "to be read" not in run("search", "ferry").stderr


def test_a_regular_expression_that_takes_too_long_is_given_up(run: Run, storing: Storing) -> None:
    storing(*(text(f"k{n}", f"Ferry {n}", "a" * 60_000) for n in range(5)))
    result = run("search", "/(a|aa)+$x/")
    assert result.exit_code == 1
    assert "0 found before it was given up: a regular expression of the query takes too long." in result.stdout
