"""`presswatch feeds`: see, try and change the feeds that are read."""

from collections.abc import Mapping

import click

from monitor.cli.lazy import Entry, Lazy

COMMANDS: Mapping[str, Entry] = {
    "list": Entry("monitor.cli.feeds.list", "listed", "Show which feeds need you, and how many are well."),
    "show": Entry("monitor.cli.feeds.show", "show", "Show everything that is known of one feed."),
    "test": Entry("monitor.cli.feeds.test", "test", "Read feeds, and show what would be stored of each."),
}


class FeedCommands(Lazy):
    """The commands about feeds."""

    table = COMMANDS


@click.command(cls=FeedCommands)
def feeds() -> None:
    """See, try and change the feeds that are read."""
