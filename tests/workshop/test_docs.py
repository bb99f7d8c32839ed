"""What the page about trying rules shows is what happens."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run, folder, run

__all__ = ["folder", "run"]

PAGE = (Path(__file__).parents[2] / "docs/workshop.md").read_text(encoding="utf-8")


def blocks(heading: str) -> dict[str, str]:
    """Return the fenced blocks of a section by their kind; each kind stands once in it."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))


@pytest.fixture
def pipeline(folder: Path) -> dict[str, str]:
    """The files of the section about pipelines, written as it says."""
    shown = blocks("Rules in a pipeline")
    (folder / "ferries.yaml").write_text(shown["yaml"], encoding="utf-8")
    (folder / "news.jsonl").write_text(shown["json"], encoding="utf-8")
    return shown


def test_the_backtest_shown_is_the_screen_there_is() -> None:
    golden = Path(__file__).parents[1] / "cli/golden/backtest.compared"
    assert blocks("What would it have found?")["text"] == golden.read_text(encoding="utf-8")


def test_the_backtest_of_a_file_says_what_is_shown(run: Run, folder: Path) -> None:
    shown = blocks("What would it have found?")
    (folder / "rules").mkdir()
    (folder / "rules/ferries.yaml").write_text(shown["yaml"], encoding="utf-8")
    (folder / "news.jsonl").write_text(shown["json"], encoding="utf-8")
    (folder / "config.toml").write_text("", encoding="utf-8")
    command, _, screen = shown["console"].partition("\n")
    result = run(*command.removeprefix("$ presswatch ").split())
    assert re.sub(r"in \d+\.\d s", "in 0.0 s", result.stdout) == screen
    assert (result.stderr, result.exit_code) == ("", 0)


def test_the_pipeline_answers_as_shown(run: Run, pipeline: dict[str, str]) -> None:
    command, _, answers = pipeline["console"].partition("\n")
    result = run(*command.removeprefix("$ presswatch ").split())
    assert (result.stdout, result.stderr, result.exit_code) == (answers, "", 0)
