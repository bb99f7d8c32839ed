"""`presswatch feeds show`: everything that is known of one feed."""

import difflib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from monitor.cli.configured import configuration
from monitor.cli.exits import Exit
from monitor.cli.feeds.wording import clock
from monitor.cli.options import Options, pass_options
from monitor.cli.wording import in_json
from monitor.config import Config
from monitor.core.feeds.cadence import rhythm_told, told
from monitor.core.feeds.hints import remembered
from monitor.core.feeds.rhythm import rate
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.store import Store, Tx, feed_health

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
#: What only the daemon can read, or is of use to nobody else.
_INTERNAL = frozenset({"marks", "rhythm", "hints", "body_hash", "lease_token", "own_title", "entry"})


@click.command("show")
@click.argument("feed_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, times in UTC.")
@pass_options
@click.pass_context
def show(ctx: click.Context, options: Options, feed_id: str, as_json: bool) -> None:
    """Show how the feed ID is doing and why, how often it is asked, what it brings, and what became of it."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    with Store(config.database_url) as store:
        store.open(exclusive=False)
        with store.reading() as tx:
            row = feed_health.one(tx, feed_id)
            if row is None:
                click.echo(_unknown(feed_id, feed_health.ids(tx)), err=True)
                ctx.exit(Exit.FINDINGS)
            if as_json:
                click.echo(in_json(_as_json(tx, row), indent=2))
                return
            for name, value in _lines(tx, row, config):
                click.echo(f"{click.style(f'{name:<10}', bold=True)} {value}")


def _unknown(feed_id: str, known: list[str]) -> str:
    near = difflib.get_close_matches(feed_id, known, 3)
    hint = f" Did you mean {' or '.join(near)}?" if near else " presswatch feeds list --all shows them."
    return f"There is no feed '{escaped(feed_id)}'.{hint}"


def _lines(tx: Tx, row: Mapping[str, Any], config: Config) -> Iterator[tuple[str, str]]:
    zone = ZoneInfo(config.settings.service.timezone)
    yield "feed", f"{escaped(row['label'])} ({row['id']})"
    yield "address", escaped(row["url"]) + (f", asked at {escaped(row['moved_to'])}" if row["followed"] else "")
    yield "owned by", "the configuration's files" if row["origin"] == "config" else "the database (presswatch feeds)"
    yield "tags", ", ".join(row["tags"]) or "none"
    state = row["stopped"] or row["health"].value
    since = row["stopped_at"] if row["stopped"] else row["health_since"]
    why = row["stopped_why"] if row["stopped"] else row["health_why"]
    yield "state", state + (f" since {clock(since, zone)}" if since else "") + (f": {escaped(why)}" if why else "")
    if row["failures"]:
        yield "failed", f"{row['failures']} times in a row ({row['error_kind']}): {escaped(row['error'])}"
    yield "last read", clock(row["last_good_at"], zone)
    yield "last new", clock(row["last_new_at"], zone)
    yield "next", f"{clock(row['next_poll_at'], zone)} ({escaped(row['next_poll_reason'])})"
    yield "every", f"{told(row['every'])} to {told(row['max_every'])}"
    yield "brings", _brings(tx, row)
    hints = remembered(row["hints"])
    asked = [f"{name} {told(span)}" for name, span in (("ttl", hints.ttl), ("updatePeriod", hints.period)) if span]
    if asked:
        yield "says", ", ".join(asked)
    for at, health, reason in feed_health.history(tx, row["id"]):
        yield "became", f"{clock(at, zone)} {health.value}" + (f": {escaped(reason)}" if reason else "")


def _brings(tx: Tx, row: Mapping[str, Any]) -> str:
    day, week = (feed_health.brought(tx, row["id"], span) for span in (_DAY, _WEEK))
    brings = rate(row["rhythm"], tx.now)
    usual = f"; {rhythm_told(brings)}" if brings is not None else ""
    return f"{day} articles in the last day, {week} in the last week{usual}"


def _as_json(tx: Tx, row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if name not in _INTERNAL}
    changes = [{"at": at, "health": health, "why": why} for at, health, why in feed_health.history(tx, row["id"])]
    return {**told, "articles_last_day": feed_health.brought(tx, row["id"], _DAY), "changes": changes}
