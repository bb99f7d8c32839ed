"""What can be wrong with a template, told with its place and, where there is one, a better name."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from traceback import walk_tb

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError

from monitor.diagnostics import Diagnostic
from monitor.render.environments import TemplateRefused, UnknownNameError


class TooLarge(ValueError):
    """A template that prints too much."""


class TooSlow(ValueError):
    """A template that takes too long."""


class BadSlack(ValueError):
    """A Slack template that prints something else than blocks; `printed` is the line where the JSON breaks."""

    def __init__(self, message: str, printed: str = "") -> None:
        super().__init__(message)
        self.printed = printed


TEMPLATE_ERRORS = (
    TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError, OSError
)  # fmt: skip
"""Everything a template can make Python raise."""

QUOTED = re.compile(r"'([^']+)'")

KINDS: Sequence[tuple[type[BaseException], str]] = (
    (TemplateRefused, "PW307"),
    (TemplateNotFound, "PW308"),
    (UndefinedError, "PW301"),
    (TemplateSyntaxError, "PW302"),
    (TooSlow, "PW303"),
    (MemoryError, "PW303"),
    (TooLarge, "PW304"),
    (BadSlack, "PW305"),
)


def diagnostic(error: BaseException, path: str, names: Sequence[str]) -> Diagnostic:
    """Return the fault that `error` tells of the template at `path`, at the line of the template it comes from.

    `names` are those that the template's data has.
    """
    code = next((code for kind, code in KINDS if isinstance(error, kind)), "PW306")
    message = _message(error)
    path, line = _place(error, path)
    words = [error.name] if isinstance(error, UnknownNameError) else QUOTED.findall(message)
    return _placed(code, message, path, line, words, _hint(error, names))


def unknown_name(path: str, line: int, name: str, names: Sequence[str]) -> Diagnostic:
    """Return the fault of a name that no data has, found without running the template."""
    error = UnknownNameError(name=name)
    return _placed("PW301", _message(error), path, line, [name], _hint(error, names))


def _placed(code: str, message: str, path: str, line: int, words: Sequence[str], hint: str) -> Diagnostic:
    context = _line(path, line)
    for word in words:
        if found := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", context):
            return Diagnostic(code, message, path, line, found.start() + 1, found.end() + 1, context, hint)
    return Diagnostic(code, message, path, line, context=context, hint=hint)


def _place(error: BaseException, path: str) -> tuple[str, int]:
    """The innermost line of a template in the error's history: includes and macros lie in other files."""
    if isinstance(error, TemplateSyntaxError):
        return error.filename or path, error.lineno
    lines = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    return next((place for place in reversed(lines) if place[0].endswith(".j2")), (path, 0))


def _line(path: str, line: int) -> str:
    if not line:
        return ""
    with Path(path).open(encoding="utf-8", errors="replace") as file:
        return next(islice(file, line - 1, None), "").rstrip("\n")


def _message(error: BaseException) -> str:
    if isinstance(error, UnknownNameError):
        return f"'{error.name}' is not there" if error.known else f"template variable '{error.name}' is never defined"
    if isinstance(error, TemplateNotFound) and not isinstance(error, TemplateRefused):
        return f"there is no template '{error.name}'"
    if isinstance(error, MemoryError):
        return "runs out of memory"
    return str(error) or type(error).__name__


def _hint(error: BaseException, names: Sequence[str]) -> str:
    if isinstance(error, BadSlack):
        return f"it prints: {error.printed[:120]}" if error.printed else ""
    if not isinstance(error, UnknownNameError):
        return ""
    known = error.known or names
    close = get_close_matches(error.name, known, 1)
    here = "available here: " + ", ".join(sorted(known))
    return f"did you mean '{close[0]}'? {here}" if close else here
