"""`presswatch config show`: the configuration in force, merged from file, included files and environment."""

import json
from itertools import groupby

import click

from monitor.cli.configured import configuration
from monitor.cli.options import Options, pass_options
from monitor.config.showing import Shown, shown
from monitor.diagnostics import Severity


@click.group("config")
def config() -> None:
    """Show the configuration in force."""


@config.command("show")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@pass_options
def show(options: Options, as_json: bool) -> None:
    """Print every value and where it comes from. Secrets are shown as ***."""
    found = configuration(options, missing_secrets=Severity.WARNING)
    values = shown(found)
    if as_json:
        told = [{"path": each.path, "value": each.value, "origin": each.origin} for each in values]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"# {found.path}")
    for _, table in groupby(values, key=lambda each: (each.table, each.path[1] if each.table == "[[feeds]]" else 0)):
        _print_table(list(table))


def _print_table(values: list[Shown]) -> None:
    click.echo(f"\n{click.style(values[0].table, bold=True)}")
    for each in values:
        line = f"{each.key:<13} = {each.value}"
        click.echo(f"{line:<60} {click.style(f'# {each.origin}', dim=True)}")
