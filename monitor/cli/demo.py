"""`presswatch demo`: everything at work within seconds, without network, mail or configuration."""

import asyncio
import logging
import signal
import sys
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console

from monitor import log
from monitor.app.clock import utc_now
from monitor.cli.durations import DURATION
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.demo import DemoFolder, perform

#: Columns where there is no terminal to ask.
WIDTH = 110


@click.command("demo")
@click.option("--for", "duration", type=DURATION, metavar="TIME", help="End by itself after TIME, such as 20s.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("presswatch-demo"),
    show_default=True,
    help="Where everything is put.",
)
@pass_options
@click.pass_context
def demo(ctx: click.Context, options: Options, duration: timedelta | None, folder: Path) -> None:
    """Show the whole of Presswatch at work: made-up news on loopback, the real daemon, alerts and a digest by mail.

    On a terminal it goes on until Ctrl-C, elsewhere until the news is told. A demo that was killed goes on where it was.
    """
    log.start(sys.stderr, level=logging.DEBUG if options.loudness > 0 else logging.WARNING, form="text")
    console = Console(no_color=options.color is False or None, force_terminal=options.color or None, highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    stay = duration is not None or console.is_terminal
    try:
        asyncio.run(_perform(DemoFolder(folder), console, duration, stay=stay))
    except FileExistsError as error:
        click.echo(f"{error}.", err=True)
        ctx.exit(Exit.FINDINGS)


async def _perform(folder: DemoFolder, console: Console, duration: timedelta | None, *, stay: bool) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if duration is not None:
        loop.call_later(duration.total_seconds(), stop.set)
    await perform(folder, console, utc_now(), stop, stay=stay)
