"""`presswatch feeds`: see, try and change the feeds that are read."""

from collections.abc import Mapping

import click

from monitor.cli.lazy import Entry, Lazy

COMMANDS: Mapping[str, Entry] = {
    "list": Entry("monitor.cli.feeds.list", "listed", "Show which feeds need you, and how many are well."),
    "show": Entry("monitor.cli.feeds.show", "show", "Show everything that is known of one feed."),
    "add": Entry("monitor.cli.feeds.add", "add", "Add a feed by its address, or that of its site."),
    "find": Entry("monitor.cli.feeds.find", "find", "Find the feeds of a site."),
    "pause": Entry("monitor.cli.feeds.change", "pause", "Ask feeds no more, until they are resumed."),
    "resume": Entry("monitor.cli.feeds.change", "resume", "Ask paused feeds again, and those given up as gone."),
    "retry": Entry("monitor.cli.feeds.change", "retry", "Ask feeds now, however long they wait for their turn."),
    "remove": Entry("monitor.cli.feeds.change", "remove", "Strike out feeds; what they brought stays."),
    "import": Entry("monitor.cli.feeds.transfer", "imported", "Add the feeds of an OPML list."),
    "export": Entry("monitor.cli.feeds.transfer", "exported", "Write all feeds as an OPML list."),
    "test": Entry("monitor.cli.feeds.test", "test", "Read feeds, and show what would be stored of each."),
}


class FeedCommands(Lazy):
    """The commands about feeds."""

    table = COMMANDS


@click.command(cls=FeedCommands)
def feeds() -> None:
    """See, try and change the feeds that are read."""
