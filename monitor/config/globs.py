"""Globs of the configuration: which files they mean now."""

import glob
from collections.abc import Sequence
from pathlib import Path as File


def matching(globs: Sequence[str], base: File) -> list[File]:
    """Return the files that match any of the globs (relative ones below `base`), sorted, each once."""
    # Not Path.glob: that takes no absolute patterns, and would take the hidden files that editors leave.
    found = {base / name for each in globs for name in glob.iglob(each, root_dir=base, recursive=True)}  # noqa: PTH207
    return sorted(path for path in found if path.is_file())
