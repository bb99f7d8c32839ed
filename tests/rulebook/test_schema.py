"""The schema of rule files says what the loader takes: both are made of one table of keys."""

import json
from collections.abc import Iterator, Mapping

import pytest

from monitor.rulebook import keys
from monitor.rulebook.schema import schema
from tests.gates.repository import text
from tests.rulebook.conftest import Told

#: A rule file with every key there is, each with something that it can hold.
EVERYTHING = """\
lists: {envoys: [Witkoff]}
defaults: {languages: [en], sources: [bbc-world], max_age: 7d, priority: low, deliver: [instant], stem: en}
rules:
  - id: a
    title: A
    description: A.
    match: {any: [$envoys], all: [Kyiv], none: [golf]}
    languages: [en]
    sources: [bbc-world]
    max_age: 7d
    priority: low
    deliver: [instant]
    stem: en
    when: {count: 5, within: 1h, distinct: source}
    cooldown: 6h
    examples:
      match:
        - title: Witkoff in Kyiv
          summary: So it is.
          body: So it was.
          author: Ada Brenner
          source: bbc-world
          url: https://example.org/1
          language: en
          tags: [talks]
          marks: [Witkoff, Kyiv]
      no_match: [Golf]
    scenarios:
      - name: told at once
        articles: [{at: "2026-11-23 10:00", title: Witkoff in Kyiv}]
        expect: [{at: "2026-11-23 10:00", digest: instant, items: 1}]
  - id: b
    match: Kushner
    when: {spike: 0.001, within: 2h, against: 28d, at_least: 8}
  - id: c
    match: Kushner
    when: {silent: 24h}
"""


def tables(part: object) -> Iterator[Mapping[str, Mapping[str, object]]]:
    """Yield the properties of every mapping that a schema describes."""
    if isinstance(part, dict):
        if isinstance(part.get("properties"), dict):
            yield part["properties"]
        for inner in part.values():
            yield from tables(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from tables(inner)


def test_the_file_beside_the_shipped_rules_is_the_schema() -> None:
    told = "write it anew: .venv/bin/presswatch schema rules > rules/rules.schema.json"
    assert json.loads(text("rules/rules.schema.json")) == json.loads(json.dumps(schema())), told


def test_every_key_says_what_it_is_for_in_a_sentence() -> None:
    found = [key for properties in tables(schema()) for key in properties.values()]
    assert len(found) > 30
    assert [key for key in found if not str(key.get("description", "")).endswith(".")] == []


def test_the_loader_takes_every_key_of_the_schema(told: Told) -> None:
    assert told(EVERYTHING) == []
    names = {name for properties in tables(schema()) for name in properties}
    assert {name for name in names if f"{name}:" not in EVERYTHING} == set()


@pytest.mark.parametrize("name", [name for name in vars(keys) if name.isupper() and isinstance(vars(keys)[name], dict)])
def test_every_table_of_keys_is_a_part_of_the_schema(name: str) -> None:
    table = vars(keys)[name]
    if all(isinstance(key, keys.Key) for key in table.values()):
        assert any(table.keys() <= properties.keys() for properties in tables(schema()))
