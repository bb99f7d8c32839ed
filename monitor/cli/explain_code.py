"""`presswatch explain-code PW110`: what a code means."""

import difflib
from collections.abc import Mapping

import click

from monitor import config, rulebook
from monitor.core import query
from monitor.render.codes import CODES as RENDER_CODES
from monitor.workshop.codes import CODES as WORKSHOP_CODES

#: Every table of codes there is.
TABLES: tuple[Mapping[str, str], ...] = (
    config.CODES, rulebook.CODES, rulebook.LINT_CODES, query.CODES, RENDER_CODES, WORKSHOP_CODES,
)  # fmt: skip


def codes() -> dict[str, str]:
    """Return every code there is with what it means."""
    return {name: text for table in TABLES for name, text in table.items()}


@click.command("explain-code")
@click.argument("code")
@click.pass_context
def explain_code(ctx: click.Context, code: str) -> None:
    """Explain CODE, as it stands in the brackets of an error or a warning."""
    every = codes()
    if explained := every.get(code.upper()):
        click.echo(f"{code.upper()}: {explained}")
        return
    close = ", ".join(difflib.get_close_matches(code.upper(), sorted(every), n=3))
    click.echo(f"There is no code '{code}'.{f' Close to it: {close}.' if close else ''}", err=True)
    ctx.exit(2)
