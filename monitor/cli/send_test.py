"""`presswatch send-test`: one marked message through a channel, before anything is trusted to it."""

import asyncio

import click

from monitor.app.trying import Tried, send_test
from monitor.cli.configured import configuration, start_logging
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.log import escaped


@click.command("send-test")
@click.argument("channel")
@pass_options
@click.pass_context
def send_test_message(ctx: click.Context, options: Options, channel: str) -> None:
    """Send a message with made-up news, marked as a test, to every recipient of CHANNEL, and say what the other side answered.

    It is tried once. No digest has to go to the channel yet; the daemon knows nothing of it.
    """
    config = configuration(options)
    start_logging(options, config)
    if channel not in config.channels():
        click.echo(f"There is no channel '{escaped(channel)}'; there are: {', '.join(config.channels())}.", err=True)
        ctx.exit(Exit.FINDINGS)
    tried = asyncio.run(send_test(config, channel))
    for each in tried:
        click.echo(_told(each))
    ctx.exit(Exit.FINE if all(each.arrived for each in tried) else Exit.FINDINGS)


def _told(tried: Tried) -> str:
    receipt = tried.receipt
    answer = " ".join(filter(None, (receipt.stage, receipt.code, receipt.text)))
    part = f", part {tried.part}" if tried.part > 1 else ""
    plain = " (as plain text: the layout was refused)" if receipt.degraded else ""
    return f"{receipt.outcome.value:<9} {escaped(tried.recipient)}{part}: {escaped(answer)}{plain}"
