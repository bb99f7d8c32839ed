"""What the page about trying rules shows of `explain` and `rules` is what the commands print."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.model import Outcome, Receipt
from tests.cli.conftest import Run
from tests.cli.desk import Desk, news
from tests.clock import ManualClock
from tests.gates.repository import section, text

PAGE = text("docs/workshop.md")
SECTIONS = [section(PAGE, heading) for heading in ("Why did I get this", "Which rules are there")]
SHOWN = [found for each in SECTIONS for found in re.findall(r"```console\n\$ presswatch (.*)\n((?:.*\n)*?)```", each)]


@pytest.fixture
def desk(folder: Path, sqlite_url: str) -> Desk:
    """The rules of the page, and one article that came an hour ago and was sent."""
    desk = Desk(folder, sqlite_url)
    (folder / "rules/desk.yaml").unlink()
    desk.rules(re.findall(r"```yaml\n(.*?)```", SECTIONS[0], re.DOTALL)[0], "ukraine")
    desk.clock = ManualClock(datetime.now(UTC) - timedelta(hours=1))
    desk.start()
    desk.receive(news("Witkoff lands in Kyiv", feed="bbc-world", seen_at=desk.clock()))
    desk.send("instant", Receipt(Outcome.SENT, "data", "250", "queued"), slot="match 1")
    return desk


def undated(shown: str) -> str:
    """A screen without its times and versions, which are others each time."""
    shown = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "DATE", shown)
    return re.sub(r"(?m)^version .*$", "version", shown)


@pytest.mark.parametrize(("command", "screen"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_command_prints_what_the_page_shows(run: Run, desk: Desk, command: str, screen: str) -> None:
    result = run(*shlex.split(command))
    assert result.exit_code == 0, result.output
    assert undated(result.stdout) == undated(screen)


def test_every_block_of_the_sections_is_tried() -> None:
    assert len(SHOWN) + 1 == sum(each.count("```") for each in SECTIONS) / 2
