"""`presswatch schema`: JSON Schemas, from which editors know the keys of configuration and rules."""

import json

import click

from monitor.config.schema import schema as config_schema
from monitor.rulebook.schema import schema as rules_schema


@click.group("schema")
def schema() -> None:
    """Print the JSON Schemas of configuration and rules, for editors."""


@schema.command("config")
def config() -> None:
    """Print the JSON Schema of config.toml."""
    _show(config_schema())


@schema.command("rules")
def rules() -> None:
    """Print the JSON Schema of rule files."""
    _show(rules_schema())


def _show(made: dict[str, object]) -> None:
    click.echo(json.dumps(made, ensure_ascii=False, indent=2))
