"""Secrets come from the environment or from files, and stand in no message."""

from pathlib import Path

import pytest

from monitor.channels.settings import SlackSettings
from monitor.config import Config
from monitor.diagnostics import Severity
from monitor.secret import Secret
from tests.config.conftest import Faults, Load

SLACK = '[channels.room]\ntype = "slack"\nwebhook = {{ {} }}\n'
CANARY = "https://hooks.example.org/T0/B0/canary"


def webhook(config: Config) -> Secret | None:
    settings = config.channels()["room"]
    assert isinstance(settings, SlackSettings)
    return settings.webhook


def test_a_secret_is_taken_from_the_environment(loaded: Load) -> None:
    config = loaded(SLACK.format('env = "HOOK"'), {"HOOK": CANARY})
    assert webhook(config) == Secret(CANARY)
    assert "canary" not in repr(config)
    assert config.hidden() == [Secret(CANARY)]


def test_a_secret_file_is_looked_for_among_credentials_first_then_beside_the_configuration(
    loaded: Load, tmp_path: Path
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    beside = tmp_path / "hook"
    beside.write_text(f"{CANARY}/beside\n")
    beside.chmod(0o600)
    text, environ = SLACK.format('file = "hook"'), {"CREDENTIALS_DIRECTORY": str(credentials)}
    assert webhook(loaded(text, environ)) == Secret(f"{CANARY}/beside")
    (credentials / "hook").write_text(f"{CANARY}/given\r\n")
    assert webhook(loaded(text, environ)) == Secret(f"{CANARY}/given")
    assert loaded(text, environ).warnings == ()


def test_a_secret_file_that_others_can_read_is_warned_of(loaded: Load, tmp_path: Path) -> None:
    file = tmp_path / "hook"
    file.write_text(CANARY)
    file.chmod(0o644)
    for name in ("hook", str(file)):
        (warning,) = loaded(SLACK.format(f'file = "{name}"')).warnings
        assert (warning.code, warning.severity, warning.line) == ("PW440", Severity.WARNING, 3)
        assert warning.hint == f"chmod 600 {file}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no secret file 'hook'"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "is not text"),
        (b"x" * 70_000, "is too large to be one"),
    ],
)
def test_a_secret_file_that_cannot_be_one_is_told(
    faults: Faults, tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "hook").write_bytes(content)
        (tmp_path / "hook").chmod(0o600)
    (told,) = faults(SLACK.format('file = "hook"'))
    assert (told.code, told.line) == ("PW151", 3)
    assert message in told.message


def test_every_missing_secret_is_told_with_its_place(faults: Faults) -> None:
    feed = '[[feeds]]\nurl = "https://example.org/"\nauth = { user = "me", password = { env = "FEED" } }\n'
    headers = 'headers = { X-Api-Key = { env = "KEY" } }\n'
    database = '[database]\nurl = { env = "DATABASE" }\n'
    told = faults(feed + headers + SLACK.format('env = "HOOK"') + database)
    assert [(each.code, each.line) for each in told] == [("PW151", 3), ("PW151", 4), ("PW151", 7), ("PW151", 9)]
    assert told[0].message == "the environment variable FEED is not set"


def test_a_missing_secret_is_only_a_warning_to_who_does_not_need_it(loaded: Load) -> None:
    config = loaded(SLACK.format('env = "HOOK"'), missing_secrets=Severity.WARNING)
    assert [(each.code, each.severity) for each in config.warnings] == [("PW151", Severity.WARNING)]
    assert webhook(config) == Secret("")


@pytest.mark.parametrize(
    "text",
    [
        SLACK.replace("{{ {} }}", '"{}"'),
        '[channels.room]\ntype = "slack"\ntoken = "{}"\nchannel = "C1"\n',
        '[channels.room]\ntype = "webhook"\nsecret = {{ env = "PATH" }}\nurl = "https://example.org/{}"\n',
        '[channels.room]\ntype = "webhook"\nurl = {{ env = "PATH" }}\nsecret = "{}"\n',
        '[channels.room]\ntype = "apprise"\nurl = "ntfy://{}"\n',
        '[[feeds]]\nurl = "https://example.org/"\nheaders = {{ Authorization = "{}" }}\n',
        '[[feeds]]\nurl = "https://example.org/"\nheaders = {{ X-Api-Key = "{}" }}\n',
        '[database]\nurl = "postgresql://u:{}@db/x"\n',
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(faults: Faults, text: str) -> None:
    (told,) = faults(text.format("canary"))
    assert told.code == "PW150"
    assert "canary" not in told.context + str(told)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('[channels.room]\ntype = "webhook"\nurl = https://example.org/canary\n', False),
        ("[channels.room]\nsecret = canary\n", False),
        ("[channels.room]\n[[feeds]]\nurl = https://example.org/canary\n", True),
    ],
)
def test_a_line_that_cannot_be_read_is_not_shown_where_a_secret_may_stand_in_it(
    faults: Faults, text: str, shown: bool
) -> None:
    (told,) = faults(text)
    assert (told.code, "canary" in told.context) == ("PW142", shown)


WEBHOOK = '[channels.room]\ntype = "webhook"\nurl = { env = "HOOK" }\nsecret = { env = "KEY" }\n'
GOOD = {"HOOK": "https://example.org/canary", "KEY": "canary canary canary canary"}


@pytest.mark.parametrize(
    ("wrong", "line", "told"),
    [
        ({"HOOK": "example.org/canary"}, 3, "the value of 'url' must begin with http:// or https://"),
        ({"HOOK": "https://[canary/"}, 3, "the value of 'url' is not a web address"),
        ({"HOOK": "https://u:canary@example.org/"}, 3, "the value of 'url' must not hold a user name or password"),
        ({"KEY": "whsec_canary canary"}, 4, "the value of 'secret' is not base64 behind whsec_"),
        ({"KEY": "canary"}, 4, "the value of 'secret' is too short for a key of 24 bytes"),
    ],
)
def test_values_that_cannot_serve_a_webhook_are_told_without_themselves(
    loaded: Load, faults: Faults, wrong: dict[str, str], line: int, told: str
) -> None:
    assert loaded(WEBHOOK, GOOD).warnings == ()
    (fault,) = faults(WEBHOOK, GOOD | wrong)
    assert (fault.code, fault.line, fault.column, fault.message) == ("PW152", line, 7 if line == 3 else 10, told)
    assert "canary" not in fault.context + str(fault)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("canary", "is not an address such as json://example.org/path"),
        ("://canary", "is not an address such as json://example.org/path"),
        ("ntfy://canary topic", "is not an address such as json://example.org/path"),
        ("ntfy://canary,tgram://1/2", "must be one address; write a channel for each"),
    ],
)
def test_a_value_that_is_no_address_of_apprises_is_told_without_itself(
    loaded: Load, faults: Faults, url: str, told: str
) -> None:
    text = '[channels.phone]\ntype = "apprise"\nurl = { env = "URL" }\n'
    assert loaded(text, {"URL": "ntfy://user:canary@example.org/topic?a=b,c"}).warnings == ()
    (fault,) = faults(text, {"URL": url})
    assert (fault.code, fault.line, fault.message) == ("PW152", 3, f"the value of 'url' {told}")
    assert "canary" not in fault.context + str(fault)


def test_a_secret_that_is_missing_is_not_also_a_bad_one(loaded: Load) -> None:
    config = loaded(WEBHOOK, missing_secrets=Severity.WARNING)
    assert [each.code for each in config.warnings] == ["PW151", "PW151"]
