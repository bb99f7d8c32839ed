"""The documentation: every command, key, exit code, metric and template name stands in it, and what it says is true."""

import asyncio
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import HTTPServer
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel

from monitor import __version__
from monitor.app.clock import utc_now
from monitor.channels.bodies import compose
from monitor.channels.making import channel
from monitor.channels.settings import WebhookSettings
from monitor.cli.exits import Exit
from monitor.cli.group import COMMANDS, presswatch
from monitor.config.settings import (
    AppriseChannel,
    AtomChannel,
    EmailChannel,
    OutboxChannel,
    SecretRef,
    Settings,
    SlackChannel,
    WebhookChannel,
)
from monitor.core.model import Outcome
from monitor.fetch import Door, DoorSettings
from monitor.metrics import Metrics
from monitor.render.checking import check_alone
from monitor.render.sample import alert_sample, alert_stories, digest_sample
from monitor.rulebook import Known
from monitor.rulebook import load as load_rules
from monitor.secret import Secret
from tests.channels.editions import EDITION, MESSAGE
from tests.gates.repository import DOCUMENTS, ROOT, section, short, text

CONFIGURATION = text("docs/configuration.md")
SECRET = "bm90IGEgc2VjcmV0LCBidXQgaW4gdGhlIHRlc3Rz"
SINGLE_TABLES = ("service", "database", "fetch", "web", "log")


def commands() -> Iterator[str]:
    """Yield every command as it is typed, subcommands instead of their group."""
    context = click.Context(presswatch)
    for name in COMMANDS:
        command = presswatch.get_command(context, name)
        if isinstance(command, click.Group):
            yield from (f"{name} {inner}" for inner in command.commands)
        else:
            yield name


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_is_documented(command: str) -> None:
    assert f"`presswatch {command}" in section(CONFIGURATION, "The commands")


@pytest.mark.parametrize("command", list(commands()))
def test_every_option_has_a_help_text(command: str) -> None:
    found: click.Command = presswatch
    for name in command.split():
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), name)
        assert inner
        found = inner
    assert found.help
    assert all(each.help for each in found.params if isinstance(each, click.Option))


def keys(model: type[BaseModel]) -> Iterator[str]:
    """Yield every key of a table as it is written, those of inner tables with a dot."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel) and inner is not SecretRef:
                yield from (f"{name}.{each}" for each in keys(inner))


def tables() -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the heading of every table's section, and its model."""
    for name in SINGLE_TABLES:
        model = Settings.model_fields[name].annotation
        assert isinstance(model, type)
        yield f"[{name}]", model
    feeds = get_args(Settings.model_fields["feeds"].annotation)[0]
    digests = get_args(Settings.model_fields["digests"].annotation)[1]
    yield from (("[[feeds]]", feeds), ("[digests.NAME]", digests))
    channels = (EmailChannel, SlackChannel, WebhookChannel, AppriseChannel, AtomChannel, OutboxChannel)
    yield from (("[channels.NAME]", each) for each in channels)


EVERY_KEY = [(heading, key) for heading, model in tables() for key in keys(model)]


def test_every_configuration_key_is_documented() -> None:
    assert [f"{heading} {key}" for heading, key in EVERY_KEY if not _told(key, section(CONFIGURATION, heading))] == []


def test_every_configuration_key_stands_in_the_shipped_file() -> None:
    shipped = text("config.toml")
    # Another address for Slack is for those who run a stand-in of it.
    seldom = {("[channels.NAME]", "api"), ("[channels.NAME]", "allow_private")}
    assert [
        f"{heading} {key}" for heading, key in EVERY_KEY
        if (heading, key) not in seldom and not re.search(rf"\b{key.rpartition('.')[2]}\b", shipped)
    ] == []  # fmt: skip


def _told(key: str, document: str) -> bool:
    return f"`{key}`" in document or f"{key.rpartition('.')[2]} = " in document


@pytest.mark.parametrize("table", SINGLE_TABLES)
def test_documented_defaults_are_the_defaults(table: str) -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| `([^`]+)` \|", section(CONFIGURATION, f"[{table}]"), re.MULTILINE)
    for key, shown in rows:
        if not re.fullmatch(r"[a-z_.]+", shown) or shown in ("true", "false"):
            written = {table: {key: tomllib.loads(f"value = {shown}")["value"]}}
            assert getattr(getattr(Settings.model_validate(written), table), key) == getattr(
                getattr(Settings(), table), key
            )


@pytest.mark.parametrize("code", [code for code in Exit if code not in (Exit.INTERRUPTED, Exit.TERMINATED)])
def test_every_exit_code_is_documented(code: Exit) -> None:
    assert f"| {code.value} |" in section(text("docs/operations.md"), "Exit codes")


def test_every_metric_is_documented() -> None:
    told = text("docs/operations.md")
    names = {metric.name for metric in Metrics().registry.collect() if metric.name.startswith("presswatch_")}
    assert [name for name in names if not re.search(rf"`{name}(_total|_info)?[`{{]", told)] == []


def names_of(context: Mapping[str, object], within: str = "") -> Iterator[str]:
    """Yield every name that a template can ask for, dotted where it is fixed, bare within lists."""
    for name, value in context.items():
        if isinstance(value, dict):
            yield from names_of(value, f"{within}{name}.")
            continue
        yield f"{within}{name}"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield from names_of(value[0])


def test_every_name_a_template_is_given_is_documented() -> None:
    documented = text("docs/templates.md")
    names = {*names_of(digest_sample()), *names_of(alert_sample())}
    assert sorted(name for name in names if f"`{name}`" not in documented) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=short)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=short)
def test_make_targets_that_documents_name_exist(document: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= set(re.findall(r"^([a-z-]+):.*## ", text("Makefile"), re.MULTILINE))


def test_the_readme_gives_the_commands_of_a_first_run() -> None:
    for target in ("demo", "run", "test"):
        assert re.search(rf"^make {target}\b", text("README.md"), re.MULTILINE)


def test_the_rule_in_the_readme_holds_with_its_examples(tmp_path: Path) -> None:
    file = tmp_path / "readme.yaml"
    file.write_text(
        section(text("README.md"), "A rule in five lines").split("```yaml\n")[1].split("```")[0], encoding="utf-8"
    )
    rulebook = load_rules([file], Known(digests={"instant", "morning"}))
    assert (len(rulebook.rules), rulebook.examples) == (1, 2)


def test_the_screen_in_the_readme_is_that_of_the_page_it_leads_to() -> None:
    shown = section(text("README.md"), "What would it have found?").split("```console\n")[1].split("```")[0]
    assert [line for line in shown.splitlines()[1:] if line not in text("docs/workshop.md")] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=short)
def test_configuration_that_documents_show_can_be_written(document: Path) -> None:
    for shown in re.findall(r"```toml\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL):
        Settings.model_validate(tomllib.loads(shown))


def test_the_template_in_the_documentation_works(tmp_path: Path) -> None:
    shown = section(text("docs/templates.md"), "Files").split("```jinja\n")[1].split("```")[0]
    (tmp_path / "brief.html.j2").write_text(shown, encoding="utf-8")
    assert check_alone([tmp_path], ROOT / "templates") == []


@pytest.mark.parametrize(("secret", "outcome"), [(SECRET, Outcome.SENT), (SECRET[::-1], Outcome.PAUSED)])
async def test_the_receiver_in_the_documentation_takes_what_is_signed_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], secret: str, outcome: Outcome
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", f"whsec_{SECRET}")
    shown = section(CONFIGURATION, "What a webhook gets").split("```python\n")[1].split("```")[0]
    example: dict[str, Any] = {}
    exec(shown, example)
    door = Door(DoorSettings(), clock=utc_now)
    with HTTPServer(("127.0.0.1", 0), example["Receiver"]) as server:
        settings = WebhookSettings(
            Secret(f"http://127.0.0.1:{server.server_port}/"), Secret(secret), allow_private=True
        )
        archive = channel("archive", settings, door.post, utc_now)
        [parcel] = archive.compose(MESSAGE, EDITION, "webhook")
        receipt, _ = await asyncio.gather(archive.send(parcel), asyncio.to_thread(server.handle_request))
    await door.close()
    assert receipt.outcome is outcome
    assert capsys.readouterr().out == ("Tugs stay in port\n" if outcome is Outcome.SENT else "")


def test_every_key_of_a_webhooks_body_is_documented() -> None:
    [parcel] = compose("archive", "webhook", replace(MESSAGE, stories=alert_stories), EDITION)
    told = section(CONFIGURATION, "What a webhook gets")
    assert sorted(name for name in names_of(json.loads(parcel.payload)) if f"`{name}`" not in told) == []


def test_every_room_of_the_house_has_its_line() -> None:
    rooms = {path.name for path in (ROOT / "monitor").iterdir() if not path.name.startswith("_")}
    assert [room for room in rooms if room not in text("CONTRIBUTING.md")] == []


def test_the_changelog_knows_the_version() -> None:
    assert re.search(rf"^## {re.escape(__version__)}\b", text("CHANGELOG.md"), re.MULTILINE)
