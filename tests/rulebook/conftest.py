"""Rule files for tests: written to a folder, loaded with a small configuration."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from monitor.errors import RulesError
from monitor.rulebook import Known, Rulebook, load

KNOWN = Known(
    digests={"instant", "morning"},
    feeds={"bbc-world", "reuters-world"},
    tags={"wire", "world"},
    tags_of={"bbc-world": ("world",), "reuters-world": ("wire", "world")},
)

Loads: TypeAlias = Callable[..., Rulebook]
Told: TypeAlias = Callable[..., list[str]]


@pytest.fixture
def loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loads:
    """Load texts, the first as rules.yaml, others by name, from the folder they are written to."""
    monkeypatch.chdir(tmp_path)

    def load_texts(text: str, others: Mapping[str, str | bytes] | None = None, known: Known = KNOWN) -> Rulebook:
        files = {"rules.yaml": text, **(others or {})}
        for name, content in files.items():
            Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
        return load([Path(name) for name in files], known)

    return load_texts


@pytest.fixture
def told(loads: Loads) -> Told:
    """Load texts and return what is told about them, one line a diagnostic."""

    def told_of(text: str, others: Mapping[str, str | bytes] | None = None) -> list[str]:
        try:
            return [str(each) for each in loads(text, others).warnings]
        except RulesError as problem:
            return [str(each) for each in problem.diagnostics]

    return told_of
