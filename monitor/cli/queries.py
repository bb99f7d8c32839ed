"""Queries given on the command line."""

from typing import IO, Any

import click

from monitor.cli import screens
from monitor.core.query import Node, QueryError, parse
from monitor.diagnostics import Diagnostic


class FaultyQuery(click.ClickException):
    """A query on the command line is wrong; shown with the faulty part marked."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as it is: it has its own form."""
        click.echo(self.message, file=file, err=file is None)


def parsed(text: str) -> Node:
    """Return the tree of a query. Raises FaultyQuery."""
    try:
        return parse(text)
    except QueryError as problem:
        context = text if "\n" not in text else ""
        told = Diagnostic(
            problem.code, problem.message, "query", 1, problem.start + 1, problem.end + 1, context, problem.hint
        )
        raise FaultyQuery(screens.full([told])) from None
