"""What the settings know at a place of the configuration: the keys of a table, the types of a value."""

import types
from collections.abc import Mapping
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel

from monitor.config.positions import Path
from monitor.config.settings import Settings


def keys(path: Path, values: Mapping[str, object]) -> list[str]:
    """Return the keys that the table at `path` may have."""
    return [
        each.alias or name
        for model in models(path, values)
        if issubclass(model, BaseModel)
        for name, each in model.model_fields.items()
    ]


def models(path: Path, values: object) -> list[type]:
    """Return the types that the value at `path` may be."""
    wanted: list[object] = [Settings]
    for part in path:
        values = values.get(part) if isinstance(values, dict) else None
        wanted = [inner for each in wanted for inner in _inside(each, part)]
        wanted = [each for each in wanted if _type_fits(each, values)]
    return [each for each in wanted if isinstance(each, type)]


def _inside(wanted: object, part: str | int) -> list[object]:
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        field = next((each for name, each in wanted.model_fields.items() if (each.alias or name) == part), None)
        return _alternatives(field.annotation) if field else []
    inner = get_args(wanted)
    return _alternatives(inner[1] if get_origin(wanted) is dict else inner[0]) if inner else []


def _alternatives(annotation: object) -> list[object]:
    """Return an annotation's types, taken out of Annotated and unions."""
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return [each for part in get_args(annotation) for each in _alternatives(part)]
    return [annotation]


def _type_fits(wanted: object, values: object) -> bool:
    """Return false for a kind of channel other than the one that is written."""
    if not (isinstance(wanted, type) and issubclass(wanted, BaseModel)) or "type" not in wanted.model_fields:
        return True
    chosen = values.get("type") if isinstance(values, dict) else None
    return chosen in get_args(wanted.model_fields["type"].annotation)
