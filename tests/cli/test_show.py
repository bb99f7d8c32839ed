"""`presswatch config show`."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def _configured(folder: Path) -> None:
    (folder / "config.toml").write_text(
        '[channels.room]\ntype = "slack"\nwebhook = { env = "HOOK" }\n'
        '[[feeds]]\nurl = "https://example.org/a"\n[[feeds]]\nurl = "https://example.org/b"\n'
    )


def test_it_prints_toml_that_says_where_each_value_comes_from(run: Run, folder: Path) -> None:
    result = run("config", "show", HOOK="https://hooks.example.org/canary", PRESSWATCH__FETCH__EVERY="5m")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"# {folder / 'config.toml'}\n\n[service]\n")
    assert "canary" not in result.stdout
    shown = tomllib.loads(result.stdout)
    assert shown["channels"]["room"] == {
        "type": "slack",
        "webhook": "***",
        "api": "https://slack.com/api",
        "allow_private": False,
    }
    assert [each["url"] for each in shown["feeds"]] == ["https://example.org/a", "https://example.org/b"]
    assert 'every         = "5m"' in result.stdout
    assert "# $PRESSWATCH__FETCH__EVERY" in result.stdout
    assert "# config.toml:2" in result.stdout


def test_a_missing_secret_does_not_keep_it_from_showing(run: Run) -> None:
    assert run("config", "show").exit_code == 0


def test_it_prints_json_for_other_programs(run: Run) -> None:
    told = json.loads(run("config", "show", "--json").stdout)
    assert {"path": ["fetch", "every"], "value": '"10m"', "origin": "default"} in told
