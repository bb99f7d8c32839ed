"""Pydantic's errors as faults a person can read: what is wrong, in plain words, and the likely meaning."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.config import known
from monitor.config.documents import Fault
from monitor.config.positions import Path
from monitor.config.settings import BASE_URL, SecretRef

_TYPES = "known types: email, slack, webhook, atom, apprise, outbox"
_NAME_RULE = "lower-case letters, digits, '-', '_' and '.', beginning with a letter or digit"
_PATTERNS = {
    "^[a-z0-9][a-z0-9_.-]{0,63}$": f"must be made of {_NAME_RULE}, at most 64 of them",
    r"^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]{0,63}$": "must be one word of letters, digits, '-', '_' and '.'",
    "^[a-z0-9_-]{1,64}$": "must be a template's name: lower-case letters, digits, '-' and '_', without an ending",
    "^[A-Za-z0-9-]{1,64}$": "is not the name of a header",
    BASE_URL: 'must be an address as in "https://news.example.org/desk", in ASCII and without ? or #',
}
_KINDS = {
    "string_type": "text in quotes", "int_type": "a whole number", "bool_type": "true or false", "tuple_type": "a list",
    "dict_type": "a table", "model_type": "a table", "model_attributes_type": "a table",
}  # fmt: skip


def faults(error: ValidationError, values: Mapping[str, object]) -> list[Fault]:
    """Return a fault for each of the errors. `values` is what was validated."""
    return [_fault(each, values) for each in error.errors(include_url=False)]


def _fault(error: ErrorDetails, values: Mapping[str, object]) -> Fault:
    path, on_key = _path(error["loc"], values)
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return Fault(path, "PW110", f"unknown key '{path[-1]}'", _meant(path, values), on_key=True)
        case "missing":
            return Fault(path, "PW144", f"key '{path[-1]}' is missing{_owner(path)}", on_key=True)
        case "union_tag_not_found":
            return Fault((*path, "type"), "PW144", f"key 'type' is missing{_owner((*path, 'type'))}", _TYPES)
        case "union_tag_invalid":
            tag = str(context.get("tag", ""))
            return Fault((*path, "type"), "PW143", f"unknown type '{tag}'", _TYPES)
    wanted = known.models(path, values)
    if SecretRef in wanted and str not in wanted and isinstance(given, str):
        return Fault(path, "PW150", "a secret must not stand in the configuration", _secret_hint(path))
    message, hint = _told(kind, given, context, error["msg"])
    if message.startswith(("must ", "is ", "needs ")):
        message = f"{_subject(path, on_key=on_key)} {message}"
    if message.startswith("unknown timezone"):
        return Fault(path, "PW148", message, _near(str(given), available_timezones()))
    return Fault(path, "PW143", message, hint, on_key=on_key)


def _subject(path: Path, *, on_key: bool) -> str:
    if on_key:
        return f"the name '{path[-1]}'"
    return f"an element of '{path[-2]}'" if isinstance(path[-1], int) else f"'{path[-1]}'"


def _told(kind: str, given: object, context: Mapping[str, Any], said: str) -> tuple[str, str]:
    """Return message and hint for a value that does not fit."""
    if kind == "value_error":
        return str(context["error"]), ""
    if kind in _KINDS or kind.startswith("is_instance") or kind == "time_delta_type":
        return _wrong_kind(kind, given)
    match kind:
        case "literal_error":
            return f"must be one of {context['expected']}".replace("'", '"').replace(" or ", ", "), ""
        case "greater_than_equal":
            return f"must be at least {context['ge']:,}", ""
        case "less_than_equal":
            return f"must be at most {context['le']:,}", ""
        case "string_pattern_mismatch":
            return _PATTERNS.get(context["pattern"], "must not hold control characters"), ""
        case "string_too_long":
            return f"must be at most {context['max_length']} characters long", ""
        case "too_short":
            return "must not be empty", ""
    return said[:1].lower() + said[1:], ""


def _wrong_kind(kind: str, given: object) -> tuple[str, str]:
    wanted = _KINDS.get(kind, 'a duration like "10m"')
    hint = f'write ["{given}"]' if kind == "tuple_type" and isinstance(given, str) and len(given) < 80 else ""
    return f"must be {wanted}, not {_kind_of(given)}", hint


def _kind_of(given: object) -> str:
    kinds: list[tuple[type, str]] = [
        (bool, "true or false"), (int, "a whole number"), (float, "a number"), (str, "text"), (list, "a list"), (dict, "a table"),
    ]  # fmt: skip
    return next((name for kind, name in kinds if isinstance(given, kind)), "a date or time")


def _owner(path: Path) -> str:
    owner = [str(part) for part in path[:-1] if isinstance(part, str)]
    return f" in [{'.'.join(owner)}]" if owner else ""


def _secret_hint(path: Path) -> str:
    words = [str(part) for part in path if isinstance(part, str)][-2:]
    name = "_".join(words).upper().replace("-", "_")
    return f'write {path[-1]} = {{ env = "{name}" }} or {{ file = "{name.lower()}" }}'


def _path(loc: tuple[int | str, ...], values: object) -> tuple[Path, bool]:
    """Return the path in the document that pydantic's location means, and whether it means the key.

    Pydantic also names the branch of a union (a channel's kind, `[text]`, `[secret]`) and `[key]`, which no one has written.
    """
    path: Path = ()
    for place, part in enumerate(loc):
        if place == 2 and loc[0] == "channels":
            continue
        if isinstance(values, dict) and part in values:
            values = values[str(part)]
        elif isinstance(values, list) and isinstance(part, int) and part < len(values):
            values = values[part]
        elif place < len(loc) - 1 or part in {"[key]", "[text]", "[secret]"}:
            continue
        path = (*path, part)
    return path, loc[-1] == "[key]"


def _meant(path: Path, values: Mapping[str, object]) -> str:
    names = known.keys(path[:-1], values)
    return _near(str(path[-1]), names) or (f"known here: {', '.join(names)}" if names else "")


def _near(given: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(given, names, n=1)
    return f"did you mean '{close[0]}'?" if close else ""
