"""`presswatch backtest`: what a rule would have found and sent, had it been in force."""

import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from monitor.app.clock import utc_now
from monitor.cli import findings, screens
from monitor.cli.configured import configuration
from monitor.cli.durations import DURATION
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.progress import on_stderr, progress
from monitor.cli.queries import asked_for
from monitor.cli.rulebooks import drafted, known, named_rule
from monitor.cli.wording import in_json, stream_name
from monitor.config import Config
from monitor.config.digest_checks import INSTANT
from monitor.core.rules import Rule
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.workshop.lines import BadLine
from monitor.workshop.noise import doubt
from monitor.workshop.past import from_lines
from monitor.workshop.trying import Tried, Wanted, on_archive, on_articles

MOST_SAMPLES = 200


@click.command("backtest")
@click.argument("rule", required=False)
@click.option("--query", metavar="QUERY", help="Try this query instead of a rule, such as 'Witkoff AND Kyiv'.")
@click.option(
    "--since", type=DURATION, metavar="TIME", help="How far back, such as 7d.  [default: 30d; with --data, all of it]"
)
@click.option("--diff", is_flag=True, help="Compare with the version of the rule that is in force.")
@click.option(
    "--data", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path), metavar="FILE",
    help="Try it on the articles of this file (JSON lines, - for standard input) instead of the archive.",
)  # fmt: skip
@click.option(
    "--samples", type=click.IntRange(0, MOST_SAMPLES), default=5, show_default=True, metavar="N",
    help="How many articles to show; with --diff, of what is new and of what is gone.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object with all of it.")
@pass_options
@click.pass_context
def backtest(
    ctx: click.Context, options: Options, rule: str | None, query: str | None, since: timedelta | None, diff: bool,
    data: Path | None, samples: int, as_json: bool,
) -> None:  # fmt: skip
    """Show what RULE would have found and sent, as its file says now, whether that is in force or not.

    RULE is a rule's id. Nothing is sent, and nothing is changed. Ends with 1 where a line of FILE could not be used.
    """
    if (rule is None) is (query is None):
        both = ", not both" if query is not None else ""
        raise click.UsageError(f"Give the id of a rule, or a query with --query{both}.")
    if diff and query is not None:
        raise click.UsageError("A query has no version in force: --diff is for rules.")
    config = configuration(options, missing_secrets=Severity.WARNING)
    tried_rule = _rule(config, rule) if rule is not None else _nameless(ctx, config, query or "")
    began = time.monotonic()
    tried = _try(config, Wanted(tried_rule, since, diff, samples), data)
    _show(config, tried_rule, tried, data, time.monotonic() - began, as_json=as_json)
    ctx.exit(Exit.FINDINGS if tried.bad_lines else Exit.FINE)


def _nameless(ctx: click.Context, config: Config, query: str) -> Rule:
    """Return a rule for a query, with what a rule has that says nothing else."""
    # As it comes, where there is a digest for that.
    usual = min(config.digests(), key=lambda each: (not each.instant, each.id != INSTANT))
    return Rule("query", asked_for(ctx, config, query), deliver=(usual.id,))


def _rule(config: Config, name: str) -> Rule:
    book = drafted(config)
    named_rule(name, book, "RULE")
    return next(each for each in book.rules if each.id == name)


def _try(config: Config, wanted: Wanted, data: Path | None) -> Tried:
    if data is None:
        return on_archive(config, wanted, partial(progress, what="reading the archive", console=on_stderr()))
    with click.open_file(data, "rb") as stream:
        weights = {each.id: each.weight for each in config.feeds()}
        read = from_lines(stream, known(config.written).tags_of, weights)
        return on_articles(config, wanted, read, utc_now(), partial(_tell, stream_name(data)))


def _tell(name: str, line: BadLine) -> None:
    click.echo(f"{name}:{line.number}: {escaped(line.fault)}", err=True)


def _show(config: Config, rule: Rule, tried: Tried, data: Path | None, seconds: float, *, as_json: bool) -> None:
    where = stream_name(data) if data else f"the archive{_reach(tried)}"
    doubts = screens.nearer([each for each in [doubt(rule, tried.found, where)] if each], Path.cwd())
    if as_json:
        told = findings.as_dict(rule, tried, seconds, doubts)
        click.echo(in_json(told, indent=2))
        return
    for line in findings.lines(tried, seconds, ZoneInfo(config.settings.service.timezone)):
        click.echo(line)
    if doubts:
        click.echo(screens.full(doubts), err=True)


def _reach(tried: Tried) -> str:
    stretch = tried.stretch
    return f" in the last {findings.span(stretch.until - stretch.since)}" if stretch else ""
