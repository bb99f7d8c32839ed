"""`presswatch send-test`: one marked message through a channel, before anything is trusted to it."""

import asyncio

import click

from monitor.app.trying import Tried, send_test
from monitor.cli.asking import perform
from monitor.cli.configured import configuration, start_logging
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.wording import no_such, numbered
from monitor.config import Config
from monitor.errors import StoreError
from monitor.log import escaped
from monitor.store import Store, breakers, gates


@click.command("send-test")
@click.argument("channel")
@pass_options
@click.pass_context
def send_test_message(ctx: click.Context, options: Options, channel: str) -> None:
    """Send a message with made-up news, marked as a test, to every recipient of CHANNEL, and say what the other side answered.

    It is tried once. No digest has to go to the channel yet. Where the channel was paused and takes the message, what waits for it goes on.
    """
    config = configuration(options)
    start_logging(options, config)
    if channel not in config.channels():
        click.echo(no_such("channel", channel, config.channels()), err=True)
        ctx.exit(Exit.FINDINGS)
    tried = asyncio.run(send_test(config, channel))
    for each in tried:
        click.echo(_told(each))
    if any(each.arrived for each in tried) and _held_up(config, channel):
        waiting = perform(config, {"verb": "resume-channel", "channel": channel})["waiting"]
        waits = numbered(waiting, "message that waits", "messages that wait")
        click.echo(f"It goes on, with {waits}." if waiting else "It goes on.")
    ctx.exit(Exit.FINE if all(each.arrived for each in tried) else Exit.FINDINGS)


def _held_up(config: Config, channel: str) -> bool:
    """Whether a daemon has left the channel alone: paused, or after messages that failed one after the other."""
    try:
        with Store(config.database_url) as store:
            store.open(exclusive=False)
            with store.reading() as tx:
                return channel in gates.paused(tx) or channel in breakers.half_open(tx)
    except StoreError:
        return False  # before the first run


def _told(tried: Tried) -> str:
    receipt = tried.receipt
    answer = receipt.told
    part = f", part {tried.part}" if tried.part > 1 else ""
    plain = " (as plain text: the layout was refused)" if receipt.degraded else ""
    return f"{receipt.outcome.value:<9} {escaped(tried.recipient)}{part}: {escaped(answer)}{plain}"
