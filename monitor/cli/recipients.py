"""`presswatch unsubscribed` and `resubscribe`: who gets messages no more, since when and why, and how they get them again."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

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
    zone = ZoneInfo(config.settings.service.timezone)
    for line in (in_json(asdict(each)) for each in found) if as_json else _rows(found, zone):
        click.echo(line)


@click.command("resubscribe")
@click.argument("recipient")
@click.option("--digest", default="", metavar="NAME", help="Only this digest.")
@click.option("--channel", default="", metavar="NAME", help="Only by this channel.")
@pass_options
@click.pass_context
def resubscribe(ctx: click.Context, options: Options, recipient: str, digest: str, channel: str) -> None:
    """Send to RECIPIENT again, an address as `presswatch unsubscribed` shows it."""
    request = {"verb": "resubscribe", "recipient": recipient, "digest": digest, "channel": channel}
    done = perform(changeable(options), request)["done"]
    told = numbered(done, "entry", "entries")
    click.echo(
        f"{escaped(recipient)} gets messages again ({told})." if done else f"{escaped(recipient)} had not unsubscribed."
    )
    ctx.exit(Exit.FINE if done else Exit.FINDINGS)


def _rows(found: Sequence[Unsubscribed], zone: ZoneInfo) -> Iterator[str]:
    for each in found:
        what = "every digest" if each.digest_id == EVERY else each.digest_id
        yield f"{escaped(each.recipient) or '-':<32} {escaped(each.channel_id):<12} {escaped(what):<16} since {moment(each.since, zone)}: {escaped(each.why)}"
    if not found:
        yield "Nobody has unsubscribed."
