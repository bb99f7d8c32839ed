"""The configuration in force, value by value, with the place each comes from and no secret in it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel

from monitor.config import units
from monitor.config.config import Config
from monitor.config.positions import Path
from monitor.config.settings import SecretRef

#: Tables that hold named or numbered tables.
_COLLECTIONS = frozenset({"feeds", "channels", "digests"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One value: its table ("[fetch]", "[[feeds]]"), its key, the value as TOML, and where it was written."""

    path: Path
    table: str
    key: str
    value: str
    origin: str


def shown(config: Config) -> list[Shown]:
    """Return every value that is set, in the order of the tables. Secrets are `"***"`."""
    return [
        _shown(config, path, value) for path, value in _values(config.settings, ()) if value is not None and value != ""
    ]


def _shown(config: Config, path: Path, value: object) -> Shown:
    depth = 2 if path[0] in _COLLECTIONS else 1
    table = "[[feeds]]" if path[0] == "feeds" else f"[{'.'.join(map(str, path[:depth]))}]"
    key = ".".join(_key(str(each)) for each in path[depth:])
    return Shown(path, table, key, _toml(path, value), config.written.origin(path))


def _values(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Yield the values that are no tables themselves."""
    if isinstance(value, BaseModel) and not isinstance(value, SecretRef):
        for name, each in type(value).model_fields.items():
            yield from _values(getattr(value, name), (*path, each.alias or name))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _values(inner, (*path, str(name)))
    elif isinstance(value, tuple) and path == ("feeds",):
        for index, inner in enumerate(value):
            yield from _values(inner, (*path, index))
    else:
        yield path, value


def _toml(path: Path, value: object) -> str:
    match value:
        case SecretRef():
            return '"***"'
        case timedelta():
            return f'"{units.shown_duration(value)}"'
        case (int(count), timedelta() as span):
            return f'"{count}/{units.shown_span(span)}"'
        case int() if path[-1] == "max_size":
            return f'"{units.shown_size(value)}"'
        case tuple():
            return f"[{', '.join(_toml(path, each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
