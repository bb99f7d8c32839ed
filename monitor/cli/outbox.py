"""`presswatch outbox`: which messages wait, were given up or sent, and why; sent again, or dropped."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from monitor.app.clock import utc_now
from monitor.app.leftovers import left_over
from monitor.cli.asking import changeable, perform
from monitor.cli.configured import configuration
from monitor.cli.durations import DURATION
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.pauses import paused
from monitor.cli.wording import in_json, moment, no_such, numbered
from monitor.config import Config
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.store import Store, Tx, deliveries, gates
from monitor.store.deliveries import Attempt
from monitor.store.outbox import GIVEN_UP, STATES, WAITING, Line, listing, payload

Command = Callable[..., None]

LISTED = 100
"""Messages that are listed unless more are asked for."""
NAMED = 20
"""Numbers that an answer names; of more it says how many."""

NUMBER = click.IntRange(1, 2**63 - 1)
"""What a message may be called; databases have no larger numbers."""

_DEAD = tuple(each.value for each in GIVEN_UP)
_TROUBLE = (WAITING, *_DEAD, "uncertain")


@click.group()
def outbox() -> None:
    """See what was sent or could not be, send it again, drop it."""


def _narrowed(command: Command) -> Command:
    """Add the ways to say which messages are meant."""
    command = click.option("--channel", default="", metavar="ID", help="Only of this channel.")(command)
    return click.option(
        "--since", type=DURATION, metavar="DURATION", help="Only those made in the last 7d, 24h, 30m …"
    )(command)


@outbox.command("list")
@_narrowed
@click.option("--dead", is_flag=True, help="Only those that were given up.")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--all", "everything", is_flag=True, help="Those that were sent, too.")
@click.option("--limit", type=click.IntRange(1), default=LISTED, show_default=True, help="How many at the most.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a message, one in a line, times in UTC.")
@pass_options
@click.pass_context
def listed(
    ctx: click.Context,
    options: Options,
    channel: str,
    since: timedelta | None,
    dead: bool,
    state: str | None,
    everything: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Show the messages that wait, were given up, or may have arrived; the newest first."""
    if dead + bool(state) + everything > 1:
        raise click.UsageError("--dead, --state and --all exclude one another.")
    states = _DEAD if dead else (state,) if state else STATES if everything else _TROUBLE
    config = configuration(options, missing_secrets=Severity.WARNING)
    with _opened(config) as store, store.reading() as tx:
        after = tx.now - since if since else None
        found = listing(tx, states=states, channel=channel, since=after, limit=limit + 1)
        leftovers = left_over(tx, config)
    if not found:
        _known(ctx, config, channel)
    shown = found[:limit]
    lines: Iterable[str]
    if as_json:
        lines = map(_as_json, shown)
    else:
        lines = _table(
            shown, ZoneInfo(config.settings.service.timezone), more=len(found) > limit, everything=everything
        )
    for line in lines:
        click.echo(line)
    if not as_json and WAITING in states:
        for told in leftovers.told_of_channels():
            click.echo(f"{escaped(told)}.")


@outbox.command("show")
@click.argument("number", type=NUMBER)
@click.option("--message", is_flag=True, help="Print the message itself, as it is handed over.")
@pass_options
@click.pass_context
def show(ctx: click.Context, options: Options, number: int, message: bool) -> None:
    """Show one message: to whom, how it stands, and every attempt to send it with what was answered."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    with _opened(config) as store, store.reading() as tx:
        found = listing(tx, ids=[number])
        if not found:
            click.echo(f"There is no message {number}: presswatch outbox list --all", err=True)
            ctx.exit(Exit.FINDINGS)
        text = payload(tx, number) if message else ""
        parts = _parts(tx, found[0])
        gate = gates.paused(tx).get(found[0].channel_id) if found[0].next_at else None
        attempts = deliveries.history(tx, number)
    if message:
        click.echo(text)
        return
    for line in _sheet(found[0], parts, attempts, ZoneInfo(config.settings.service.timezone)):
        click.echo(line)
    if gate:
        click.echo(f"  waits     {paused(found[0].channel_id, gate.why)}")


def _chosen(command: Command) -> Command:
    command = click.option("--dead", is_flag=True, help="All that were given up.")(command)
    return click.argument("numbers", type=NUMBER, nargs=-1, metavar="NUMBER…")(_narrowed(command))


@outbox.command("retry")
@_chosen
@pass_options
@click.pass_context
def retry(
    ctx: click.Context, options: Options, numbers: tuple[int, ...], channel: str, since: timedelta | None, dead: bool
) -> None:
    """Send these messages again: by number, or with --dead or --channel those that wait or were given up.

    It is the same message, to the byte, under the same key; it is tried for as long as a new one. What waits is tried at once.
    """
    if not (numbers or dead or channel):
        raise click.UsageError("Say which messages: by number, with --dead, or with --channel.")
    states = _DEAD if dead else (WAITING, *_DEAD)
    config = changeable(options)
    _meant(ctx, config, numbers, states, channel, since)
    answer = perform(config, _request("send-again", numbers, states, channel, since))
    _tell(ctx, answer, "To be sent again", "is being sent, or was sent")


@outbox.command("drop")
@_chosen
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_options
@click.pass_context
def drop(
    ctx: click.Context,
    options: Options,
    numbers: tuple[int, ...],
    channel: str,
    since: timedelta | None,
    dead: bool,
    yes: bool,
) -> None:
    """Give up messages that wait: by number, or with --channel all of a channel. They stay in the list and can be sent again."""
    if dead:
        raise click.UsageError("What is dead was given up already.")
    if not (numbers or channel):
        raise click.UsageError("Say which messages: by number, or with --channel.")
    config = changeable(options)
    count = _meant(ctx, config, numbers, (WAITING,), channel, since)
    if not yes and count:
        click.confirm(f"Give up {numbered(count, 'message')} that {'waits' if count == 1 else 'wait'}?", abort=True)
    answer = perform(config, _request("drop-messages", numbers, (WAITING,), channel, since))
    _tell(ctx, answer, "Dropped", "does not wait, or is being sent")


def _meant(
    ctx: click.Context,
    config: Config,
    numbers: Sequence[int],
    states: Sequence[str],
    channel: str,
    since: timedelta | None,
) -> int:
    """Return how many messages are meant; ends the command where none is, and nobody knows the channel."""
    with _opened(config) as store, store.reading() as tx:
        after = tx.now - since if since else None
        count = len(listing(tx, states=states, channel=channel, since=after, ids=numbers))
    if not count:
        _known(ctx, config, channel)
    return count


def _known(ctx: click.Context, config: Config, channel: str) -> None:
    """End the command where there is no such channel. One that is no longer configured may have messages all the same."""
    if not channel or channel in config.channels():
        return
    with _opened(config) as store, store.reading() as tx:
        there = listing(tx, channel=channel, limit=1)
    if not there:
        click.echo(no_such("channel", channel, config.channels()), err=True)
        ctx.exit(Exit.FINDINGS)


def _request(
    verb: str, numbers: Sequence[int], states: Sequence[str], channel: str, since: timedelta | None
) -> Mapping[str, Any]:
    after = (utc_now() - since).isoformat() if since else ""
    return {"verb": verb, "numbers": numbers, "states": states, "channel": channel, "since": after}


def _tell(ctx: click.Context, answer: Mapping[str, Any], word: str, otherwise: str) -> None:
    if answer["done"]:
        click.echo(f"{word}: {_named(answer['done'])}.")
    for channel, why in answer["paused"].items():
        click.echo(f"They wait: {paused(channel, why)}.")
    for number in answer["left"][:NAMED]:
        click.echo(f"{number} {otherwise}.")
    for number in answer["unknown"]:
        click.echo(f"There is no message {number}.")
    if not (answer["done"] or answer["left"] or answer["unknown"]):
        click.echo("No message is like that.")
    ctx.exit(Exit.FINDINGS if answer["left"] or answer["unknown"] else Exit.FINE)


def _named(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else ""
    return ", ".join(map(str, numbers[:NAMED])) + more


def _opened(config: Config) -> Store:
    store = Store(config.database_url)
    store.open(exclusive=False)
    return store


def _table(lines: Sequence[Line], zone: ZoneInfo, *, more: bool, everything: bool) -> Iterator[str]:
    if not lines:
        yield "No message is like that." if everything else "No message waits, and none was given up."
        return
    for each in lines:
        told = f"{each.id:>7}  {each.called:<10} {moment(each.first_at, zone)}  {escaped(each.channel_id):<12} {escaped(each.recipient) or '-'}"
        yield f"{told}  {escaped(each.edition_id)}"
        if each.reason not in ("", each.called):
            yield f"{'':>7}  {escaped(each.reason)}"
    if more:
        yield "There are more: --limit, --since and --channel choose."
    yield "presswatch outbox show NUMBER tells every attempt; retry sends again."


def _parts(tx: Tx, line: Line) -> int:
    """Return in how many parts a recipient gets the edition of a message."""
    theirs = listing(tx, channel=line.channel_id, edition=line.edition_id)
    return sum(each.recipient == line.recipient for each in theirs)


def _sheet(line: Line, parts: int, attempts: Sequence[Attempt], zone: ZoneInfo) -> Iterator[str]:
    part = f", part {line.part} of {parts}" if parts > 1 else ""
    yield f"{line.id}   {line.called}{part}"
    yield f"  edition   {escaped(line.edition_id)} of {escaped(line.digest_id)}"
    yield f"  to        {escaped(line.recipient) or '-'} by {escaped(line.channel_id)}"
    yield f"  made      {moment(line.first_at, zone)}"
    if line.next_at:
        yield f"  next      {moment(line.next_at, zone)}"
    if line.settled_at:
        yield f"  ended     {moment(line.settled_at, zone)}"
    if line.reason not in ("", line.called):
        yield f"  why       {escaped(line.reason)}"
    if line.told_in:
        yield f"  told in   {escaped(line.told_in)}"
    yield f"  key       {line.key}"
    yield f"  attempts  {numbered(len(attempts), 'attempt')}"
    for each in attempts:
        answer = each.receipt.told
        took = f"{each.duration.total_seconds():.1f} s"
        yield f"    {moment(each.at, zone)}  {took:>7}  {each.receipt.outcome.value:<9} {escaped(answer)}"


def _as_json(line: Line) -> str:
    return in_json({**asdict(line), "state": line.called})
