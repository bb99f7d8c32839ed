"""`presswatch unsubscribed`, `unsubscribe` and `resubscribe`: who gets messages no more, since when and why, and how they get them again."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from monitor.app.leftovers import addresses, left_over
from monitor.cli.asking import changeable, perform
from monitor.cli.configured import configuration
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.wording import in_json, moment, numbered
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.store import Store, unsubscribed
from monitor.store.unsubscribed import EVERY, Unsubscribed


@click.command("unsubscribed")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object each, one in a line, times in UTC.")
@pass_options
def listed(options: Options, as_json: bool) -> None:
    """Show who gets a digest no more: by the link in a message, or since messages are refused there again and again."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store, store.reading() as tx:
        found = unsubscribed.listing(tx)
        leftovers = left_over(tx, config)
    zone = ZoneInfo(config.settings.service.timezone)
    if as_json:
        for each in found:
            click.echo(in_json(asdict(each)))
        return
    for line in _rows(found, zone):
        click.echo(line)
    for told in leftovers.told_of_addresses():
        click.echo(f"{escaped(told)}.")


@click.command("unsubscribe")
@click.argument("recipient")
@click.option("--digest", default="", metavar="NAME", help="Only this digest.")
@pass_options
@click.pass_context
def unsubscribe(ctx: click.Context, options: Options, recipient: str, digest: str) -> None:
    """Send to RECIPIENT no more, an address of an e-mail channel, nor what waits there; until they are subscribed again."""
    config = changeable(options)
    digests, known = [each.id for each in config.digests()], addresses(config)
    if digest and digest not in digests:
        raise click.UsageError(f"There is no digest '{escaped(digest)}'; there are: {', '.join(digests)}.")
    if unsubscribed.known_as(recipient) not in known:
        raise click.UsageError(f"No channel writes to '{escaped(recipient)}'.")
    done = perform(config, {"verb": "unsubscribe", "recipient": recipient, "digest": digest})["done"]
    told = f"'{digest}' no more" if digest else "no more messages"
    click.echo(f"{recipient} gets {told}." if done else f"{recipient} had unsubscribed already.")
    ctx.exit(Exit.FINE if done else Exit.FINDINGS)


@click.command("resubscribe")
@click.argument("recipient")
@click.option("--digest", default="", metavar="NAME", help="Only this digest.")
@pass_options
@click.pass_context
def resubscribe(ctx: click.Context, options: Options, recipient: str, digest: str) -> None:
    """Send to RECIPIENT again, an address as `presswatch unsubscribed` shows it."""
    request = {"verb": "resubscribe", "recipient": recipient, "digest": digest}
    done = perform(changeable(options), request)["done"]
    told = numbered(done, "entry", "entries")
    click.echo(
        f"{escaped(recipient)} gets messages again ({told})." if done else f"{escaped(recipient)} had not unsubscribed."
    )
    ctx.exit(Exit.FINE if done else Exit.FINDINGS)


def _rows(found: Sequence[Unsubscribed], zone: ZoneInfo) -> Iterator[str]:
    for each in found:
        what = "every digest" if each.digest_id == EVERY else each.digest_id
        yield f"{escaped(each.recipient) or '-':<32} {escaped(what):<16} since {moment(each.since, zone)}: {escaped(each.why)}"
    if not found:
        yield "Nobody has unsubscribed."
