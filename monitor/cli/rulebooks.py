"""The rules that a command works with: those of the configuration, or those of files that are named instead."""

from collections.abc import Sequence
from pathlib import Path

from monitor.config import Config, Written, names
from monitor.rulebook import Known, Rulebook, load


def known(written: Written) -> Known:
    """Return the names that rules may use, as far as they can be told of a configuration that may have faults."""
    found = names(written)
    return Known(found.digests, found.feeds, found.tags, found.tags_of)


def rule_files(paths: Sequence[Path]) -> list[Path]:
    """Return the rule files that are named, and those in folders that are named."""
    return [file for path in paths for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]


def rulebook(config: Config, paths: Sequence[Path] = ()) -> Rulebook:
    """Load the rules of the configuration, or of `paths` (files, folders) where some are named. Raises RulesError."""
    return load(rule_files(paths) or config.rule_files, known(config.written))
