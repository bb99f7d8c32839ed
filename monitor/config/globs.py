"""Globs of the configuration: which files they mean now."""

import glob
from collections.abc import Sequence
from pathlib import Path as File


def matching(globs: Sequence[str], base: File) -> list[File]:
    """Return the files that match any of the globs (relative ones below `base`), sorted, each once."""
    # Not Path.glob: that takes no absolute patterns, and would take the hidden files that editors leave.
    found = {base / name for each in globs for name in glob.iglob(each, root_dir=base, recursive=True)}  # noqa: PTH207
    return sorted(path for path in found if path.is_file())


def matching_rules(globs: Sequence[str], base: File) -> list[File]:
    """Return the rule files that globs mean. One that ends in .yaml means the other way to write that, .yml, as well."""
    both = [*globs, *(f"{each.removesuffix('.yaml')}.yml" for each in globs if each.endswith(".yaml"))]
    return matching(both, base)
