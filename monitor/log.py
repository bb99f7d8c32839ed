"""Log lines for people or machines: one event a line, whatever the text in it, and no secret in any.

Text from feeds and peers may hold line breaks and terminal escapes; the console form shows them escaped, the JSON form is
ASCII. Fields come from `bound(...)` around the work and from `extra=` of the call.
"""

import contextlib
import json
import logging
import re
from collections.abc import Generator, Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, TextIO
from urllib.parse import quote

from monitor.secret import Secret

Form = Literal["text", "json"]

_EMPTY: Mapping[str, object] = MappingProxyType({})
_BOUND: ContextVar[Mapping[str, object]] = ContextVar("presswatch_log_fields", default=_EMPTY)
_OWN_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

#: C0 and C1 controls, line and paragraph separators, and the characters that turn the direction of what follows.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_COLORS = {logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "31;1"}
#: A shorter value is no secret, and striking it out would strike out half of every line.
_SHORTEST_SECRET = 4


@contextlib.contextmanager
def bound(**fields: object) -> Generator[None, None, None]:
    """Add the fields to every line logged inside the block, in this task and those it starts."""
    token = _BOUND.set({**_BOUND.get(), **fields})
    try:
        yield
    finally:
        _BOUND.reset(token)


def escaped(text: str) -> str:
    r"""Return the text on one line, with everything a terminal would obey written out (`\n`, `\x1b`, `\u202e`)."""
    return _UNPRINTABLE.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    given = {name: value for name, value in vars(record).items() if name not in _OWN_ATTRIBUTES}
    return {**_BOUND.get(), **given}


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


class JsonFormatter(logging.Formatter):
    """One ASCII JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a field cannot take the place of `time`, `level`, `logger` or `message`."""
        line = {str(name): value for name, value in _fields(record).items()}
        line |= {"time": _time(record).isoformat(timespec="milliseconds"), "level": record.levelname.lower()}
        line |= {"logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


class ConsoleFormatter(logging.Formatter):
    """`2026-11-23 20:21:37Z warning fetch  message  feed=bbc`, a traceback indented below it."""

    def __init__(self, *, color: bool) -> None:
        super().__init__()
        self._color = color

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, followed by the traceback's where there is one."""
        level = f"{record.levelname.lower():<7}"
        if self._color and record.levelno in _COLORS:
            level = f"\x1b[{_COLORS[record.levelno]}m{level}\x1b[0m"
        where = record.name.removeprefix("monitor.")
        fields = "".join(f"  {escaped(name)}={_shown(value)}" for name, value in _fields(record).items())
        line = f"{_time(record):%Y-%m-%d %H:%M:%S}Z {level} {where}: {escaped(record.getMessage())}{fields}"
        return line + self._traceback(record)

    def _traceback(self, record: logging.LogRecord) -> str:
        if not record.exc_info:
            return ""
        # Indented, so that text inside an exception can never pass for a line of its own.
        return "".join(f"\n    {escaped(line)}" for line in self.formatException(record.exc_info).splitlines())


def _shown(value: object) -> str:
    text = escaped(str(value))
    return json.dumps(text, ensure_ascii=False) if not text or re.search(r'[\s"=]', text) else text


def _forms(value: str) -> tuple[str, ...]:
    """Return a value as addresses and JSON strings, with and without other than ASCII letters, would show it."""
    return quote(value, safe=""), quote(value), json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]


class RedactingHandler(logging.StreamHandler[TextIO]):
    """Writes formatted lines with every known secret struck out: in messages, fields and tracebacks alike."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._secrets: re.Pattern[str] | None = None

    def hide(self, secrets: Iterable[Secret]) -> None:
        """Strike out these values from now on, instead of those hidden so far."""
        values = {value for secret in secrets if len(value := secret.reveal()) >= _SHORTEST_SECRET}
        values |= {form for value in values for form in _forms(value)}
        longest_first = sorted(values, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line without secrets."""
        line = super().format(record)
        return self._secrets.sub("***", line) if self._secrets else line


def start(stream: TextIO, *, level: int, form: Form, color: bool = False) -> RedactingHandler:
    """Send all logging of the process to `stream` and nowhere else; returns the handler, which hides secrets.

    httpx, httpcore and urllib3 would log the address of every request, a Slack webhook's secret one too: they speak from WARNING up.
    """
    handler = RedactingHandler(stream)
    handler.setFormatter(JsonFormatter() if form == "json" else ConsoleFormatter(color=color))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for talkative in ("httpx", "httpcore", "urllib3", "asyncio", "alembic", "uvicorn"):
        logging.getLogger(talkative).setLevel(max(level, logging.WARNING))
    return handler
