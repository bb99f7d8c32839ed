"""What has to agree in a digest: channels that exist, one way to say when, keys that do something, schedules that come."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from monitor.config.documents import Fault, table, tables
from monitor.config.positions import Path
from monitor.core.digest import Schedule, ScheduleError

#: There where no digest is configured, and instant even where its table does not say so.
INSTANT = "instant"


def faults(values: Mapping[str, object]) -> Iterator[Fault]:
    """Yield what does not agree in the digests of a merged configuration."""
    channels = set(table(values.get("channels")))
    for name, digest in tables(values.get("digests")):
        yield from _digest(name, digest, channels)
    for name, hours in tables(values.get("quiet_hours")):
        yield from _quiet(("quiet_hours", name), hours)


def _digest(name: str, digest: Mapping[str, object], channels: set[str]) -> Iterator[Fault]:
    path: Path = ("digests", name)
    yield from _recipients(path, digest, channels)
    clock = [key for key in ("at", "cron") if key in digest]
    if len(clock) == 2:
        yield Fault((*path, "cron"), "PW146", "'at' and 'cron' exclude each other", on_key=True)
    if not clock and name != INSTANT and "wait" not in digest:
        hint = 'at = "07:00" for once a day, wait = "30s" for at once'
        yield Fault(path, "PW144", f"digest '{name}' has no time: it needs 'at', 'cron' or 'wait'", hint, on_key=True)
    yield from _unfit(path, digest, by_clock=bool(clock))
    yield from _times(path, digest)


def _quiet(path: Path, hours: Mapping[str, object]) -> Iterator[Fault]:
    for key in ("from", "to"):
        at = hours.get(key)
        if isinstance(at, str) and (told := _refused(partial(Schedule.at, at))):
            yield Fault((*path, key), "PW149", told)
    days = hours.get("days")
    if isinstance(days, str) and (told := _refused(partial(Schedule.at, "00:00", days))):
        yield Fault((*path, "days"), "PW149", told)
    if hours.get("from") and hours.get("from") == hours.get("to"):
        yield Fault((*path, "to"), "PW146", "the quiet time would never end: 'from' and 'to' are one time")


def _unfit(path: Path, digest: Mapping[str, object], *, by_clock: bool) -> Iterator[Fault]:
    """Name the keys that would do nothing in this kind of digest."""
    for key in ("wait", "again", "max_rate") if by_clock else ("days", "empty"):
        if key in digest:
            told = "is for digests without 'at' and 'cron'" if by_clock else "is for digests with 'at' or 'cron'"
            yield Fault((*path, key), "PW146", f"'{key}' {told}", on_key=True)
    if "days" in digest and "cron" in digest:
        yield Fault((*path, "days"), "PW146", "'days' goes with 'at'; a crontab line has days of its own", on_key=True)


def _recipients(path: Path, digest: Mapping[str, object], known: set[str]) -> Iterator[Fault]:
    to = digest.get("to")
    for index, channel in enumerate(to if isinstance(to, list) else ()):
        if isinstance(channel, str) and channel not in known:
            yield unknown_channel((*path, "to", index), channel, known)


def unknown_channel(path: Path, channel: str, known: set[str]) -> Fault:
    """Return the fault of a channel that is named at `path` and is not there."""
    close = difflib.get_close_matches(channel, known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"known channels: {', '.join(sorted(known))}"
    return Fault(path, "PW145", f"unknown channel '{channel}'", hint)


def _times(path: Path, digest: Mapping[str, object]) -> Iterator[Fault]:
    at, days, cron = digest.get("at"), digest.get("days"), digest.get("cron")
    if isinstance(at, str) and (told := _refused(partial(Schedule.at, at))):
        yield Fault((*path, "at"), "PW149", told)
    if isinstance(days, str) and (told := _refused(partial(Schedule.at, "00:00", days))):
        yield Fault((*path, "days"), "PW149", told)
    if isinstance(cron, str):
        yield from _cron((*path, "cron"), cron)


_CRON_FIELDS = ("minute", "hour", "day of month", "month", "day of week")
_CRON_RANGES = ("0 to 59", "0 to 23", "1 to 31", "1 to 12 or jan to dec", "0 to 7 (0 and 7 are Sunday) or sun to sat")


def _cron(path: Path, line: str) -> Iterator[Fault]:
    """Try each field alone, so that the fault names the one that is wrong."""
    fields = [(found.group(), found.span()) for found in re.finditer(r"\S+", line)]
    if len(fields) != len(_CRON_FIELDS):
        told = "a crontab line has five fields: minute, hour, day of month, month, day of week"
        yield Fault(path, "PW149", told, f"this has {len(fields)}")
        return
    sound = True
    for place, (text, span) in enumerate(fields):
        alone = " ".join(text if each == place else "*" for each in range(5))
        if _refused(partial(Schedule, alone)):
            sound = False
            yield Fault(path, "PW149", f"'{text}' is no {_CRON_FIELDS[place]}", _CRON_RANGES[place], part=span)
    if sound and _refused(partial(Schedule, line)):
        yield Fault(path, "PW149", "'cron' never comes: none of its months has such a day")


def _refused(read: Callable[[], Schedule]) -> str:
    """Return why a schedule can't be read, "" where it can."""
    try:
        read()
    except ScheduleError as problem:
        return str(problem)
    return ""
