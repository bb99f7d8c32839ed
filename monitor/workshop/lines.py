"""Articles as JSON lines, read within bounds: what other programs hand us, and what rules are tried on without an archive."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from typing import IO, Any, TypeAlias

from monitor.core.model import Document
from monitor.core.text.cleaning import storable

#: Bytes of a line; a longer one is told and left out.
LONGEST = 16 * 2**20

Scalar: TypeAlias = str | int | float | bool | None

_TEXTS = ("title", "summary", "body", "author", "source", "url", "language", "lang")
_KEYS = (*_TEXTS, "tags")


@dataclass(frozen=True, slots=True)
class Line:
    """An article as a line gives it. `id` is the line's number where the line has none; `said` is all the line says."""

    number: int
    id: Scalar
    document: Document
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no article, and what is wrong with it, as in "is not JSON"."""

    number: int
    fault: str


class _Unusable(Exception):
    """A line cannot be used; the message says why."""


def articles(stream: IO[bytes], tags_of: Mapping[str, Sequence[str]]) -> Iterator[Line | BadLine]:
    """Yield the article of every line that is not blank, each as soon as it is read. `tags_of` has the tags of feeds."""
    number = 0
    while raw := stream.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST and not raw.endswith(b"\n"):
            _pass_over(stream, raw)
            yield BadLine(number, f"is longer than {LONGEST // 2**20} MiB")
        elif not raw.isspace():
            yield _read(number, raw, tags_of)


def _pass_over(stream: IO[bytes], raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(LONGEST)


def _read(number: int, raw: bytes, tags_of: Mapping[str, Sequence[str]]) -> Line | BadLine:
    try:
        said = _object(raw)
        return Line(number, _id(said, number), _document(said, tags_of), said)
    except _Unusable as problem:
        return BadLine(number, str(problem))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        said = json.loads(raw.decode("utf-8-sig").rstrip(), parse_constant=_refuse)
    except UnicodeDecodeError as problem:
        raise _Unusable(f"is not UTF-8 (byte {problem.start + 1})") from None
    except json.JSONDecodeError as problem:
        raise _Unusable(f"is not JSON: {problem.msg[0].lower()}{problem.msg[1:]} at column {problem.colno}") from None
    except ValueError:
        raise _Unusable("holds a number with too many digits") from None
    except RecursionError:
        raise _Unusable("is nested too deep") from None
    if not isinstance(said, dict):
        raise _Unusable(f"must be a JSON object, not {_kind(said)}")
    if not any(key in said for key in _KEYS):
        raise _Unusable(f"has nothing to match: none of the keys {', '.join(_KEYS)}")
    return said


def _refuse(constant: str) -> Scalar:
    raise _Unusable(f"is not JSON: {constant} is no JSON number")


def _id(said: Mapping[str, Any], number: int) -> Scalar:
    given = said.get("id", number)
    if isinstance(given, dict | list):
        raise _Unusable(f"'id' must be a text or a number, not {_kind(given)}")
    if isinstance(given, float) and isinf(given):
        raise _Unusable("'id' is a number too large to be given back")
    return given if isinstance(given, str | int | float) else None


def _document(said: Mapping[str, Any], tags_of: Mapping[str, Sequence[str]]) -> Document:
    title, summary, body, author, source, url, language, lang = [_text(said, key) for key in _TEXTS]
    return Document(
        title=title,
        summary=summary,
        body=body,
        author=author,
        source=source,
        source_tags=tuple(tags_of.get(source, ())),
        url=url,
        language=(language or lang).lower(),
        tags=_tags(said),
    )


def _text(said: Mapping[str, Any], key: str) -> str:
    given = said.get(key)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise _Unusable(f"'{key}' must be a text, not {_kind(given)}")
    # As the archive would keep it: JSON can hold halves of characters, which nothing can print. One stands for one, so spans fit.
    return storable(given)


def _tags(said: Mapping[str, Any]) -> tuple[str, ...]:
    given = said.get("tags")
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise _Unusable("'tags' must be a list of texts")
    return tuple(map(storable, given))


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"
