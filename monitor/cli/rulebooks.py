"""The rules that a command works with: those of the configuration, or those of files that are named instead."""

from collections.abc import Sequence
from pathlib import Path

import click

from monitor.config import Config, Written, names
from monitor.errors import RulesError
from monitor.log import escaped
from monitor.rulebook import Known, Rulebook, examine, load
from monitor.rulebook.faults import meant


def known(written: Written) -> Known:
    """Return the names that rules may use, as far as they can be told of a configuration that may have faults."""
    found = names(written)
    return Known(found.digests, found.feeds, found.tags, found.tags_of)


def rule_files(paths: Sequence[Path]) -> list[Path]:
    """Return the rule files that are named, and those in folders that are named."""
    return [file for path in paths for file in (_below(path) if path.is_dir() else [path])]


def others(configured: Sequence[Path], files: Sequence[Path]) -> list[Path]:
    """Return the configured rule files that are not among `files`, which may use their lists."""
    named = {each.resolve() for each in files}
    return [each for each in configured if each.resolve() not in named]


def rulebook(config: Config, paths: Sequence[Path] = ()) -> Rulebook:
    """Load the rules of the configuration, or of `paths` (files, folders) where some are named. Raises RulesError."""
    files = rule_files(paths)
    beside = others(config.rule_files, files) if files else []
    return load(files or config.rule_files, known(config.written), beside)


def drafted(config: Config) -> Rulebook:
    """Load the rules of the configuration, whether their examples hold or not: who looks into a rule may be looking for why one fails.

    That some fail is said on stderr. Raises RulesError where anything else is wrong.
    """
    found = examine(config.rule_files, known(config.written))
    failing = {proof.fault for proof in found.proofs if proof.fault}
    if not failing.issuperset(found.errors):
        raise RulesError([*found.errors, *found.rulebook.warnings])
    if failing:
        examples = "1 example fails" if len(failing) == 1 else f"{len(failing):,} examples fail"
        click.echo(f"{examples}, so these rules are not in force as they stand: presswatch check names them.", err=True)
    return found.rulebook


def named_rule(rule_id: str, book: Rulebook, given_by: str) -> None:
    """Refuse an id that no rule has, with the nearest that one has. `given_by` is the option or argument it was given by."""
    ids = {each.id for each in book.rules}
    if rule_id not in ids:
        hint = meant(rule_id, ids)
        raise click.BadParameter(
            f"there is no rule '{escaped(rule_id)}'{f'; {hint}' if hint else ''}", param_hint=given_by
        )


def _below(folder: Path) -> list[Path]:
    return sorted(each for ending in ("*.yaml", "*.yml") for each in folder.rglob(ending))
