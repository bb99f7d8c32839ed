"""`presswatch healthcheck`: is a daemon at work on this database? For container engines and supervisors."""

import click

from monitor.cli.configured import configuration, found
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.overview import FRESH
from monitor.config import whereabouts
from monitor.diagnostics import Severity
from monitor.store import Store, instances


@click.command("healthcheck")
@pass_options
@click.pass_context
def healthcheck(ctx: click.Context, options: Options) -> None:
    """Exit with 0 when a daemon has written to the database within the last minute, else with 69.

    A daemon works on while its files are being edited: faults in them are no matter here, unless they hide where the database is.
    """
    known = whereabouts(found(options), options.environ)
    config = known or configuration(options, missing_secrets=Severity.WARNING)
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store, store.reading() as tx:
        alive = instances.alive(tx, FRESH)
    if not alive:
        click.echo(f"No daemon has written to the database in the last {FRESH.seconds} seconds.", err=True)
        ctx.exit(Exit.UNAVAILABLE)
    click.echo(f"Well: {', '.join(f'{each.host} (pid {each.pid})' for each in alive)}.")
