"""`presswatch feeds`: see, try and change the feeds that are read."""

from collections.abc import Mapping

import click

from monitor.cli.lazy import Entry, Lazy

COMMANDS: Mapping[str, Entry] = {}


class FeedCommands(Lazy):
    """The commands about feeds."""

    table = COMMANDS


@click.command(cls=FeedCommands)
def feeds() -> None:
    """See, try and change the feeds that are read."""
