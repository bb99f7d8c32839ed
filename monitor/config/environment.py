"""Configuration keys given by environment variables: `PRESSWATCH__FETCH__EVERY=5m` sets `every` in [fetch]."""

import tomllib
from collections.abc import Mapping

from monitor.config.documents import Fault, Written

PREFIX = "PRESSWATCH__"


def apply(written: Written, environ: Mapping[str, str]) -> list[Fault]:
    """Put every variable's value into `written`, over what the file says; return what could not be.

    Names are matched without regard to case, with `_` for `-`: `PRESSWATCH__CHANNELS__WAR_ROOM__CHANNEL` reaches
    [channels.war-room]. A list is given whole. Values are read as TOML where they are TOML, else as text.
    """
    faults: list[Fault] = []
    for name in sorted(environ):
        if name.startswith(PREFIX):
            faults += _set(written, name, environ[name])
    return faults


def _set(written: Written, name: str, text: str) -> list[Fault]:
    table: object = written.values
    path: tuple[str, ...] = ()
    *tables, last = [part.lower() for part in name.removeprefix(PREFIX).split("__")]
    for part in tables:
        if not isinstance(table, dict):
            break
        part = _key(table, part)
        path = (*path, part)
        if part not in table:
            table[part] = {}
            written.variables[path] = name
        table = table[part]
    if not isinstance(table, dict) or not last:
        written.variables[(name,)] = name
        return [
            Fault((name,), "PW143", f"sets nothing: '{'.'.join(path)}' has no keys of its own", "give the whole list")
        ]
    path = (*path, _key(table, last))
    table[path[-1]] = _value(text)
    written.variables[path] = name
    return []


def _key(table: Mapping[str, object], part: str) -> str:
    """Return the key of the table that a part of a variable's name means; the part itself where it is new."""
    return next((key for key in table if key.lower().replace("-", "_") == part), part)


def _value(text: str) -> object:
    try:
        values = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return values["value"] if len(values) == 1 else text
