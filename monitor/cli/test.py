"""`presswatch test`: examples and scenarios of the rules, and what none of them would notice."""

import time
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import click

from monitor.cli import screens
from monitor.cli.configured import configuration
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.cli.rulebooks import known, others, rule_files
from monitor.config import Config
from monitor.diagnostics import Severity
from monitor.log import escaped
from monitor.rulebook import Examined, examine
from monitor.workshop import reports
from monitor.workshop.scenarios import Newsroom
from monitor.workshop.trials import Score, Trial, Trials, tried

FORMATS = ("full", "concise", "json", "junit")


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("--rule", "only", multiple=True, metavar="ID", help="Try this rule alone; may be given several times.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="full", help="How the outcome is shown.")
@click.option(
    "--mutate", is_flag=True, help="Loosen each part of each rule, and name those that no example holds in place."
)
@click.option("--strict", is_flag=True, help="End with 3 where --mutate finds such a part.")
@pass_options
@click.pass_context
def test(
    ctx: click.Context, options: Options, paths: tuple[Path, ...], only: tuple[str, ...], form: str, mutate: bool,
    strict: bool,
) -> None:  # fmt: skip
    """Try the examples and scenarios of the rules; nothing is sent.

    PATH: rule files, or folders of them, to try instead of those that the configuration names. Ends with 0 where all of them
    hold, else with 1.
    """
    began = time.monotonic()
    config = configuration(options, missing_secrets=Severity.WARNING)
    files = rule_files(paths)
    beside = others(config.rule_files, files) if files else []
    found = examine([_near(each) for each in files or config.rule_files], known(config.written), beside)
    _check_names(found, only)
    trials = tried(found, _newsroom(config), only, mutate=mutate)
    summary = _summary(trials, time.monotonic() - began)
    match form:
        case "junit":
            click.echo(reports.junit(trials))
        case "json":
            click.echo(reports.as_json(trials))
        case "concise":
            faults = [fault for each in trials.rules for fault in each.faults]
            _print([screens.concise([*trials.faults, *faults, *trials.survivors])])
        case _:
            _print([screens.full(trials.faults)])
            _print([_block(each) for each in trials.rules if each.cases])
            _print([_untried(trials.untried)])
    click.echo(summary, err=form in {"json", "junit"})
    if trials.faults or trials.failed:
        ctx.exit(Exit.FINDINGS)
    ctx.exit(Exit.WARNINGS if strict and trials.survivors else Exit.FINE)


def _check_names(found: Examined, only: Sequence[str]) -> None:
    """Refuse a rule that is not there, unless it may be in a file that cannot be read."""
    names = [each.id for each in found.rulebook.rules]
    for name in only:
        if name not in names and not found.errors:
            close = get_close_matches(name, names, n=1)
            raise click.BadParameter(
                f"there is no rule '{name}'" + (f"; did you mean '{close[0]}'?" if close else ""), param_hint="--rule"
            )


def _newsroom(config: Config) -> Newsroom:
    return Newsroom(
        {each.id: each for each in config.digests()},
        {each.id: each for each in config.feeds()},
        config.settings.service.timezone,
    )


def _near(file: Path) -> Path:
    """Return a path as someone in the current folder writes it."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _print(blocks: Sequence[str]) -> None:
    for block in blocks:
        if block:
            click.echo(block)


def _block(trial: Trial) -> str:
    """Return a rule's line, and below it what does not hold."""
    counts = [_count(trial.count(kind), kind) for kind in ("example", "scenario") if trial.count(kind)]
    if trial.score:
        counts.append(_noticed([trial.score]))
    head = f"{trial.rule_id}  {', '.join(counts)}"
    if trial.faults:
        return f"{click.style('✗', fg='red')} {head}: {len(trial.faults)} failed\n\n{screens.full(trial.faults)}\n"
    survivors = f"\n\n{screens.full(trial.score.survivors)}\n" if trial.score and trial.score.survivors else ""
    return f"{click.style('✓', fg='green')} {head}{survivors}"


def _untried(names: Sequence[str]) -> str:
    return f"Without any example: {escaped(', '.join(names))}" if names else ""


def _summary(trials: Trials, seconds: float) -> str:
    numbers = {kind: sum(each.count(kind) for each in trials.rules) for kind in ("example", "scenario")}
    counts = ", ".join(_count(number, kind) for kind, number in numbers.items())
    failed = len(trials.faults) + trials.failed
    verdict = "all hold" if not failed else _failed(trials)
    noticed = f"; {_noticed(trials.scores)}" if trials.scores else ""
    return f"{_count(len(trials.rules), 'rule')}: {counts} in {seconds:.1f} s: {verdict}{noticed}"


def _noticed(scores: Sequence[Score]) -> str:
    return f"{sum(each.noticed for each in scores)} of {_count(sum(each.tried for each in scores), 'mutation')} noticed"


def _failed(trials: Trials) -> str:
    parts = [f"{trials.failed} failed"] if trials.failed else []
    parts += [_count(len(trials.faults), "fault") + " in the files"] if trials.faults else []
    return ", ".join(parts)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}" if number else f"no {what}s"
