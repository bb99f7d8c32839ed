"""What config.toml may say: every key with its type, default and bounds, and nothing else.

The models only know shapes. What spans several keys is in `checks`, what needs a file or the environment in `secrets`.
"""

from datetime import timedelta
from typing import Annotated, Literal, Self
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
    WithJsonSchema,
    model_validator,
)  # fmt: skip

from monitor.channels.letter import mailbox
from monitor.config import units
from monitor.config.urls import feed_name, feed_url, web_url


def _read_with(read: object) -> BeforeValidator:
    """Let `read` turn text into the value; anything else is left for the type to refuse."""
    assert callable(read)
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


def _written_as(pattern: str, *also: str) -> WithJsonSchema:
    """Tell editors the form of the text that is read, and which other types the value may have."""
    return WithJsonSchema({"type": ["string", *also] if also else "string", "pattern": pattern})


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


def _address(text: str) -> str:
    mailbox(text)
    return text


Text = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]{0,63}$")]
Url = Annotated[str, AfterValidator(web_url), _written_as("^https?://")]
Address = Annotated[Text, AfterValidator(_address)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Count = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Duration = Annotated[timedelta, _read_with(units.duration), Strict(), _written_as(units.DURATION)]
Size = Annotated[int, _read_with(units.size), Strict(), _written_as(units.SIZE, "integer")]
Rate = Annotated[tuple[int, timedelta], _read_with(units.rate), _written_as(units.RATE)]
Retained = Annotated[Duration, _between("1h", "100y")]
PageUse = Literal["maybe", "always", "never"]
Interval = Annotated[Duration, _between("1s", "7d")]


class Table(BaseModel):
    """A table of config.toml: closed (an unknown key is an error) and immutable."""

    # Deferred, as a table is mostly read as a part of the whole: each would be made ready by itself too, at every start.
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True, defer_build=True
    )


class SecretRef(Table):
    """Where a secret is kept: `env` names a variable, `file` a path. The value itself never stands in config.toml."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    env: Text = ""
    """The environment variable that holds the secret."""
    file: Text = ""
    """The file that holds the secret, looked for in $CREDENTIALS_DIRECTORY, /run/secrets and beside config.toml."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError("needs either 'env' or 'file'")
        return self


TextOrSecret = Annotated[
    Annotated[Text, Tag("[text]")] | Annotated[SecretRef, Tag("[secret]")],
    Discriminator(lambda value: "[secret]" if isinstance(value, dict | SecretRef) else "[text]"),
]


class Service(Table):
    """[service]"""

    data_dir: Text = "data"
    """Where the database and the outbox are; made when missing."""
    timezone: Timezone = "UTC"
    """IANA name such as "Europe/Vienna": for schedules and for times in messages."""
    rules: tuple[Text, ...] = ("rules/**/*.yaml",)
    """Globs of rule files; they are watched, and taken over when they change and are sound."""
    templates: Text = "templates"
    """A file in this folder replaces the built-in template of the same name."""
    include: tuple[Text, ...] = ()
    """Globs of more files with [[feeds]], such as "feeds.d/*.toml"."""
    operators: Text = ""
    """The channel of those who run Presswatch: told when another takes no messages, or some were given up; the first that works when missing."""


class Retention(Table):
    """How long what is final stays in the database."""

    articles: Retained = timedelta(days=180)
    """How long articles without a match stay; others stay as long as their matches."""
    matches: Retained = timedelta(days=730)
    """How long matches stay, and what became of them."""
    deliveries: Retained = timedelta(days=730)
    """How long editions stay, their messages as they were sent, and every attempt."""


class Database(Table):
    """[database]. `url` defaults to presswatch.db in the data directory."""

    url: TextOrSecret = ""
    """As in "sqlite:///data/presswatch.db", "postgresql://presswatch@db/presswatch", or a secret that holds such an address; presswatch.db in data_dir when missing."""
    retention: Retention = Retention()
    """How long what is finished stays."""


class Fetch(Table):
    """[fetch]"""

    every: Interval = timedelta(minutes=10)
    """How often a busy feed is asked, unless it says otherwise itself; a quiet one less often, hourly at least."""
    max_every: Interval = timedelta(hours=6)
    """A feed that fails is asked less and less often, down to this; it is never given up."""
    concurrency: Annotated[Count, Field(ge=1, le=1000)] = 32
    """Feeds polled at once."""
    per_host: Annotated[Count, Field(ge=1, le=100)] = 2
    """Requests to one host at once, and to a public one in each second."""
    full_text: PageUse = "maybe"
    """When the page of an article is read too, unless a feed says otherwise: maybe (title and summary satisfy a part of some rule), always or never."""
    timeout: Annotated[Duration, _between("1s", "1m")] = timedelta(seconds=20)
    """For a whole exchange, from looking up the name to the last byte."""
    max_size: Annotated[Size, Field(ge=1000, le=100_000_000)] = 4 * 2**20
    """A larger document is refused, and that is reported."""
    user_agent: Text = ""
    """Say who you are: "newsdesk/1 (+mailto:desk@example.org)"; empty is Presswatch and its version."""
    allow_private: Flag = False
    """true lets every feed point into your own network (10.0.0.0/8, 127.0.0.1 ...), which is refused otherwise."""


class FeedAuth(Table):
    """HTTP Basic credentials of one feed."""

    user: Text
    """The user name."""
    password: SecretRef
    """Where the password is kept."""


class FeedEntry(Table):
    """One [[feeds]]. `id` defaults to a name made of the address."""

    url: Annotated[str, AfterValidator(feed_url), _written_as("^(https?://|file:/)")]
    """The address: http://, https:// or file:///."""
    id: Name = ""
    """The feed's name in rules (source:bbc-world) and in the database; made of the address when missing."""
    title: Text = ""
    """Shown in messages; the feed's own when missing."""
    tags: tuple[Word, ...] = ()
    """Words that rules can name (tag:wire)."""
    every: Interval | None = None
    """How often to ask; as [fetch] says when missing."""
    full_text: PageUse | None = None
    """maybe, always or never: when the pages of its articles are read; as [fetch] says when missing."""
    weight: Annotated[Count, Field(ge=1, le=100)] = 1
    """1 to 100; of several copies of one story the heaviest feed's is shown first."""
    auth: FeedAuth | None = None
    """HTTP Basic: { user = "me", password = { env = "FEED_PASSWORD" } }."""
    headers: dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")], TextOrSecret] = {}
    """More request headers; one that holds a secret as { env = "..." } or { file = "..." }."""
    allow_private: Flag = False
    """true for a feed in your own network."""

    @property
    def name(self) -> str:
        """The id given, else one made of the address: equal for an equal address."""
        return self.id or feed_name(self.url)


class SmtpServer(Table):
    """The mail server of an email channel. `tls`: starttls (required, never skipped), tls (from the first byte) or none."""

    host: Text
    """The name of the mail server."""
    port: Annotated[Count, Field(ge=1, le=65535)] = 587
    """587 for starttls, 465 for tls."""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """starttls (insisted on), tls (from the first byte) or none."""
    user: Text = ""
    """The user name, with password."""
    password: SecretRef | None = None
    """Where the password is kept."""


class EmailChannel(Table):
    """[channels.NAME] type = "email\""""

    type: Literal["email"]
    """Messages by mail."""
    sender: Annotated[Address, Field(alias="from")]
    """Such as "Presswatch <presswatch@example.org>"."""
    to: Annotated[tuple[Address, ...], Field(min_length=1)]
    """Addresses; each gets a message of its own, and one that is refused does not touch the others."""
    smtp: SmtpServer
    """The mail server."""


class SlackChannel(Table):
    """[channels.NAME] type = "slack": an incoming webhook, or a bot token and the channel it writes to."""

    type: Literal["slack"]
    """Messages in Slack."""
    webhook: SecretRef | None = None
    """Where the incoming webhook's address is kept."""
    token: SecretRef | None = None
    """Where the bot's token is kept; with channel."""
    channel: Text = ""
    """The channel's id, such as "C0123456789"; with token."""
    api: Url = "https://slack.com/api"
    """Another address of the API; with token."""
    allow_private: Flag = False
    """true where webhook or api is in your own network."""


class WebhookChannel(Table):
    """[channels.NAME] type = "webhook": editions as signed JSON, by the Standard Webhooks specification."""

    type: Literal["webhook"]
    """JSON to an address of yours."""
    url: SecretRef
    """Where the address is kept."""
    secret: SecretRef
    """Where the secret that signs is kept: base64, with or without whsec_ before it, or other text."""
    allow_private: Flag = False
    """true where url is in your own network."""
    deadline: Annotated[Duration, _between("1s", "1m")] = timedelta(seconds=15)
    """For a whole exchange."""


class AtomChannel(Table):
    """[channels.NAME] type = "atom": a feed for each digest, for feed readers and programs. `path` defaults to `feeds/NAME` in the data directory."""

    type: Literal["atom"]
    """Atom feeds as files."""
    path: Text = ""
    """The folder they are in; feeds/NAME in data_dir when missing."""
    per_rule: Flag = False
    """true for a feed of each rule too, in a folder named for the digest."""
    entries: Annotated[Count, Field(ge=1, le=1000)] = 200
    """The newest stories that a feed has."""


class AppriseChannel(Table):
    """[channels.NAME] type = "apprise": any of the services that Apprise knows. It needs the extra `apprise`."""

    type: Literal["apprise"]
    """Messages by a service that Apprise knows."""
    url: SecretRef
    """Where the service's address is kept, as Apprise writes it."""


class OutboxChannel(Table):
    """[channels.NAME] type = "outbox": files instead of messages. `path` defaults to `outbox` in the data directory."""

    type: Literal["outbox"]
    """Files instead of messages."""
    path: Text = ""
    """The Maildir; outbox in data_dir when missing."""


Channel = Annotated[
    EmailChannel | SlackChannel | WebhookChannel | AtomChannel | AppriseChannel | OutboxChannel,
    Field(discriminator="type"),
]


class DigestEntry(Table):
    """[digests.NAME]: with `at` or `cron` by the clock, else instant."""

    to: Annotated[tuple[Text, ...], Field(min_length=1)] = ("outbox",)
    """Channels that get it."""
    title: Text = ""
    """At the head of messages, and in the subject of a digest; made of the name when missing."""
    wait: Annotated[Duration, _between("0s", "1h")] | None = None
    """How long to collect copies of a story before it is told, at most "1h"; it makes a digest instant."""
    again: Annotated[Duration, _between("1m", "1w")] | None = None
    """Instant only: a story that was told is told once more where a heavier outlet has it, this long after at the earliest; "1h" when missing."""
    max_rate: Rate | None = None
    """Instant only: stories above this rate go out together when it allows."""
    at: Text = ""
    """As in "07:00": by the wall clock, once a day even when clocks change."""
    days: Text = ""
    """With at: "mon-fri", "mon,thu"; every day when missing."""
    cron: Text = ""
    """Instead of at and days: "0 7 * * 1-5" (minute, hour, day, month, weekday; 0 and 7 are Sunday)."""
    timezone: Timezone | None = None
    """For at, cron and the times in messages; the service's when missing."""
    empty: Literal["skip", "send"] = "skip"
    """Scheduled only: whether to send when nothing matched."""
    order: Literal["priority", "time", "source"] = "priority"
    """What stands first."""
    max_items: Annotated[Count, Field(ge=1, le=500)] = 60
    """Stories shown in full; the rest stands as a list of titles."""
    template: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")] = ""
    """The template: templates/NAME.*; alert or digest when missing."""


class QuietEntry(Table):
    """[quiet_hours.NAME]: instant digests hold what can wait; it goes out when the quiet time ends."""

    start: Annotated[Text, Field(alias="from")]
    """As in "22:00": by the wall clock."""
    to: Text
    """As in "06:30"; the next one after `from`."""
    days: Text = ""
    """The days on which it begins: "mon-fri", "sat,sun"; every day when missing."""
    except_priority: tuple[Literal["urgent", "normal", "low"], ...] = ("urgent",)
    """Rules of these priorities ring all the same."""
    timezone: Timezone | None = None
    """The service's when missing."""


BASE_URL = r"^(https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~%/-]*)?)?$"
"""Addresses as headers can hold them."""


class Web(Table):
    """[web]"""

    listen: Text = "127.0.0.1:8080"
    """Where /healthz, /metrics and Atom feeds are; "" for nowhere."""
    base_url: Annotated[str, StringConstraints(pattern=BASE_URL)] = ""
    """Where people reach the listener, as in "https://news.example.org/presswatch": links in messages begin so. "" makes none."""
    allow_remote: Flag = False
    """There is no password: true only where everyone who can reach the address may read the figures and the feeds."""


class Log(Table):
    """[log]"""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged; -v and -q go one step further."""
    format: Literal["auto", "text", "json"] = "auto"
    """text, json, or auto: text on a terminal, JSON elsewhere."""


class Settings(Table):
    """All of config.toml."""

    service: Service = Service()
    """The daemon: its folder, timezone, rules and templates."""
    database: Database = Database()
    """Where articles, matches and deliveries are kept."""
    fetch: Fetch = Fetch()
    """How feeds are asked."""
    feeds: tuple[FeedEntry, ...] = ()
    """What is read, one [[feeds]] for each."""
    channels: dict[Name, Channel] = {}
    """Where messages go. The channel outbox is always there."""
    digests: dict[Name, DigestEntry] = {}
    """When messages go. A digest with at or cron is scheduled, one with wait is instant. Where there is none, instant goes to the outbox."""
    quiet_hours: dict[Name, QuietEntry] = {}
    """When instant digests hold what can wait."""
    web: Web = Web()
    """The listener for /healthz, /metrics and Atom feeds."""
    log: Log = Log()
    """What is logged, and how."""
