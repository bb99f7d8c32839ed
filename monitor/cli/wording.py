"""How commands say numbers, moments, paths, and where lines come from."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.log import escaped


def numbered(number: float, one: str, many: str = "") -> str:
    """Return "0 rules", "1 rule", "1,000 rules"; `many` is the plural that is not made with an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def counted(number: int, one: str) -> str:
    """Return "no rules", "1 rule", "1,000 rules"."""
    return numbered(number, one) if number else f"no {one}s"


def no_such(kind: str, name: str, known: Iterable[str]) -> str:
    """Return that nothing of a kind has this name, and which names there are."""
    return f"There is no {kind} '{escaped(name)}'; there are: {', '.join(known) or 'none'}."


def in_json(told: object, *, indent: int | None = None) -> str:
    """Return as JSON what a command tells: a moment (UTC) by the second, as in "2026-11-23T07:00:00Z", a length of time in seconds."""
    return json.dumps(told, default=_plain, ensure_ascii=False, indent=indent)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment to the minute, by the clock of a zone."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def near(path: str, folder: Path | None = None) -> str:
    """Return a path as someone in a folder, else in the current one, writes it."""
    here = folder or Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def stream_name(data: Path) -> str:
    """Return what messages call the file that lines are read from; - is standard input."""
    return "stdin" if data == Path("-") else escaped(str(data))


def _plain(value: object) -> object:
    """Return what JSON cannot hold as something that it can."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else str(value)
