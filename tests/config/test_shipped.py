"""The config.toml that is shipped works as it is, names every key there is, and shows its defaults."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from monitor.config import Config, load
from monitor.config.defaults import shipped, shipped_config
from monitor.config.known import models
from monitor.config.positions import Path as Location
from monitor.config.settings import (
    AppriseChannel,
    AtomChannel,
    EmailChannel,
    FeedEntry,
    OutboxChannel,
    QuietEntry,
    Settings,
    SlackChannel,
    WebhookChannel,
)
from tests.config.conftest import Load

TEXT = shipped_config().read_text(encoding="utf-8")
#: Keys behind a comment sign count as shown.
SHOWN = re.sub(r"(?m)^# (?=\[?[a-z_]+(\.[a-z-]+)?\]? *(=|$| #))", "", TEXT)


@pytest.fixture(scope="module")
def config() -> Config:
    return load(shipped_config(), {})


def test_it_holds_without_anything_else(config: Config) -> None:
    assert [each for each in config.warnings if each.code != "PW441"] == []


def test_it_reads_a_dozen_feeds_in_several_forms_over_https(config: Config) -> None:
    feeds = config.feeds()
    assert len(feeds) >= 12
    assert all(each.url.startswith("https://") and each.title and each.tags for each in feeds)
    assert len({each.url for each in feeds}) == len(feeds)


def test_it_tells_at_once_and_in_the_morning_into_the_outbox(config: Config) -> None:
    assert {each.id: each.to for each in config.digests()} == {"instant": ("outbox",), "morning": ("outbox",)}


def every_key(model: type[BaseModel]) -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        found.add(field.alias or name)
    return found


@pytest.mark.parametrize(
    "table", [name for name in Settings.model_fields if name not in {"feeds", "channels", "quiet_hours"}]
)
def test_every_key_of_a_table_is_shown(table: str) -> None:
    path: Location = (table, "morning") if table == "digests" else (table,)
    (model,) = [each for each in models(path, {}) if issubclass(each, BaseModel)]
    part = SHOWN[SHOWN.index(f"[{table}.instant]" if table == "digests" else f"\n[{table}]") :]
    for key in every_key(model):
        assert re.search(rf"(?m)^{key} *= ", part), f"{key} of [{table}] is not shown"


@pytest.mark.parametrize(
    "model",
    [FeedEntry, EmailChannel, SlackChannel, WebhookChannel, AppriseChannel, AtomChannel, OutboxChannel, QuietEntry],
)
def test_every_key_of_feeds_and_channels_is_spoken_of(model: type[BaseModel]) -> None:
    for key in every_key(model):
        assert re.search(rf"(?m)^#? *{key} *(=|  )", TEXT), f"{key} of {model.__name__} is not spoken of"


@pytest.mark.parametrize("table", ["service", "database", "fetch", "web", "log"])
def test_what_is_shown_is_the_default(table: str, loaded: Load) -> None:
    document: dict[str, Any] = tomllib.loads(TEXT)
    written = {key: getattr(getattr(load(shipped_config(), {}).settings, table), key) for key in document[table]}
    defaults = {key: getattr(getattr(loaded("").settings, table), key) for key in document[table]}
    assert written == defaults


def test_the_built_in_digest_is_shown_as_it_is(config: Config, loaded: Load) -> None:
    shown = next(each for each in config.digests() if each.id == "instant")
    (built_in,) = loaded("").digests()
    assert (shown.to, shown.wait, shown.max_rate, shown.max_items, shown.order, shown.template) == (
        built_in.to, built_in.wait, built_in.max_rate, built_in.max_items, built_in.order, built_in.template,
    )  # fmt: skip


def test_the_examples_behind_comment_signs_hold_too(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yaml").touch()
    text = re.sub(r"(?m)^(url .*(sql|DATABASE)|cron ).*$\n", "", re.sub(r"(?m)^\[\[feeds\]\]\n(.+\n)+", "", SHOWN))
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    environ = dict.fromkeys(("SLACK_WEBHOOK", "SLACK_BOT_TOKEN"), "secret-value")
    environ |= {"APPRISE_URL": "ntfy://topic"}
    environ |= {"WEBHOOK_URL": "https://intake.example.org/presswatch", "WEBHOOK_SECRET": "secret-value" * 3}
    (tmp_path / "smtp_password").write_text("secret-value")
    (tmp_path / "smtp_password").chmod(0o600)
    config = load(tmp_path / "config.toml", environ)
    assert sorted(config.channels()) == ["archive", "desk", "newsroom", "outbox", "phone", "reader", "war-room"]
    assert config.warnings == ()


def test_the_defaults_are_found_in_a_checkout() -> None:
    assert (shipped() / "pyproject.toml").is_file()
    assert shipped_config().is_file()
