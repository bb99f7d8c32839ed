"""Where nothing is installed that reads pages, `check` and `status` say so once, unless no feed wants any."""

from pathlib import Path

import pytest

from monitor.cli.unread import HINT, unread
from monitor.config import load

NEVER = '[fetch]\nfull_text = "never"\n'
FEED = '[[feeds]]\nurl = "https://a.example/rss"\n'


def told(folder: Path, text: str, *, installed: bool = False) -> str:
    (folder / "config.toml").write_text(text)
    return unread(load(folder / "config.toml", {}), installed=installed)


@pytest.mark.parametrize("text", ["", FEED, f'{NEVER}{FEED}full_text = "maybe"\n', f'{FEED}full_text = "never"\n'])
def test_pages_that_nothing_reads_are_told_of(folder: Path, text: str) -> None:
    assert told(folder, text).endswith(HINT)


@pytest.mark.parametrize("text", [NEVER, NEVER + FEED])
def test_who_wants_no_pages_is_told_nothing(folder: Path, text: str) -> None:
    assert told(folder, text) == ""


def test_where_they_are_read_there_is_nothing_to_tell(folder: Path) -> None:
    assert told(folder, FEED, installed=True) == ""
