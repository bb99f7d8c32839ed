"""What changes feeds and messages: asked of the daemon at work, or done here where none is."""

from collections.abc import Mapping
from typing import Any

import click

from monitor.app import managing
from monitor.app.control import ask
from monitor.cli.configured import configuration
from monitor.cli.options import Options
from monitor.config import Config, keep_names
from monitor.diagnostics import Severity
from monitor.errors import AnotherInstance
from monitor.store import Store, own_feeds


def changeable(options: Options) -> Config:
    """Return the configuration, for a command that changes something. Raises NoConfiguration, ConfigurationError."""
    return configuration(options, missing_secrets=Severity.WARNING)


def perform(config: Config, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Have a request performed, and return what became of it. Raises AnotherInstance, StoreError, click.ClickException."""
    try:
        answer = ask(config.data_dir, request)
        return answer if answer is not None else _done_here(config, request)
    except ValueError as error:
        raise click.ClickException(f"Nothing was changed: {error}.") from None


def _done_here(config: Config, request: Mapping[str, Any]) -> Mapping[str, Any]:
    sqlite = config.database_url.startswith("sqlite")
    store = Store(config.database_url)
    try:
        # Without a daemon this command is the one process that writes; on PostgreSQL there may be any number.
        store.open(exclusive=sqlite)
    except AnotherInstance:
        raise click.ClickException(
            "Nothing was changed: a daemon is at work on this database and cannot be reached; it may be about to start or to stop."
        ) from None
    with store:
        with store.transaction() as tx:
            answer = managing.perform(tx, config, request)
            own = own_feeds.tags_of(tx)
        keep_names(config.data_dir, own)
    return answer
