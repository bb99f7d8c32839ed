"""`presswatch feeds`: see, try and change the feeds that are read."""

from collections.abc import Mapping

import click

from monitor.cli.lazy import Entry, Lazy

COMMANDS: Mapping[str, Entry] = {
    "test": Entry("monitor.cli.feeds.test", "test", "Read feeds, and show what would be stored of each."),
}


class FeedCommands(Lazy):
    """The commands about feeds."""

    table = COMMANDS


@click.command(cls=FeedCommands)
def feeds() -> None:
    """See, try and change the feeds that are read."""
