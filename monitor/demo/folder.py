"""The demo's folder: configuration, rules, database and outbox, left behind to be looked at; an interrupted demo goes on in it."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.config.defaults import shipped_rules
from monitor.demo.news import DemoFeed

#: Marks a folder as the demo's own: no other is ever emptied.
MARK = "demo.json"

CONFIG = """\
# The configuration of the demo, written anew each time it starts. A real one: `presswatch init`.
[service]
timezone = "Europe/Kyiv"

[fetch]
every = "1m"
full_text = "never"
allow_private = true            # the demo's outlets are on this very machine

[web]
listen = ""

[channels.desk]                 # a real SMTP conversation with a server that keeps what it gets in mailbox/
type = "email"
from = "Presswatch <presswatch@demo.example>"
to = ["desk@demo.example"]
smtp = {{ host = "127.0.0.1", port = {smtp_port}, tls = "none" }}

[digests.instant]
to = ["outbox", "desk"]
wait = "30s"
max_rate = "60/h"

[digests.morning]
title = "Morning digest"
to = ["outbox", "desk"]
at = "07:00"
"""

FEED = """
[[feeds]]
id = "{id}"
url = "http://127.0.0.1:{port}/feeds/{id}"
title = "{title}"
tags = {tags}
"""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where the demo keeps everything."""

    path: Path

    @property
    def config(self) -> Path:
        """Its configuration."""
        return self.path / "config.toml"

    @property
    def outbox(self) -> Path:
        """What the outbox channel wrote."""
        return self.path / "data" / "outbox"

    @property
    def mailbox(self) -> Path:
        """What came by SMTP, a Maildir."""
        return self.path / "mailbox"

    def interrupted_at(self) -> tuple[datetime, datetime] | None:
        """Return the story's start and the time it was told up to, where the last demo here was cut off; else None."""
        try:
            told = json.loads((self.path / MARK).read_text())
            return datetime.fromisoformat(told["start"]), datetime.fromisoformat(told["until"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def empty(self) -> None:
        """Begin anew. Raises FileExistsError for a folder that is not the demo's own."""
        if self.path.exists() and any(self.path.iterdir()) and not (self.path / MARK).exists():
            raise FileExistsError(f"{self.path} holds files that are not the demo's; name another folder")
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True, exist_ok=True)
        self.finish()

    def prepare(self, outlets: Sequence[DemoFeed], feed_port: int, smtp_port: int) -> None:
        """Write the configuration for these ports, and the example rules."""
        feeds = "".join(
            FEED.format(
                id=each.id, port=feed_port, title=each.title.replace('"', "'"), tags=json.dumps(list(each.tags))
            )
            for each in outlets
        )
        self.config.write_text(CONFIG.format(smtp_port=smtp_port) + feeds, encoding="utf-8")
        shutil.copytree(shipped_rules(), self.path / "rules", dirs_exist_ok=True)

    def note(self, start: datetime, until: datetime) -> None:
        """Remember how far the story has been told."""
        fresh = self.path / f"{MARK}.new"
        fresh.write_text(json.dumps({"start": start.isoformat(), "until": until.isoformat()}))
        fresh.replace(self.path / MARK)

    def finish(self) -> None:
        """Mark the folder as the demo's own, with no story that is to go on."""
        (self.path / MARK).write_text("{}")
