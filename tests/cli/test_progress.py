"""A long reading shows how far it has come, where somebody can see it."""

import io

from rich.console import Console

from monitor.cli.progress import progress


def shown(*, terminal: bool) -> tuple[list[int], str]:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=80)
    return list(progress(range(250), 250, what="reading the archive", console=console)), file.getvalue()


def test_a_terminal_shows_a_bar_and_everything_is_passed_on() -> None:
    passed, bar = shown(terminal=True)
    assert passed == list(range(250))
    assert "reading the archive" in bar


def test_elsewhere_nothing_is_written() -> None:
    assert shown(terminal=False) == (list(range(250)), "")
