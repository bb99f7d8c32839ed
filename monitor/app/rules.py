"""The rules in force, and a copy of their files: a restart in the middle of an edit still has the last good set."""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

from monitor.core.match import Matcher
from monitor.errors import RulesError
from monitor.rulebook import Compile, Known, Rulebook, load

log = logging.getLogger(__name__)


def load_or_last_good(
    files: Sequence[Path], names: Known, kept: Path, compiled: Compile = Matcher
) -> tuple[Rulebook, RulesError | None]:
    """Load the rule files or, where they are faulty, the set that was last in force, with what is wrong with the new ones.

    Raises RulesError where there is no such set, or it does not fit the configuration any more.
    """
    try:
        return load(files, names, compiled=compiled), None
    except RulesError as fault:
        last_good = files_in_force(kept)
        if not last_good:
            raise
        try:
            return load(last_good, names, compiled=compiled), fault
        except RulesError:
            raise fault from None


def files_in_force(kept: Path) -> list[Path]:
    """Return the copies of the files that are in force, in their order."""
    # A process that died in the middle of `keep` left the copy under its other name.
    return sorted(kept.glob("*.yaml")) or sorted(_aside(kept).glob("*.yaml"))


def keep(files: Sequence[Path], kept: Path) -> None:
    """Copy the files of a good set; at every moment either this copy or the one before is whole."""
    fresh, old = kept.with_name(f"{kept.name}.new"), _aside(kept)
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for number, file in enumerate(files):
            # Numbered, since two folders may each have a file of one name; the order stays the same.
            shutil.copyfile(file, fresh / f"{number:04}-{file.stem}.yaml")
        if kept.exists():
            shutil.rmtree(old, ignore_errors=True)
            kept.rename(old)
        fresh.rename(kept)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        log.warning("the rules in force could not be copied to %s: %s", kept, error)


def _aside(kept: Path) -> Path:
    """Where the copy before is while the new one takes its place."""
    return kept.with_name(f"{kept.name}.old")
