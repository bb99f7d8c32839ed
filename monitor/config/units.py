"""Durations, sizes, rates and names as people write them: "10m", "10MB", "20/h", "mon-fri"."""

import re
from datetime import timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000}

#: How they are written, for regular expressions of Python and of JSON Schema alike.
DURATION = r"^(?:[0-9]{1,12}[smhdwy])+$"
SIZE = r"^[0-9]{1,15} ?(?:Ki|Mi|Gi|K|M|G|)B$"
RATE = r"^[0-9]{1,6}/[smhd]$"

_DURATION = re.compile(DURATION.strip("^$"))
_DURATION_PART = re.compile(r"([0-9]+)([smhdwy])")
_BYTES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
_SIZE = re.compile(r"([0-9]{1,15}) ?(Ki|Mi|Gi|K|M|G|)B")
_RATE = re.compile(r"([0-9]{1,6})/([smhd])")


def duration(text: str) -> timedelta:
    """Read "30s", "10m", "6h", "2d", "1w", "2y" (365 days each) or several together ("1h30m"). Raises ValueError."""
    if not _DURATION.fullmatch(text):
        raise ValueError('must be a duration like "30s", "10m", "6h" or "180d"')
    seconds = sum(int(count) * _SECONDS[unit] for count, unit in _DURATION_PART.findall(text))
    if seconds > 100 * _SECONDS["y"]:
        raise ValueError("must be at most 100 years")
    return timedelta(seconds=seconds)


def shown_duration(value: timedelta) -> str:
    """Write a duration of whole seconds the way `duration` reads it, in its largest whole unit."""
    seconds = int(value.total_seconds())
    for unit in ("y", "d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"


def shown_span(value: timedelta) -> str:
    """Write the time a rate is for: the unit alone where it is one of them."""
    text = shown_duration(value)
    return text[1:] if text in {"1s", "1m", "1h", "1d"} else text


def size(text: str) -> int:
    """Read "500KB", "10MB" (powers of 1000) or "8MiB" (of 1024) into bytes. Raises ValueError."""
    found = _SIZE.fullmatch(text)
    if not found:
        raise ValueError('must be a size like "500KB", "10MB" or "8MiB"')
    return int(found[1]) * _BYTES[found[2]]


def shown_size(value: int) -> str:
    """Write a number of bytes the way `size` reads it."""
    for unit in ("Gi", "G", "Mi", "M", "Ki", "K"):
        if value and value % _BYTES[unit] == 0:
            return f"{value // _BYTES[unit]}{unit}B"
    return f"{value}B"


def rate(text: str) -> tuple[int, timedelta]:
    """Read "20/h" (20 an hour; also /s, /m, /d) into a count and the time it is for. Raises ValueError."""
    found = _RATE.fullmatch(text)
    if not found or int(found[1]) == 0:
        raise ValueError('must be a rate like "20/h", "1/m" or "100/d"')
    return int(found[1]), timedelta(seconds=_SECONDS[found[2]])
