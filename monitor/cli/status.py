"""`presswatch status`: how feeds, digests and deliveries are doing, whether a daemon runs or not."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from monitor.cli.configured import configuration
from monitor.cli.feeds.wording import counted, needing
from monitor.cli.options import Options, pass_options
from monitor.cli.overview import Overview, overview
from monitor.cli.unread import unread
from monitor.cli.wording import in_json
from monitor.core.model import DeliveryState, Health
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.parse.extraction import can_extract
from monitor.store import Store
from monitor.store.gates import CHANNEL, NOT_CONFIGURED, Gate

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, times in UTC, lengths of time in seconds.")
@pass_options
def status(options: Options, as_json: bool) -> None:
    """Show how feeds, digests and deliveries are doing, from the database alone."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store, store.reading() as tx:
        found = overview(tx, config)
    if as_json:
        click.echo(in_json(asdict(found), indent=2))
        return
    zone = ZoneInfo(config.settings.service.timezone)
    pages = _pages(unread(config, installed=can_extract()))
    for part in (
        _daemons(found), _rules(found, zone), _templates(found), _feeds(found, zone), pages, _digests(found, zone),
        _orphans(found, zone),         _deliveries(found, zone),
    ):  # fmt: skip
        for line in part:
            click.echo(line)


def _line(name: str, told: str) -> str:
    return f"{click.style(f'{name:<11}', bold=True)} {told}"


def _daemons(found: Overview) -> Iterator[str]:
    if not found.daemons:
        yield _line("Daemon", click.style("none at work on this database", fg="red"))
    for each in found.daemons:
        heard = _ago(found.now - each.beat_at)
        yield _line(
            "Daemon",
            f"{each.host} (pid {each.pid}), {each.version}, up {_span(found.now - each.started_at)}, heard of {heard}",
        )
    for why in found.network:
        yield _line("Network", click.style(why, fg="red"))


def _rules(found: Overview, zone: ZoneInfo) -> Iterator[str]:
    if found.rules.refused:
        red = click.style("changed files are wrong, older rules are in force", fg="red")
        yield _line("Rules", f"{red}: {escaped(found.rules.refused)}")
    for each in found.rules.switched_off:
        red = click.style("switched off", fg="red")
        yield _line("Rule", f"{escaped(each):<22} {red}: its regular expression ran away; mend it, or say it in words")
    if found.rules.always:
        yield _line("Rules", f"tried on every article: {escaped(found.rules.always)}")
    for mute in found.rules.muted:
        by = f" by {escaped(mute.made_by)}" if mute.made_by else ""
        yield _line("Muted", f"{mute.rule_id:<22} until {_time(mute.until, zone)}{by}: {escaped(mute.reason)}")


def _templates(found: Overview) -> Iterator[str]:
    if found.templates:
        red = click.style("wrong, messages have the built-in form where they fail", fg="red")
        yield _line("Templates", f"{red}: {escaped(found.templates)}")


def _feeds(found: Overview, zone: ZoneInfo) -> Iterator[str]:
    yield _line("Feeds", counted(found.feeds.states))
    for each in found.feeds.needing:
        yield f"  {needing(each, zone)}"
    total = sum(count for state, count in found.feeds.states.items() if state not in (Health.OK, Health.NEW))
    if total > len(found.feeds.needing):
        yield f"  and {total - len(found.feeds.needing)} more: presswatch feeds list"
    newest = f", the newest {_ago(found.now - found.feeds.last_new_at)}" if found.feeds.last_new_at else ""
    yield _line("Articles", f"{found.articles:,} in the last 24 h{newest}")


def _pages(why: str) -> Iterator[str]:
    if why:
        yield _line("Pages", click.style(why, dim=True))


def _digests(found: Overview, zone: ZoneInfo) -> Iterator[str]:
    for each in found.digests:
        following = f"next {_time(each.next_at, zone)}" if each.next_at else "sent as stories come"
        last = f"last {_time(each.last.made_at, zone)} with {each.last.size}" if each.last else "none yet"
        yield _line("Digest", f"{each.id:<22} {each.waiting} waiting, {last}, {following}")


def _orphans(found: Overview, zone: ZoneInfo) -> Iterator[str]:
    for each in found.orphaned:
        red = click.style(f"{each.waiting} waiting, but it is not configured", fg="red")
        mend = f"write [digests.{escaped(each.digest_id)}] again, or have their rules deliver elsewhere"
        yield _line(
            "Digest", f"{escaped(each.digest_id):<22} {red}: given up from {_time(each.until, zone)} on; {mend}"
        )


def _deliveries(found: Overview, zone: ZoneInfo) -> Iterator[str]:
    waiting = sum(found.deliveries.get(each, 0) for each in (DeliveryState.PENDING, DeliveryState.LEASED))
    dead = found.deliveries.get(DeliveryState.DEAD, 0)
    oldest = f" (the oldest for {_span(found.oldest_waiting)})" if found.oldest_waiting else ""
    lost = click.style(f"{dead} dead", fg="red" if dead else None)
    yield _line(
        "Deliveries", f"{found.deliveries.get(DeliveryState.SENT, 0):,} sent, {waiting} waiting{oldest}, {lost}"
    )
    if found.bouncing:
        many = "1 address gets" if len(found.bouncing) == 1 else f"{len(found.bouncing)} addresses get"
        told = f"{many} nothing more, as messages were refused there again and again: presswatch unsubscribed"
        yield _line("Recipients", click.style(told, fg="red"))
    if found.ledger:
        yield _line(
            "Fates", click.style(f"do not add up, which is a fault of Presswatch: {escaped(found.ledger)}", fg="red")
        )
    for told in found.leftovers.told():
        yield _line("Left over", click.style(f"{escaped(told)}.", fg="red"))
    for gate in found.paused:
        until = f"until {_time(gate.until, zone)}" if gate.until else "until someone mends it"
        yield _line("Paused", f"{escaped(gate.name)} {until}: {escaped(gate.why)}{_how_on(gate)}")


def _how_on(gate: Gate) -> str:
    """Say how a channel goes on that was mended."""
    if gate.until or gate.why == NOT_CONFIGURED or not gate.name.startswith(CHANNEL):
        return ""
    return f" (then `presswatch send-test {escaped(gate.name.removeprefix(CHANNEL))}`)"


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"


def _ago(age: timedelta) -> str:
    return f"{_span(age)} ago"


def _span(age: timedelta) -> str:
    seconds = max(int(age.total_seconds()), 0)
    return next((f"{seconds // size} {unit}" for size, unit in _UNITS if seconds >= 2 * size), f"{seconds} s")
