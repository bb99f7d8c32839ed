"""`presswatch rules`: which rules there are, what one says, a new one, and what could be better in them."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from monitor.cli.checking import empty_digests
from monitor.cli.configured import configuration
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.registers import RECENT, listed_as_json, page, page_as_json, table
from monitor.cli.rulebooks import drafted, known, named_rule, rulebook
from monitor.cli.screens import FORMATS, nearer
from monitor.cli.wording import counted, in_json, near, numbered
from monitor.config import Config
from monitor.diagnostics import Severity
from monitor.errors import RulesError, StoreError
from monitor.log import escaped
from monitor.rulebook import starting
from monitor.rulebook.linting import lint as warnings_of
from monitor.store import Store, routes
from monitor.store.routes import Tally
from monitor.workshop.register import listing
from monitor.workshop.register import sheet as sheet_of


@click.group("rules")
def rules() -> None:
    """List rules, show one, start one, and look for what could be better in them."""


@rules.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, times in UTC.")
@pass_options
def listed(options: Options, as_json: bool) -> None:
    """List all rules with their digests, their place in the files, and how often each has matched."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    book = drafted(config)
    tallies = _tallies(config)
    found = listing(book, tallies or {})
    if as_json:
        click.echo(in_json([listed_as_json(each) for each in found], indent=2))
        return
    zone = ZoneInfo(config.settings.service.timezone)
    for line in table(found, zone, counted=tallies is not None):
        click.echo(line)


@rules.command("show")
@click.argument("rule_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, times in UTC.")
@pass_options
def show(options: Options, rule_id: str, as_json: bool) -> None:
    """Show the rule ID as it is understood: its query, its settings and who says them, its examples, its hits."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    book = drafted(config)
    named_rule(rule_id, book, "ID")
    draft = next(each for each in book.drafts if each.rule.id == rule_id)
    tallies = _tallies(config, rule_id)
    found = sheet_of(book, draft, tallies or {})
    if as_json:
        click.echo(in_json(page_as_json(found), indent=2))
        return
    for line in page(found, ZoneInfo(config.settings.service.timezone), counted=tallies is not None):
        click.echo(line)


@rules.command("new")
@click.argument("rule_id", metavar="ID")
@click.argument("query", required=False)
@click.option("--file", type=click.Path(path_type=Path), help="The file to write instead of rules/ID.yaml.")
@pass_options
@click.pass_context
def new(ctx: click.Context, options: Options, rule_id: str, query: str | None, file: Path | None) -> None:
    """Write a new rule ID into a file of its own, to go on from. It looks for QUERY, or for the words of its id.

    No file is ever overwritten.
    """
    config = configuration(options, missing_secrets=Severity.WARNING)
    rule_id = _text(rule_id, "ID")
    query = " ".join(rule_id.split("-")) if query is None else _text(query, "QUERY").strip()
    if told := starting.faults(rule_id, query, rulebook(config)):
        click.echo(FORMATS["full"](told), err=True)
        ctx.exit(Exit.FINDINGS)
    text = starting.sheet(rule_id, query)
    starting.prove(text, config.rule_files, known(config.written))
    path = file or _folder(config) / f"{rule_id}.yaml"
    _write(path, text)
    click.echo(
        f"Wrote {escaped(near(str(path)))}. To see what it finds: presswatch explain --rule {rule_id} --text 'A headline'"
    )
    if path.resolve() not in config.rule_files:
        click.echo("No glob of [service] rules names this file, so it is not in force.", err=True)


@rules.command("lint")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="full", help="How warnings are shown.")
@click.option("--strict", is_flag=True, help="End with 3 where there are warnings.")
@pass_options
@click.pass_context
def lint(ctx: click.Context, options: Options, form: str, strict: bool) -> None:
    """Look for what could be better: rules and terms that say the same twice, rules without examples, all that check warns of."""
    config = configuration(options, missing_secrets=Severity.WARNING)
    try:
        book = rulebook(config)
    except RulesError as problem:
        click.echo(FORMATS[form](nearer(problem.diagnostics, Path.cwd())))
        ctx.exit(Exit.FINDINGS)
    of_rules = sorted((*book.warnings, *warnings_of(book)), key=lambda each: (each.path, each.line, each.column))
    found = nearer((*of_rules, *empty_digests(config.written, book)), Path.cwd())
    if found or form == "json":
        click.echo(FORMATS[form](found))
    click.echo(
        f"Looked at {numbered(len(book.rules), 'rule')}: {counted(len(found), 'warning')}.",
        err=form in {"json", "github"},
    )
    ctx.exit(Exit.WARNINGS if found and strict else Exit.FINE)


def _text(given: str, name: str) -> str:
    try:
        given.encode()
    except UnicodeEncodeError:
        raise click.BadParameter("this is not UTF-8 text", param_hint=name) from None
    return given


def _tallies(config: Config, rule_id: str | None = None) -> Mapping[str, Tally] | None:
    """Return how often rules matched; None where there is no database to tell."""
    store = Store(config.database_url)
    try:
        store.open(exclusive=False)
        with store, store.reading() as tx:
            return routes.tallies(tx, tx.now - RECENT, rule_id)
    except StoreError as problem:
        click.echo(f"Hits are not known: {problem}.", err=True)
        return None


def _folder(config: Config) -> Path:
    """Return the folder that new rules are written to: the one that the first glob of the configuration begins with."""
    first = Path(next(iter(config.settings.service.rules), "rules"))
    fixed = []
    for part in first.parts[:-1]:
        if any(sign in part for sign in "*?["):
            break
        fixed.append(part)
    return config.base.joinpath(*fixed)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise click.ClickException(f"{near(str(path))} exists, and is not overwritten.") from None
    except OSError as problem:
        raise click.ClickException(f"{near(str(path))} cannot be written: {problem.strerror}.") from None
