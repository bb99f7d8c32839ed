"""What every command is told before its name: which configuration, how loud, in what colours."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the group. `loudness`: -v is 1, -q is -1. `color` is None where the terminal decides."""

    config: Path | None = None
    loudness: int = 0
    color: bool | None = None
    log_format: str = "auto"
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


def color_choice(wanted: str, environ: Mapping[str, str]) -> bool | None:
    """Return whether to colour: as `--color` says, else NO_COLOR (https://no-color.org), else FORCE_COLOR, else None."""
    if wanted != "auto":
        return wanted == "always"
    if environ.get("NO_COLOR"):
        return False
    return True if environ.get("FORCE_COLOR") else None


pass_options = click.make_pass_decorator(Options)
