"""Queries given on the command line, in the language of the rules and with the lists of their files."""

from collections.abc import Mapping

import click

from monitor.cli import screens
from monitor.cli.rulebooks import rulebook
from monitor.config import Config
from monitor.core.query import Node, QueryError, parse, warnings
from monitor.errors import RulesError
from monitor.workshop.search import diagnostic


def asked_for(ctx: click.Context, config: Config, text: str) -> Node:
    """Return the query; ends with what is wrong with it, and tells what is doubtful."""
    lists = _lists(config) if "$" in text else {}
    try:
        query, doubts = parse(text, lists), warnings(text, lists)
    except QueryError as problem:
        click.echo(screens.full([diagnostic(text, problem)]), err=True)
        ctx.exit(2)
    if doubts:
        click.echo(f"{screens.full([diagnostic(text, each) for each in doubts])}\n", err=True)
    return query


def _lists(config: Config) -> Mapping[str, Node]:
    try:
        return rulebook(config).list_queries
    except RulesError:
        click.echo("The query uses a list of the rule files, and these do not load:\n", err=True)
        raise
