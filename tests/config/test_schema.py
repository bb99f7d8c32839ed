"""The schema of config.toml is that of the models that read it, in the words of the file."""

import json
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from monitor.config.schema import schema
from monitor.config.settings import Settings, Table
from tests.gates.repository import text


def objects(part: object) -> Iterator[Mapping[str, object]]:
    """Yield every mapping within a schema."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(inner)


def test_the_file_beside_the_shipped_configuration_is_the_schema() -> None:
    told = "write it anew: .venv/bin/presswatch schema config > config.schema.json"
    assert json.loads(text("config.schema.json")) == json.loads(json.dumps(schema())), told


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield every kind of table."""
    for each in model.__subclasses__():
        yield each
        yield from models(each)


def test_it_has_every_key_of_every_table_and_says_what_each_is_for() -> None:
    definitions = schema()["definitions"]
    assert isinstance(definitions, dict)
    described = {**definitions, "Settings": schema()}
    for model in models(Table):
        properties = described[model.__name__]["properties"]
        assert set(properties) == {field.alias or name for name, field in model.model_fields.items()}
        assert [name for name, key in properties.items() if not key.get("description", "").endswith(".")] == []


def test_an_unknown_key_is_no_more_allowed_than_by_the_models() -> None:
    closed = [each for each in objects(schema()) if "properties" in each or "patternProperties" in each]
    assert len(closed) > 10
    assert [each for each in closed if each.get("additionalProperties") is not False] == []


def test_nothing_hides_the_descriptions_and_nothing_is_null() -> None:
    for each in objects(schema()):
        assert not isinstance(each.get("title"), str)
        assert each.get("type") != "null"
        assert each.get("format") != "duration"


def test_defaults_are_shown_as_they_are_written() -> None:
    definitions = schema()["definitions"]
    assert isinstance(definitions, dict)
    assert definitions["Fetch"]["properties"]["every"]["default"] == "10m"
    for name, key in definitions["Fetch"]["properties"].items():
        if "default" in key:
            assert Settings.model_validate({"fetch": {name: key["default"]}}) == Settings()
