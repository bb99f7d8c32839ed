"""`presswatch run`: the daemon, or one round of its work."""

import asyncio
import os
import signal
from dataclasses import replace
from datetime import timedelta

import click

from monitor.app.daemon import App, Round, Terms
from monitor.cli.configured import configuration, start_logging
from monitor.cli.durations import DURATION
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.config import Config
from monitor.pipeline import Limits


@click.command("run")
@click.option("--once", is_flag=True, help="Poll what is due, match, deliver, and end.")
@click.option(
    "--dry-run", is_flag=True, help="Send nothing: messages go to files, and a database of its own keeps the tally."
)
@click.option(
    "--catch-up",
    type=DURATION,
    default="0s",
    metavar="AGE",
    help="Alert also for articles younger than AGE (such as 24h) in a feed that is read for the first time.",
)
@pass_options
@click.pass_context
def run(ctx: click.Context, options: Options, once: bool, dry_run: bool, catch_up: timedelta) -> None:
    """Read the feeds, match the rules and send the digests, until told to stop.

    TERM and INT stop it in order: what is being sent has 20 seconds. HUP reloads configuration and rules, which a saved
    file does by itself. Exit codes: 75 where a daemon already works on the database, 78 for a configuration that is wrong.
    """
    app = _app(options, dry_run=dry_run, catch_up=catch_up)
    if once:
        brought = asyncio.run(_once(app))
        click.echo(summary(brought))
        ctx.exit(Exit.FINDINGS if brought.unsent else Exit.FINE)
    ctx.exit(asyncio.run(_serve(app)))


def _app(options: Options, *, dry_run: bool, catch_up: timedelta) -> App:
    """Build the daemon; it alone holds the configuration then, and lets go of what it does not need any more."""
    config = configuration(options)
    start_logging(options, config)
    terms = Terms(limits=Limits(catch_up=catch_up))
    if dry_run:
        config, terms = _apart(config, terms)
        click.echo(f"Dry run: messages go to {terms.outbox}, nothing is sent.", err=True)
    return App(config, terms)


def summary(brought: Round) -> str:
    """Return in a line what one round brought."""
    counts = (brought.polls, "feed"), (brought.editions, "edition"), (brought.unsent, "message")
    polled, made, unsent = (f"{number:,} {what}{'' if number == 1 else 's'}" for number, what in counts)
    none_due = "" if brought.polls else " (none was due: each is asked no sooner than its `every` says)"
    return f"{polled} read{none_due}, {made} made, {unsent} still to be sent."


def _apart(config: Config, terms: Terms) -> tuple[Config, Terms]:
    """Give a dry run a folder of its own, so that nothing it does counts as sent in the real one."""
    folder = config.data_dir / "dry-run"
    return config.beside(folder), replace(terms, outbox=folder / "outbox")


async def _once(app: App) -> Round:
    await app.open()
    try:
        return await app.run_once()
    finally:
        await app.close()


async def _serve(app: App) -> int:
    """Run until a signal says stop; a second one ends the process at once."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def end(number: signal.Signals) -> None:
        if stop.is_set():
            os._exit(Exit.INTERRUPTED if number is signal.SIGINT else Exit.TERMINATED)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)
    await app.open()
    loop.add_signal_handler(signal.SIGHUP, app.reload_soon)
    try:
        await app.serve(stop)
    finally:
        await app.close()
    return Exit.FINE
