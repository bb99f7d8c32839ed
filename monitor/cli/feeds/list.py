"""`presswatch feeds list`: which feeds need a person, and how many are well."""

from collections.abc import Iterator
from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from monitor.cli.configured import configuration
from monitor.cli.feeds.wording import ORDER, WELL, clock, counted, needing
from monitor.cli.options import Options, pass_options
from monitor.cli.wording import in_json
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.store import Store, Tx, feed_health
from monitor.store.feed_health import FeedLine
from monitor.store.feeds import REMOVED

_NOTHING = "There are no feeds: name one in config.toml, or: presswatch feeds add ADDRESS"


@click.command("list")
@click.argument("word", required=False)
@click.option("--all", "everything", is_flag=True, help="List every feed, not only those that need you.")
@click.option("--state", type=click.Choice([*map(str, ORDER), REMOVED]), help="List the feeds in this state.")
@click.option("--tag", default="", metavar="TAG", help="List the feeds with this tag.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a feed, one in a line, times in UTC.")
@pass_options
def listed(options: Options, word: str | None, everything: bool, state: str | None, tag: str, as_json: bool) -> None:
    """Show which feeds need you and why, those with the oldest trouble first, and how many are well.

    With WORD: the feeds with that in their id, title or address.
    """
    config = configuration(options, missing_secrets=Severity.WARNING)
    zone = ZoneInfo(config.settings.service.timezone)
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store, store.reading() as tx:
        if word or state or tag or everything or as_json:
            found = feed_health.listing(tx, state=state or "", tag=tag, word=word or "")
            lines = map(_as_json, found) if as_json else _rows(found, zone)
        else:
            lines = _summary(tx, zone)
        for line in lines:
            click.echo(line)


def _summary(tx: Tx, zone: ZoneInfo) -> Iterator[str]:
    states = feed_health.counts(tx)
    if not states:
        yield _NOTHING
        return
    total = sum(states.values())
    yield f"{total:,} {'feed' if total == 1 else 'feeds'}: {counted(states)}"
    troubled = feed_health.needing(tx)
    yield from (needing(each, zone) for each in troubled)
    rest = sum(count for state, count in states.items() if state not in WELL) - len(troubled)
    if rest > 0:
        yield f"and {rest:,} more: --state lists them"
    if troubled:
        yield "presswatch feeds show ID tells more of one."


def _rows(found: Iterator[FeedLine], zone: ZoneInfo) -> Iterator[str]:
    none = True
    for each in found:
        none = False
        yield _row(each, zone)
    if none:
        yield "No feed is like that."


def _as_json(line: FeedLine) -> str:
    return in_json(asdict(line))


def _row(line: FeedLine, zone: ZoneInfo) -> str:
    told = f"{line.state:<8} {line.id:<30} new {clock(line.last_new_at, zone):<20} next {clock(line.next_poll_at, zone):<20}"
    return f"{told} {escaped(line.label)}"
