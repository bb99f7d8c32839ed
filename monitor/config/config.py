"""A configuration that holds: what every part of the daemon is to be built with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError

from monitor.channels.settings import (
    AppriseSettings,
    AtomSettings,
    EmailSettings,
    OutboxSettings,
    SlackSettings,
    WebhookSettings,
)
from monitor.channels.settings import Settings as ChannelSettings
from monitor.config import secrets
from monitor.config.checks import SENSITIVE_HEADER, listening
from monitor.config.documents import Written
from monitor.config.globs import matching, matching_rules
from monitor.config.settings import (
    AppriseChannel,
    AtomChannel,
    Channel,
    DigestEntry,
    EmailChannel,
    FeedEntry,
    OutboxChannel,
    SecretRef,
    Settings,
    SlackChannel,
    WebhookChannel,
)
from monitor.core.digest import DigestSpec, Empty, Order, QuietHours, Rate, Schedule
from monitor.core.model import Feed, FullText, Priority, Retention
from monitor.diagnostics import Diagnostic, Severity
from monitor.secret import Secret


@dataclass(frozen=True, slots=True)
class Access:
    """What a request for a feed needs beyond its address. `auth` is for HTTP Basic; headers may hold secrets."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    auth: tuple[str, Secret] | None = None
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """Settings, the secrets they name, and where each was written. Relative paths are relative to the file's folder."""

    path: Path
    settings: Settings
    secrets: Mapping[SecretRef, Secret]
    written: Written
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def base(self) -> Path:
        """The folder that relative paths start from."""
        return self.path.parent

    @property
    def data_dir(self) -> Path:
        """Where the daemon keeps its files."""
        return self.base / self.settings.service.data_dir

    @property
    def rules_in_force(self) -> Path:
        """Where the daemon keeps a copy of the rule files that are in force."""
        return self.data_dir / "rules-in-force"

    @property
    def database_url(self) -> str:
        """The database's address, a SQLite file's path made absolute. May hold a password."""
        given = self.settings.database.url
        url = self._text(given)
        if not url:
            return f"sqlite:///{self.data_dir / 'presswatch.db'}"
        kind, _, file = url.partition(":///")
        return f"sqlite:///{self.base / file}" if kind == "sqlite" else url

    @property
    def listen(self) -> tuple[str, int] | None:
        """Host and port of the HTTP listener; None: there is none."""
        return listening(self.settings.web.listen)

    @property
    def rule_files(self) -> list[Path]:
        """The rule files that are there now, sorted."""
        return matching_rules(self.settings.service.rules, self.base)

    @property
    def included_files(self) -> list[Path]:
        """The included files with feeds that are there now, sorted."""
        return matching(self.settings.service.include, self.base)

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """Where the user's own templates are; the built-in ones come after them."""
        return (self.base / self.settings.service.templates,)

    def beside(self, folder: Path) -> "Config":
        """Return the same configuration with its data, database included, in another folder."""
        service = self.settings.service.model_copy(update={"data_dir": str(folder)})
        database = self.settings.database.model_copy(update={"url": ""})
        return replace(self, settings=self.settings.model_copy(update={"service": service, "database": database}))

    def without_feeds(self) -> "Config":
        """Return the same configuration without the feeds and where they are written: a hundred thousand are 300 MB that nobody needs any more."""
        return replace(self, settings=self.settings.model_copy(update={"feeds": []}), written=Written())

    def secret(self, ref: SecretRef) -> Secret:
        """Return a secret; an empty one where it could not be had and that was not an error."""
        return self.secrets.get(ref, Secret(""))

    def hidden(self) -> list[Secret]:
        """Return everything that must appear in no log: the secrets, and the database's address where it is one."""
        return list(self.secrets.values())

    def own_feed(self, entry: str) -> Feed:
        """Return the feed that a [[feeds]] table kept in the database (as JSON) describes. Raises ValueError, which says what is wrong."""
        return self._feed(_own(entry))

    def own_access(self, entry: str, environ: Mapping[str, str]) -> Access:
        """Return what a request for such a feed needs beyond its address. Raises ValueError naming a secret that is not there."""
        told = _own(entry)
        places = secrets.folders(environ, self.base)
        values, faults = secrets.resolve(told, environ, places, missing=Severity.ERROR)
        missing = [each.message for each in faults if each.severity is Severity.ERROR]
        if missing:
            raise ValueError("; ".join(missing))
        return replace(self, secrets=values).access_of(told)

    def place_of(self, feed_id: str) -> str:
        """Return where a feed is written, as file:line; "" where none of the files names it."""
        for index, each in enumerate(self.settings.feeds):
            if each.name == feed_id:
                return self.written.origin(("feeds", index))
        return ""

    def feeds(self) -> list[Feed]:
        """Return the feeds, in the order written."""
        return [self._feed(each) for each in self.settings.feeds]

    def _feed(self, entry: FeedEntry) -> Feed:
        fetch = self.settings.fetch
        return Feed(
            id=entry.name, url=entry.url, title=entry.title, tags=entry.tags, weight=entry.weight,
            every=entry.every or fetch.every, max_every=fetch.max_every,
            full_text=FullText(entry.full_text or fetch.full_text),
        )  # fmt: skip

    def accesses(self) -> dict[str, Access]:
        """Return, by feed id, what a request needs beyond its address, of those feeds that need anything."""
        needy = (each for each in self.settings.feeds if each.headers or each.auth or each.allow_private)
        return {each.name: self.access_of(each) for each in needy}

    def access_of(self, entry: FeedEntry) -> Access:
        """Return what a request for a feed needs beyond its address."""
        headers = {name: self._text(value) for name, value in entry.headers.items()}
        auth = (entry.auth.user, self.secret(entry.auth.password)) if entry.auth else None
        return Access(headers, auth, entry.allow_private or self.settings.fetch.allow_private)

    def _text(self, value: str | SecretRef) -> str:
        return value if isinstance(value, str) else self.secret(value).reveal()

    def channels(self) -> dict[str, ChannelSettings]:
        """Return, by id, the settings each channel is made of; "outbox" is always there."""
        return {name: self._channel(name, each) for name, each in self.settings.channels.items()}

    def _channel(self, name: str, entry: Channel) -> ChannelSettings:
        match entry:
            case EmailChannel(smtp=smtp):
                password = self.secret(smtp.password) if smtp.password else None
                return EmailSettings(smtp.host, entry.sender, entry.to, smtp.port, smtp.tls, smtp.user, password)
            case SlackChannel():
                webhook, token = (self.secret(each) if each else None for each in (entry.webhook, entry.token))
                return SlackSettings(webhook, token, entry.channel, entry.api, entry.allow_private)
            case WebhookChannel():
                url, secret = self.secret(entry.url), self.secret(entry.secret)
                return WebhookSettings(url, secret, entry.allow_private, entry.deadline.total_seconds())
            case AppriseChannel():
                return AppriseSettings(self.secret(entry.url))
            case AtomChannel():
                return AtomSettings(self._feed_folder(name, entry), entry.per_rule, entry.entries)
            case OutboxChannel():
                return OutboxSettings(self.base / entry.path if entry.path else self.data_dir / "outbox")

    def feed_folders(self) -> dict[str, Path]:
        """Return, by the ids of the channels that write Atom feeds, the folders that those are in."""
        found = {name: each for name, each in self.settings.channels.items() if isinstance(each, AtomChannel)}
        return {name: self._feed_folder(name, each) for name, each in found.items()}

    def _feed_folder(self, name: str, entry: AtomChannel) -> Path:
        return self.base / entry.path if entry.path else self.data_dir / "feeds" / name

    def retention(self) -> Retention:
        """Return how long what is final stays in the database."""
        return Retention(**self.settings.database.retention.model_dump())

    def digests(self) -> list[DigestSpec]:
        """Return the digests; where none is written, there is the instant one."""
        return [self._digest(name, entry) for name, entry in self.settings.digests.items()]

    def _quiet(self) -> tuple[QuietHours, ...]:
        return tuple(
            QuietHours(
                name,
                Schedule.at(entry.start, entry.days),
                Schedule.at(entry.to),
                entry.timezone or self.settings.service.timezone,
                frozenset(map(Priority, entry.except_priority)),
            )
            for name, entry in self.settings.quiet_hours.items()
        )

    def _digest(self, name: str, entry: DigestEntry) -> DigestSpec:
        return DigestSpec(
            id=name, to=entry.to, title=entry.title, schedule=_schedule(entry),
            wait=entry.wait or timedelta(0), again=entry.again or timedelta(hours=1),
            zone=entry.timezone or self.settings.service.timezone,
            empty=Empty(entry.empty), order=Order(entry.order), max_items=entry.max_items,
            max_rate=Rate(*entry.max_rate) if entry.max_rate else None, template=entry.template,
            quiet=self._quiet(),
        )  # fmt: skip


def _schedule(entry: DigestEntry) -> Schedule | None:
    if entry.cron:
        return Schedule(entry.cron)
    return Schedule.at(entry.at, entry.days) if entry.at else None


def _own(entry: str) -> FeedEntry:
    try:
        told = FeedEntry.model_validate(json.loads(entry))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place}: {first['msg'].removeprefix('Value error, ')}" if place else first["msg"]) from None
    for name, value in told.headers.items():
        if isinstance(value, str) and SENSITIVE_HEADER.search(name):
            raise ValueError(f"headers.{name}: a secret is named, never written: env:NAME or file:PATH")
    return told
