"""`presswatch check`: every mistake in configuration, rules, examples and templates, before the daemon meets it."""

import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from monitor.cli.checking import Wanted
from monitor.cli.configured import found
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.sarif import sarif
from monitor.cli.screens import FORMATS, nearer
from monitor.cli.wording import counted
from monitor.config import Examined
from monitor.diagnostics import Diagnostic, Severity
from monitor.rulebook import LARGEST_FILE, Typed
from monitor.watching import Watch, look

#: Every form in which faults are shown, and those that are a document even where there is nothing to tell.
FORMS: dict[str, Callable[[Sequence[Diagnostic]], str]] = {**FORMATS, "sarif": sarif}
DOCUMENTS = frozenset({"json", "sarif"})
#: Seconds between two looks at whether files have changed.
LOOK_EVERY = 0.5


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True, path_type=Path), metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="full", help="How faults are shown.")
@click.option("--strict", is_flag=True, help="End with 3 where there are only warnings.")
@click.option("--watch", is_flag=True, help="Check again whenever a file has changed, until Ctrl-C.")
@pass_options
@click.pass_context
def check(ctx: click.Context, options: Options, paths: tuple[Path, ...], form: str, strict: bool, watch: bool) -> None:
    """Name every mistake in configuration, rules, their examples and templates.

    PATH: rule files, or folders of them, to check instead of those that the configuration names, whose lists they may use;
    - for rules from standard input. Ends with 0 where all is well and with 1 where there are errors.
    """
    for each in paths:
        if each.suffix == ".toml":
            raise click.BadParameter(
                f"{each} is no rule file; a configuration is named before the command: presswatch -c {each} check",
                param_hint="PATH",
            )
    typed = Path("-") in paths
    if typed and watch:
        raise click.UsageError("--watch cannot watch standard input.")
    wanted = Wanted(
        found(options), options.environ, tuple(each for each in paths if each != Path("-")), _typed() if typed else None
    )
    if watch:
        _watch(wanted, form)
    # What is read stays until the end, which is near: looking for garbage in it takes a seventh of the time.
    gc.disable()
    ctx.exit(_check(wanted, form, strict=strict))


def _typed() -> Typed:
    return Typed("<stdin>", sys.stdin.buffer.read(LARGEST_FILE + 1))


def _check(wanted: Wanted, form: str, *, strict: bool = False, examined: Examined | None = None) -> Exit:
    """Check once and show what was found."""
    began = time.monotonic()
    checked = wanted.check(examined or wanted.examine())
    diagnostics = nearer(checked.diagnostics, Path.cwd())
    errors, warnings = checked.count(Severity.ERROR), checked.count(Severity.WARNING)
    if diagnostics or form in DOCUMENTS:
        click.echo(FORMS[form](diagnostics))
    click.echo(
        f"Checked {checked.what} in {time.monotonic() - began:.2f} s: {counted(errors, 'error')}, {counted(warnings, 'warning')}.",
        err=form in DOCUMENTS | {"github"},
    )
    if checked.aside:
        # Nothing is wrong, and what reads the output looks for faults.
        click.echo(click.style(f"Pages of articles are {checked.aside}.", dim=True), err=True)
    return Exit.FINDINGS if errors else Exit.WARNINGS if warnings and strict else Exit.FINE


def _watch(wanted: Wanted, form: str) -> None:
    """Check whenever a change has come to rest, for ever; an interruption is the way to end it."""
    examined = wanted.examine()
    watched = Watch(look(wanted.files(examined)))
    try:
        while True:
            click.clear()
            _check(wanted, form, examined=examined)
            click.echo(click.style(f"{time.strftime('%H:%M:%S')}  waiting for a change, Ctrl-C to end", dim=True))
            while not watched.settled(now := look(wanted.files(examined))):
                time.sleep(LOOK_EVERY)
            watched.accept(now)
            examined = wanted.examine()
    except KeyboardInterrupt:
        click.get_current_context().exit(Exit.FINE)
