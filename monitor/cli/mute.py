"""`presswatch mute`, `mutes` and `unmute`: rules that are silent for a while; who, why, and always an end."""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from monitor.app.clock import utc_now
from monitor.cli.asking import changeable, perform
from monitor.cli.configured import configuration
from monitor.cli.durations import DURATION
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.wording import in_json, moment, numbered
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.store import Store, mutes
from monitor.store.mutes import Mute

LONGEST = timedelta(days=366)
LISTED = 100
"""Mutes that are listed with --all."""


@click.command("mute")
@click.argument("rule")
@click.option("--for", "span", type=DURATION, required=True, help="How long: 30m, 4h, 7d; a year at the most.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, for those who wonder later.")
@click.option("--by", default=None, metavar="NAME", help="Who asks for it.  [default: your user name]")
@pass_options
@click.pass_context
def mute(ctx: click.Context, options: Options, rule: str, span: timedelta, reason: str, by: str | None) -> None:
    """Tell nothing of RULE for a while. What it matches is kept and counted at the foot of digests, and rings for nobody.

    Only what would have been told in that time is silenced: of a digest that comes later nothing is missing.
    """
    if not timedelta(0) < span <= LONGEST:
        raise click.UsageError("A mute has an end, a year from now at the latest.")
    if not reason.strip():
        raise click.UsageError("Say why: somebody will ask.")
    config = changeable(options)
    until = utc_now() + span
    who = _user() if by is None else by
    _known(
        ctx,
        rule,
        perform(config, {"verb": "mute", "rule": rule, "until": until.isoformat(), "reason": reason, "by": who}),
    )
    click.echo(f"{rule} is muted until {moment(until, ZoneInfo(config.settings.service.timezone))}.")


@click.command("unmute")
@click.argument("rule")
@click.option("--revive", is_flag=True, help="Tell what was silenced after all, with the next edition.")
@pass_options
@click.pass_context
def unmute(ctx: click.Context, options: Options, rule: str, revive: bool) -> None:
    """Hear RULE again. With --revive what was silenced since it was last heard waits for its digests once more, over or not."""
    answer = perform(changeable(options), {"verb": "unmute", "rule": rule, "revive": revive})
    _known(ctx, rule, answer)
    click.echo(f"{rule} is heard again." if answer["done"] else f"{rule} was not muted.")
    if revive:
        click.echo(f"{numbered(answer['revived'], 'match waits', 'matches wait')} again.")
    ctx.exit(Exit.FINE if answer["done"] or answer["revived"] else Exit.FINDINGS)


@click.command("mutes")
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a mute, one in a line, times in UTC.")
@pass_options
def listed(options: Options, everything: bool, as_json: bool) -> None:
    """Show which rules are muted, until when, by whom and why."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store, store.reading() as tx:
        found = mutes.recent(tx, LISTED) if everything else mutes.active(tx)
    zone = ZoneInfo(config.settings.service.timezone)
    for line in (in_json(asdict(each)) for each in found) if as_json else _rows(found, zone):
        click.echo(line)


def _rows(found: Sequence[Mute], zone: ZoneInfo) -> Iterator[str]:
    for each in found:
        by = f" by {escaped(each.made_by)}" if each.made_by else ""
        yield f"{each.rule_id:<24} until {moment(each.until, zone)}{by}: {escaped(each.reason)}"
    if not found:
        yield "No rule is muted."


def _known(ctx: click.Context, rule: str, answer: Mapping[str, Any]) -> None:
    if answer["unknown"] is not None:
        hint = f" Did you mean {' or '.join(answer['unknown'])}?" if answer["unknown"] else ""
        click.echo(f"There is no rule '{escaped(rule)}' in the database.{hint}", err=True)
        ctx.exit(Exit.FINDINGS)


def _user() -> str:
    with suppress(OSError, KeyError):  # a container may have a user without a name
        return getpass.getuser()
    return ""
