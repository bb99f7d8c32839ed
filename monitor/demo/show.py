"""What the demo's audience sees: stories as they arrive, alerts, a digest in full, and where everything was put."""

from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.policy import default as modern
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from monitor.demo.folder import DemoFolder
from monitor.demo.sink import Letter
from monitor.store.arrivals import Arrival

ZONE = ZoneInfo("Europe/Kyiv")
WIDTH = 100
#: Lines of a message that are shown; the rest is in the files.
LINES = 45


class Show:
    """Prints to one console. Messages are shown as they came out of the SMTP conversation, not as they were meant."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._alerts = self._digests = 0

    def opening(self, outlets: int, address: str, *, resumed_at: datetime | None) -> None:
        """Say what is going to happen."""
        self._console.print(
            f"[bold]Presswatch demo[/]: {outlets} outlets on {address}, an hour of made-up news told in seconds."
        )
        if resumed_at is not None:
            self._console.print(f"The last demo was cut off at {_clock(resumed_at)}; this one goes on from there.")
        self._console.print()

    def background(self, articles: int) -> None:
        """Say what the feeds held when they were first read."""
        self._console.print(
            f"{articles} articles were in the feeds already: stored and matched, but they ring no bell.\n"
        )

    def arrivals(self, arrived: Sequence[Arrival]) -> None:
        """Print a line for each article, those that a rule took in bold."""
        for each in arrived:
            line = Text(f"{_clock(each.published)}  {each.feed[:22]:<22} ", style="dim")
            line.append(each.title, style="bold" if each.rules else "")
            if each.rules:
                line.append(f"  ● {', '.join(each.rules)}", style="bold yellow")
            self._console.print(line, overflow="ellipsis", no_wrap=True)

    def letter(self, letter: Letter) -> None:
        """Print a message that arrived by mail: the first alert and every digest in full, further alerts by subject."""
        message = message_from_bytes(letter.content, policy=modern)
        subject = Text(str(message["Subject"]))
        digest = str(message["List-Id"]).startswith("<morning.")
        self._digests += digest
        self._alerts += not digest
        if not digest and self._alerts > 1:
            self._console.print(Text("       ✉ alert  ", style="bold red") + subject, overflow="ellipsis", no_wrap=True)
            return
        body = message.get_body(("plain",))
        lines = (body.get_content() if body else "").strip().splitlines()
        rest = len(lines) - LINES
        shown = [*lines[:LINES], f"[… and {rest} more lines]"] if rest > 0 else lines
        kind = "DIGEST" if digest else "ALERT"
        self._console.print(
            Panel(Text("\n".join(shown)), title=Text(f"{kind} by mail: ") + subject, border_style="red", width=WIDTH)
        )

    def over(self) -> None:
        """Say that nothing more will come."""
        self._console.print("\nThe hour is told. Ctrl-C ends the demo; until then the links in its messages work.")

    def closing(self, folder: DemoFolder, articles: int) -> None:
        """Say what came of it and where it is."""
        self._console.print(
            f"\n{_counted(articles, 'article')} read, {_counted(self._alerts, 'alert')} and"
            f" {_counted(self._digests, 'digest')} sent by mail. They are files too:"
        )
        rows = (
            (folder.outbox, "the outbox: each message as .eml, .html and Slack JSON"),
            (folder.mailbox, "what the mail server took (a Maildir: mutt -f opens it)"),
            (folder.config, "the configuration; rules/ beside it is what matched"),
        )
        for path, what in rows:
            self._console.print(Text(f"  {path}", style="cyan") + Text(f"  {what}"), soft_wrap=True)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M}"


def _counted(number: int, noun: str) -> str:
    return f"[bold]{number}[/] {noun}{'' if number == 1 else 's'}"
