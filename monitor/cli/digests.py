"""`presswatch digests`: which there are, when they are due next, what editions were made and told, and one of them sent once more."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from monitor.app.clock import utc_now
from monitor.cli.asking import changeable, perform
from monitor.cli.configured import configuration
from monitor.cli.durations import DURATION
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.overview import DigestHealth, digest_health
from monitor.cli.pauses import paused
from monitor.cli.wording import in_json, moment, no_such, numbered
from monitor.config import Config
from monitor.core.digest import Context, DigestSpec, slots, stories
from monitor.core.feeds.cadence import told
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.pipeline import showing
from monitor.store import Store, editions
from monitor.store.editions import EditionRow
from monitor.store.outbox import listing

LISTED = 20
"""Editions that are listed unless more are asked for."""
MOST_DUE = 200
"""Times that `next` lists at the most."""


@click.group()
def digests() -> None:
    """List digests and editions, say when they are due, show what was told, resend."""


@digests.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a digest, one in a line, times in UTC.")
@pass_options
def listed(options: Options, as_json: bool) -> None:
    """Show every digest: when it goes out and to whom, what waits for it, and its last edition."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    with _opened(config) as store, store.reading() as tx:
        found = [(spec, digest_health(tx, spec)) for spec in config.digests()]
    for spec, health in found:
        for line in [_as_json(spec, health)] if as_json else _row(spec, health):
            click.echo(line)


@digests.command("next")
@click.option("--for", "span", type=DURATION, default="48h", show_default=True, help="How far to look ahead.")
@pass_options
def following(options: Options, span: timedelta) -> None:
    """Show when the scheduled digests are due next, each by the clock of its own time zone."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    now = utc_now()
    due = [
        (slot.due, spec)
        for spec in config.digests()
        if spec.schedule
        for slot in slots(spec.schedule, spec.zone, now, now + span)[:MOST_DUE]
    ]
    due.sort(key=lambda each: (each[0], each[1].id))
    for at, spec in due[:MOST_DUE]:
        click.echo(f"{at.astimezone(ZoneInfo(spec.zone)):%a %Y-%m-%d %H:%M %Z}  {spec.id:<20} to {_to(spec)}")
    if not due:
        click.echo(f"No digest is due in the next {told(span)}.")


@digests.command("editions")
@click.argument("digest", required=False)
@click.option("--limit", type=click.IntRange(1), default=LISTED, show_default=True, help="How many at the most.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object an edition, one in a line, times in UTC.")
@pass_options
@click.pass_context
def made(ctx: click.Context, options: Options, digest: str | None, limit: int, as_json: bool) -> None:
    """Show the editions that were made, of DIGEST or of all, the newest first."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    with _opened(config) as store, store.reading() as tx:
        found = editions.recent(tx, limit, digest or "")
    # One that is no longer configured may have editions all the same.
    known = [each.id for each in config.digests()]
    if digest and not found and digest not in known:
        click.echo(no_such("digest", digest, known), err=True)
        ctx.exit(Exit.FINDINGS)
    zone = ZoneInfo(config.settings.service.timezone)
    for line in (in_json(asdict(each)) for each in found) if as_json else _editions(found, zone):
        click.echo(line)


@digests.command("show")
@click.argument("edition")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a story, one in a line, times in UTC.")
@pass_options
@click.pass_context
def show(ctx: click.Context, options: Options, edition: str, as_json: bool) -> None:
    """Show every story of EDITION: its outlet, when it was published, and where; also those that its messages had no room for."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    with _opened(config) as store, store.reading() as tx:
        row, taken = showing.told_in(tx, edition)
    if row is None:
        click.echo(f"There is no edition '{escaped(edition)}': presswatch digests editions", err=True)
        ctx.exit(Exit.FINDINGS)
    known = {spec.id: spec for spec in config.digests()}
    spec = showing.spec_of(known, edition, config.settings.service.timezone)
    told = stories(spec, taken)
    for line in map(_story_as_json, told) if as_json else _stories(spec, row, told):
        click.echo(line)
    if len(taken) < row.size:
        click.echo(f"Of {numbered(row.size, 'match', 'matches')} {len(taken):,} are shown.", err=True)


@digests.command("resend")
@click.argument("edition")
@click.option("--channel", default="", metavar="ID", help="Only through this channel.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_options
@click.pass_context
def resend(ctx: click.Context, options: Options, edition: str, channel: str, yes: bool) -> None:
    """Send EDITION once more to everybody it went to: the same messages to the byte, whether they had arrived or not.

    A Slack bot that finds its message still in the channel does not post it twice.
    """
    config = changeable(options)
    with _opened(config) as store, store.reading() as tx:
        there = listing(tx, edition=edition, channel=channel)
    if not there:
        by = f" by channel '{escaped(channel)}'" if channel else ""
        click.echo(f"There is no message of edition '{escaped(edition)}'{by}: presswatch digests editions", err=True)
        ctx.exit(Exit.FINDINGS)
    if not yes:
        click.confirm(f"Send the {numbered(len(there), 'message')} of {escaped(edition)} once more?", abort=True)
    answer = perform(config, {"verb": "resend", "edition": edition, "channel": channel})
    click.echo(f"To be sent once more: {numbered(len(answer['done']), 'message')} of {escaped(edition)}.")
    for name, why in answer["paused"].items():
        click.echo(f"They wait: {paused(name, why)}.")
    if answer["left"]:
        click.echo(f"{numbered(len(answer['left']), 'message')} being sent at this moment.")


def _row(spec: DigestSpec, health: DigestHealth) -> Iterator[str]:
    yield f"{click.style(spec.id, bold=True)}   {escaped(spec.title)}"
    yield f"  goes out  {_when(spec)}, to {_to(spec)}"
    zone = ZoneInfo(spec.zone)
    if health.next_at:
        yield f"  next      {health.next_at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"
    yield f"  waiting   {numbered(health.waiting, 'match', 'matches')}"
    last = (
        f"{moment(health.last.made_at, zone)} with {numbered(health.last.size, 'match', 'matches')}"
        if health.last
        else "none yet"
    )
    yield f"  last      {last}"


def _when(spec: DigestSpec) -> str:
    if spec.schedule is None:
        rate = f", at most {spec.max_rate.count} in {told(spec.max_rate.per)}" if spec.max_rate else ""
        return f"as stories come, after {told(spec.wait)}{rate}"
    return f"by the clock of {spec.zone} ({spec.schedule.cron})"


def _to(spec: DigestSpec) -> str:
    return ", ".join(spec.to)


def _editions(found: Sequence[EditionRow], zone: ZoneInfo) -> Iterator[str]:
    for each in found:
        state = "on its way" if each.settled_at is None else f"settled {moment(each.settled_at, zone)}"
        yield f"{moment(each.made_at, zone)}  {each.size:>4} {'match  ' if each.size == 1 else 'matches'}  {state:<26} {escaped(each.id)}"
    if not found:
        yield "No edition was made yet."


def _stories(spec: DigestSpec, row: EditionRow, told: Sequence[Context]) -> Iterator[str]:
    zone = ZoneInfo(spec.zone)
    yield f"{click.style(escaped(row.id), bold=True)}   made {moment(row.made_at, zone)}, {numbered(len(told), 'story', 'stories')}"
    for each in told:
        yield ""
        yield escaped(str(each["title"]))
        yield f"  {_copy(each, zone)}"
        yield from (f"  also {_copy(copy, zone)}" for copy in _copies(each))


def _copy(copy: Mapping[str, object], zone: ZoneInfo) -> str:
    at = moment(datetime.fromisoformat(str(copy["published"])), zone)
    return escaped(f"{copy['outlet']}, {at}  {copy['url']}").rstrip()


def _copies(story: Context) -> Sequence[Mapping[str, object]]:
    copies = story["copies"]
    assert isinstance(copies, list)
    return copies


def _story_as_json(story: Context) -> str:
    return in_json({key: told for key, told in story.items() if key != "again"})


def _as_json(spec: DigestSpec, health: DigestHealth) -> str:
    when = {"cron": spec.schedule.cron if spec.schedule else None, "zone": spec.zone}
    return in_json({"title": spec.title, "to": spec.to, **when, **asdict(health)})


def _opened(config: Config) -> Store:
    store = Store(config.database_url)
    store.open(exclusive=False)
    return store
