"""Diagnostics on the screen: with the line and a caret for people, as lines, JSON or annotations for other programs."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click
from rich.cells import cell_len

from monitor.cli.wording import near
from monitor.diagnostics import Diagnostic, Severity
from monitor.log import escaped

_COLOR = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
#: Characters of a line that are shown before and after the faulty place; YAML and JSON know very long lines.
_BEFORE, _AFTER = 80, 120
#: A hint up to this many cells stands behind the carets, a longer one below.
_SHORT_HINT = 30


def nearer(diagnostics: Sequence[Diagnostic], folder: Path) -> list[Diagnostic]:
    """Return the diagnostics with paths as someone in `folder` writes them."""
    return [replace(each, path=near(each.path, folder)) for each in diagnostics]


def full(diagnostics: Sequence[Diagnostic]) -> str:
    """Return a block for each diagnostic, with the faulty line and carets below it, parted by blank lines."""
    return "\n\n".join(_block(each) for each in diagnostics)


def concise(diagnostics: Sequence[Diagnostic]) -> str:
    """Return `path:line:column: error[PW110]: message (hint)`, one a line."""
    return "\n".join(escaped(str(each)) for each in diagnostics)


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """Return a JSON array with an object for each diagnostic."""
    return json.dumps([asdict(each) for each in diagnostics], ensure_ascii=False, indent=2)


def github(diagnostics: Sequence[Diagnostic]) -> str:
    """Return workflow commands that GitHub shows beside the lines of a pull request.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    return "\n".join(_annotation(each) for each in diagnostics)


FORMATS: dict[str, Callable[[Sequence[Diagnostic]], str]] = {
    "full": full, "concise": concise, "json": as_json, "github": github,
}  # fmt: skip


def _block(diagnostic: Diagnostic) -> str:
    color = _COLOR[diagnostic.severity]
    head = click.style(f"{diagnostic.severity}[{diagnostic.code}]", fg=color, bold=True)
    lines = [f"{head}: {click.style(escaped(diagnostic.message), bold=True)}"]
    margin = " " * len(str(diagnostic.line))
    if diagnostic.path:
        place = ":".join(str(each) for each in (diagnostic.path, diagnostic.line, diagnostic.column) if each)
        lines.append(f"{margin}{_blue('-->')} {escaped(place)}")
    hint = escaped(diagnostic.hint)
    beside = bool(diagnostic.column and diagnostic.context) and cell_len(hint) <= _SHORT_HINT
    if diagnostic.line and diagnostic.context:
        lines += _excerpt(diagnostic, margin, hint if beside else "")
    if hint and not beside:
        lines.append(f"{margin} {_blue('=')} {hint}")
    return "\n".join(lines)


def _excerpt(diagnostic: Diagnostic, margin: str, hint: str) -> list[str]:
    """Return the faulty line with carets below the faulty part, wherever wide characters and tabs put it."""
    start = max(diagnostic.column - 1, 0)
    end = max(diagnostic.end_column - 1, start + 1)
    first = max(start - _BEFORE, 0) if start > _BEFORE else 0
    last = start + _AFTER
    cut = ("…" if first else "", "…" if len(diagnostic.context) > last else "")
    before = cut[0] + _visible(diagnostic.context[first:start])
    marked = _visible(diagnostic.context[start : min(end, last)])
    after = _visible(diagnostic.context[min(end, last) : last]) + cut[1]
    bar = _blue("|")
    lines = [f"{margin} {bar}", f"{_blue(str(diagnostic.line))} {bar} {before}{marked}{after}".rstrip()]
    if diagnostic.column:
        carets = click.style("^" * max(cell_len(marked), 1), fg=_COLOR[diagnostic.severity], bold=True)
        lines.append(f"{margin} {bar} {' ' * cell_len(before)}{carets} {hint}".rstrip())
    return lines


def _visible(text: str) -> str:
    """Return text that takes as many cells as `cell_len` says and cannot command the terminal."""
    return escaped(text.replace("\t", "    "))


def _blue(text: str) -> str:
    return click.style(text, fg="blue", bold=True)


def _annotation(diagnostic: Diagnostic) -> str:
    properties = {
        "file": diagnostic.path, "line": diagnostic.line, "col": diagnostic.column, "endColumn": diagnostic.end_column,
        "title": diagnostic.code,
    }  # fmt: skip
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
    message = f"{diagnostic.message} ({diagnostic.hint})" if diagnostic.hint else diagnostic.message
    return f"::{diagnostic.severity} {told}::{_command_text(message)}"


def _command_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _command_text(text).replace(":", "%3A").replace(",", "%2C")
