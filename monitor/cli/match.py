"""`presswatch match`: a filter for pipelines, articles in and what they match out."""

import gc
import sys
from pathlib import Path

import click

from monitor.cli.configured import configuration
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.rulebooks import known, rule_files
from monitor.cli.wording import stream_name
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.rulebook import ANY_NAME, Known, Rulebook, load
from monitor.workshop.filtering import Filter
from monitor.workshop.lines import BadLine, articles


@click.command("match")
@click.option(
    "--rules", "paths", multiple=True, type=click.Path(exists=True, path_type=Path), metavar="PATH",
    help="A rule file or a folder of them, instead of the rules that the configuration names; may be repeated.",
)  # fmt: skip
@click.option(
    "--data", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path), default="-", metavar="FILE",
    help="Where the articles are; - is standard input, as is nothing.",
)  # fmt: skip
@click.option("--stats", is_flag=True, help="Say on stderr at the end how many articles a second were matched.")
@pass_options
@click.pass_context
def match(ctx: click.Context, options: Options, paths: tuple[Path, ...], data: Path, stats: bool) -> None:
    """Read articles as JSON lines, and write for each at once what it matches.

    An article is {"id": …, "title": …, "summary": …, "body": …, "author": …, "source": …, "url": …, "language": …, "tags": […]},
    no key required, texts plain. The answer is {"id": …, "matches": [{"rule": …, "spans": [[field, start, end], …]}]}.
    With --rules no configuration is looked for. Ends with 1 where a line could not be used.
    """
    # The rules stay until the end: the garbage collector need look at them neither while they are read nor after every few articles.
    gc.disable()
    rulebook, names = _rules(options, paths)
    gc.freeze()
    gc.enable()
    matching = Filter(rulebook.matcher)
    findings = 0
    with click.open_file(data, "rb") as stream:
        for line in articles(stream, names.tags_of):
            faults = [line.fault] if isinstance(line, BadLine) else matching.answer(line, sys.stdout.buffer)
            for fault in faults:
                click.echo(f"{stream_name(data)}:{line.number}: {escaped(fault)}", err=True)
            findings += len(faults)
    if stats:
        click.echo(f"{matching.rate:.0f} articles/s", err=True)
    ctx.exit(Exit.FINDINGS if findings else Exit.FINE)


def _rules(options: Options, paths: tuple[Path, ...]) -> tuple[Rulebook, Known]:
    if paths:
        files = rule_files(paths)
        if not files:
            raise click.UsageError(f"There is no rule file (*.yaml) in {' or '.join(map(str, paths))}.")
        return load(files, ANY_NAME), ANY_NAME
    config = configuration(options, missing_secrets=Severity.WARNING)
    names = known(config.written)
    return load(config.rule_files, names), names
