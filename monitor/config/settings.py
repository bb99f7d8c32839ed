"""What config.toml may say: every key with its type, default and bounds, and nothing else.

The models only know shapes. What spans several keys is in `checks`, what needs a file or the environment in `secrets`.
"""

import hashlib
import re
from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    StringConstraints,
    Tag,
    model_validator,
)  # fmt: skip

from monitor.channels.letter import mailbox
from monitor.config import units

_LONGEST_NAME = 64


def _read_with(read: object) -> BeforeValidator:
    """Let `read` turn text into the value; anything else is left for the type to refuse."""
    assert callable(read)
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


def _between(least: str, most: str) -> AfterValidator:
    """Bound a duration, in the words that it is written in."""

    def bounded(value: timedelta) -> timedelta:
        if value < units.duration(least):
            raise ValueError(f"must be at least {least}")
        if value > units.duration(most):
            raise ValueError(f"must be at most {most}")
        return value

    return AfterValidator(bounded)


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise ValueError(f"unknown timezone '{name}'") from None
    return name


def _feed_url(url: str) -> str:
    if not re.match(r"(https?://|file:/)", url):
        raise ValueError("must begin with http://, https:// or file:/")
    return _plain_url(url)


def _web_url(url: str) -> str:
    if not re.match(r"https?://", url):
        raise ValueError("must begin with http:// or https://")
    return _plain_url(url)


def _plain_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        named = parts.scheme == "file" or parts.hostname
        parts.port  # noqa: B018  raises for one that is no number
    except ValueError:
        raise ValueError("is not a web address") from None
    if not named or re.search(r"[\x00-\x20\x7f]", url):
        raise ValueError("is not a web address")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password")
    return url


def _address(text: str) -> str:
    mailbox(text)
    return text


Text = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]{0,63}$")]
Url = Annotated[str, AfterValidator(_web_url)]
Address = Annotated[Text, AfterValidator(_address)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Count = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Duration = Annotated[timedelta, _read_with(units.duration), Strict()]
Size = Annotated[int, _read_with(units.size), Strict()]
Rate = Annotated[tuple[int, timedelta], _read_with(units.rate)]
Retained = Annotated[Duration, _between("1h", "100y")]
Interval = Annotated[Duration, _between("1s", "7d")]


class Table(BaseModel):
    """A table of config.toml: closed (an unknown key is an error) and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SecretRef(Table):
    """Where a secret is kept: `env` names a variable, `file` a path. The value itself never stands in config.toml."""

    env: Text = ""
    file: Text = ""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError("needs either 'env' or 'file'")
        return self


TextOrSecret = Annotated[
    Annotated[Text, Tag("text")] | Annotated[SecretRef, Tag("secret")],
    Discriminator(lambda value: "secret" if isinstance(value, dict | SecretRef) else "text"),
]


class Service(Table):
    """[service]"""

    data_dir: Text = "data"
    timezone: Timezone = "UTC"
    rules: tuple[Text, ...] = ("rules/**/*.yaml",)
    templates: Text = "templates"
    include: tuple[Text, ...] = ()


class Retention(Table):
    """How long what is final stays in the database."""

    articles: Retained = timedelta(days=180)
    matches: Retained = timedelta(days=730)
    deliveries: Retained = timedelta(days=730)


class Database(Table):
    """[database]. `url` defaults to presswatch.db in the data directory."""

    url: TextOrSecret = ""
    retention: Retention = Retention()


class Fetch(Table):
    """[fetch]"""

    every: Interval = timedelta(minutes=10)
    max_every: Interval = timedelta(hours=6)
    concurrency: Annotated[Count, Field(ge=1, le=1000)] = 32
    per_host: Annotated[Count, Field(ge=1, le=100)] = 2
    timeout: Annotated[Duration, _between("1s", "1m")] = timedelta(seconds=20)
    max_size: Annotated[Size, Field(ge=1000, le=100_000_000)] = 4 * 2**20
    user_agent: Text = ""
    allow_private: Flag = False


class FeedAuth(Table):
    """HTTP Basic credentials of one feed."""

    user: Text
    password: SecretRef


class FeedEntry(Table):
    """One [[feeds]]. `id` defaults to a name made of the address."""

    url: Annotated[str, AfterValidator(_feed_url)]
    id: Name = ""
    title: Text = ""
    tags: tuple[Word, ...] = ()
    every: Interval | None = None
    weight: Annotated[Count, Field(ge=1, le=100)] = 1
    auth: FeedAuth | None = None
    headers: dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")], TextOrSecret] = {}
    allow_private: Flag = False

    @property
    def name(self) -> str:
        """The id given, else one made of the address: equal for an equal address."""
        return self.id or feed_name(self.url)


class SmtpServer(Table):
    """The mail server of an email channel. `tls`: starttls (required, never skipped), tls (from the first byte) or none."""

    host: Text
    port: Annotated[Count, Field(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: Text = ""
    password: SecretRef | None = None


class EmailChannel(Table):
    """[channels.NAME] type = "email\""""

    type: Literal["email"]
    sender: Annotated[Address, Field(alias="from")]
    to: Annotated[tuple[Address, ...], Field(min_length=1)]
    smtp: SmtpServer


class SlackChannel(Table):
    """[channels.NAME] type = "slack": an incoming webhook, or a bot token and the channel it writes to."""

    type: Literal["slack"]
    webhook: SecretRef | None = None
    token: SecretRef | None = None
    channel: Text = ""
    api: Url = "https://slack.com/api"
    allow_private: Flag = False


class OutboxChannel(Table):
    """[channels.NAME] type = "outbox": files instead of messages. `path` defaults to `outbox` in the data directory."""

    type: Literal["outbox"]
    path: Text = ""


Channel = Annotated[EmailChannel | SlackChannel | OutboxChannel, Field(discriminator="type")]


class DigestEntry(Table):
    """[digests.NAME]: with `at` or `cron` by the clock, else instant."""

    to: Annotated[tuple[Text, ...], Field(min_length=1)] = ("outbox",)
    title: Text = ""
    wait: Annotated[Duration, _between("0s", "1h")] | None = None
    max_rate: Rate | None = None
    at: Text = ""
    days: Text = ""
    cron: Text = ""
    timezone: Timezone | None = None
    empty: Literal["skip", "send"] = "skip"
    order: Literal["priority", "time", "source"] = "priority"
    max_items: Annotated[Count, Field(ge=1, le=500)] = 60
    template: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")] = ""


class Web(Table):
    """[web]"""

    listen: Text = "127.0.0.1:8080"
    allow_remote: Flag = False


class Log(Table):
    """[log]"""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "text", "json"] = "auto"


class Settings(Table):
    """All of config.toml."""

    service: Service = Service()
    database: Database = Database()
    fetch: Fetch = Fetch()
    feeds: tuple[FeedEntry, ...] = ()
    channels: dict[Name, Channel] = {}
    digests: dict[Name, DigestEntry] = {}
    web: Web = Web()
    log: Log = Log()


def feed_name(url: str) -> str:
    """Return the id of a feed that has none: host and path as words, at most 64 characters."""
    parts = urlsplit(url)
    words = f"{(parts.hostname or '').removeprefix('www.')} {parts.path} {parts.query}".lower()
    name = re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "feed"
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(url.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - 9].strip('-')}-{digest}"
