"""Writes configurations and loads them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from monitor.config import Config, load
from monitor.diagnostics import Diagnostic, Severity
from monitor.errors import ConfigurationError

Load = Callable[..., Config]
Faults = Callable[..., list[Diagnostic]]


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    """Load a configuration of this text, which is sound; beside it is a file where rules are looked for."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yaml").touch()

    def load_text(
        text: str, environ: Mapping[str, str] | None = None, missing_secrets: Severity = Severity.ERROR
    ) -> Config:
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return load(file, environ or {}, missing_secrets=missing_secrets)

    return load_text


@pytest.fixture
def faults(loaded: Load) -> Faults:
    """Load a configuration of this text, which is not sound; return what is wrong."""

    def told(text: str, environ: Mapping[str, str] | None = None) -> list[Diagnostic]:
        with pytest.raises(ConfigurationError) as caught:
            loaded(text, environ)
        return list(caught.value.diagnostics)

    return told
