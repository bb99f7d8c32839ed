"""A configuration that holds: what every part of the daemon is to be built with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor.config.checks import listening
from monitor.config.defaults import shipped_templates
from monitor.config.documents import Written
from monitor.config.settings import DigestEntry, FeedEntry, SecretRef, Settings
from monitor.core.digest import DigestSpec, Empty, Order, Rate, Schedule
from monitor.core.model import Feed
from monitor.diagnostics import Diagnostic
from monitor.secret import Secret


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
    def database_url(self) -> str:
        """The database's address, a SQLite file's path made absolute. May hold a password."""
        given = self.settings.database.url
        url = given if isinstance(given, str) else self.reveal(given)
        if not url:
            return f"sqlite:///{self.data_dir / 'presswatch.db'}"
        kind, _, file = url.partition(":///")
        return f"sqlite:///{self.base / file}" if kind == "sqlite" else url

    @property
    def listen(self) -> tuple[str, int] | None:
        """Host and port of the HTTP listener; None: there is none."""
        return listening(self.settings.web.listen)

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """Where templates are looked for, first one first: the user's, the built-in."""
        return self.base / self.settings.service.templates, shipped_templates()

    def reveal(self, ref: SecretRef) -> str:
        """Return a secret's value; "" where it could not be had and that was not an error."""
        return self.secret(ref).reveal()

    def secret(self, ref: SecretRef) -> Secret:
        """Return a secret; an empty one where it could not be had and that was not an error."""
        return self.secrets.get(ref, Secret(""))

    def hidden(self) -> list[Secret]:
        """Return everything that must appear in no log: the secrets, and the database's address where it is one."""
        return list(self.secrets.values())

    def feeds(self) -> list[Feed]:
        """Return the feeds, in the order written."""
        return [self._feed(each) for each in self.settings.feeds]

    def _feed(self, entry: FeedEntry) -> Feed:
        fetch = self.settings.fetch
        return Feed(
            id=entry.name, url=entry.url, title=entry.title, tags=entry.tags, weight=entry.weight,
            every=entry.every or fetch.every, max_every=fetch.max_every,
        )  # fmt: skip

    def digests(self) -> list[DigestSpec]:
        """Return the digests; the instant one is always there."""
        return [self._digest(name, entry) for name, entry in self.settings.digests.items()]

    def _digest(self, name: str, entry: DigestEntry) -> DigestSpec:
        return DigestSpec(
            id=name, to=entry.to, title=entry.title, schedule=_schedule(entry),
            wait=entry.wait or timedelta(0),
            zone=entry.timezone or self.settings.service.timezone,
            empty=Empty(entry.empty), order=Order(entry.order), max_items=entry.max_items,
            max_rate=Rate(*entry.max_rate) if entry.max_rate else None, template=entry.template,
        )  # fmt: skip


def _schedule(entry: DigestEntry) -> Schedule | None:
    if entry.cron:
        return Schedule(entry.cron)
    return Schedule.at(entry.at, entry.days) if entry.at else None
