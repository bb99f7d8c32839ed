"""The JSON Schema of config.toml, made of the very models that read it, for editors."""

from datetime import timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from monitor.config import units
from monitor.config.settings import Settings


def schema() -> dict[str, object]:
    """Return the schema, of draft 7: what the editors' TOML servers know best."""
    made = Settings.model_json_schema(schema_generator=_AsWritten, ref_template="#/definitions/{model}")
    definitions = made.pop("$defs")
    plain = _plain({**made, "definitions": definitions})
    assert isinstance(plain, dict)
    return {"$schema": "http://json-schema.org/draft-07/schema#", **plain}


class _AsWritten(GenerateJsonSchema):
    """Tells what stands in the file rather than what is made of it: TOML has no null, and durations are text."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def encode_default(self, dft: Any) -> Any:
        return units.shown_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


def _plain(value: object) -> object:
    """Return a schema without the titles that pydantic makes of names, and without defaults that say nothing.

    Editors would show such a title instead of the description.
    """
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _plain(inner) for key, inner in value.items() if not _says_nothing(key, inner)}
    return {**plain, "additionalProperties": False} if "patternProperties" in plain else plain


def _says_nothing(key: str, value: object) -> bool:
    if key == "discriminator":
        return True
    # A key that is called "title" or "default" has a mapping below it.
    return (key == "title" and isinstance(value, str)) or (
        key == "default" and (value in (None, "", [], ()) or isinstance(value, dict))
    )
