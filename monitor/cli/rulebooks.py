"""The rules that a command works with: those of the configuration, or those of files that are named instead."""

from collections.abc import Sequence
from pathlib import Path

import click

from monitor.app import assembly
from monitor.config import Config
from monitor.rulebook import Rulebook, load
from monitor.rulebook.faults import meant


def rule_files(paths: Sequence[Path]) -> list[Path]:
    """Return the rule files that are named, and those in folders that are named."""
    return [file for path in paths for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]


def rulebook(config: Config, paths: Sequence[Path] = ()) -> Rulebook:
    """Load the rules of the configuration, or of `paths` (files, folders) where some are named. Raises RulesError."""
    return load(rule_files(paths) or config.rule_files, assembly.known(config))


def named_rule(rule_id: str, book: Rulebook, given_by: str) -> None:
    """Refuse an id that no rule has, with the nearest that one has. `given_by` is the option or argument it was given by."""
    ids = {each.id for each in book.rules}
    if rule_id not in ids:
        hint = meant(rule_id, ids)
        raise click.BadParameter(f"there is no rule '{rule_id}'{f'; {hint}' if hint else ''}", param_hint=given_by)
