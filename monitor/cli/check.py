"""`presswatch check`: every mistake in configuration, rules, examples and templates, before the daemon meets it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from monitor.cli.configured import found
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.rulebooks import known, rule_files
from monitor.cli.screens import FORMATS, nearer
from monitor.config import Config, Examined, Fault, Written, examine, names, written_rule_files
from monitor.diagnostics import Diagnostic, Severity
from monitor.errors import RulesError
from monitor.render import BUILT_IN, check_templates
from monitor.rulebook import Rulebook, load


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, in words, and what is wrong with it."""

    what: str
    diagnostics: tuple[Diagnostic, ...]


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="full", help="How faults are shown.")
@click.option("--strict", is_flag=True, help="End with 3 where there are only warnings.")
@pass_options
@click.pass_context
def check(ctx: click.Context, options: Options, paths: tuple[Path, ...], form: str, strict: bool) -> None:
    """Name every mistake in configuration, rules, their examples and templates.

    PATH: rule files, or folders of them, to check instead of those that the configuration names. Ends with 0 where all is
    well and with 1 where there are errors.
    """
    began = time.monotonic()
    path = found(options)
    examined = examine(path, options.environ, missing_secrets=Severity.WARNING)
    rules = _rules(examined, rule_files(paths) or written_rule_files(examined.written, path))
    templates = _templates(examined.config)
    diagnostics = nearer((*examined.diagnostics, *rules.diagnostics, *templates.diagnostics), Path.cwd())
    errors = sum(each.severity is Severity.ERROR for each in diagnostics)
    warnings = len(diagnostics) - errors
    looked_at = ", ".join(each for each in (str(path), rules.what, templates.what) if each)
    if diagnostics or form == "json":
        click.echo(FORMATS[form](diagnostics))
    click.echo(
        f"Checked {looked_at} in {time.monotonic() - began:.2f} s: {_count(errors, 'error')}, {_count(warnings, 'warning')}.",
        err=form in {"json", "github"},
    )
    ctx.exit(Exit.FINDINGS if errors else Exit.WARNINGS if warnings and strict else Exit.FINE)


def _rules(examined: Examined, files: Sequence[Path]) -> Checked:
    """Load the rules, with the names that even a faulty configuration has."""
    files_read = _count(len(files), "rule file")
    try:
        book = load(files, known(examined.written))
    except RulesError as problem:
        return Checked(files_read, problem.diagnostics)
    what = f"{files_read} ({_count(len(book.rules), 'rule')}, {_count(book.examples, 'example')})"
    return Checked(what, (*book.warnings, *_empty_digests(examined.written, book)))


def _empty_digests(written: Written, book: Rulebook) -> Iterator[Diagnostic]:
    """Warn of digests that no rule delivers to; of the built-in one only where it is written."""
    fed = {digest for rule in book.rules for digest in rule.deliver}
    for digest in sorted(names(written).digests - fed):
        if written.origin(("digests", digest)) != "default":
            message = f"digest '{digest}' is delivered to by no rule"
            fault = Fault(("digests", digest), "PW402", message, on_key=True, severity=Severity.WARNING)
            yield written.diagnostic(fault)


def _templates(config: Config | None) -> Checked:
    if config is None:
        return Checked("", ())
    own = [folder for folder in config.template_folders if folder.is_dir()]
    files = [file for folder in own for file in folder.glob("*.j2")]
    told = check_templates(own, BUILT_IN)
    missing = [_missing(config, each.id, each.template) for each in config.digests() if not _exists(each.template, own)]
    return Checked(_count(len(files), "template"), (*told, *missing))


def _exists(template: str, own: Sequence[Path]) -> bool:
    return any(True for folder in (*own, BUILT_IN) for _ in folder.glob(f"{template}.*.j2"))


def _missing(config: Config, digest: str, template: str) -> Diagnostic:
    message = f"digest '{digest}' has a template that does not exist, '{template}'"
    return config.written.diagnostic(Fault(("digests", digest, "template"), "PW308", message))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}" if number else f"no {what}s"
