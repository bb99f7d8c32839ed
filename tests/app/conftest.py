"""A folder as a newsroom has it: configuration, rules, a feed that is a file, and the outbox as the channel."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.app.daemon import App, Terms
from monitor.config import load
from tests.endtoend.newsstand import Story, rss

RULES = "rules:\n  - {id: ferry, match: ferry, deliver: [instant]}\n"


@dataclass(slots=True)
class Folder:
    """What people edit."""

    path: Path

    @property
    def rules(self) -> Path:
        return self.path / "rules" / "desk.yaml"

    @property
    def kept(self) -> Path:
        """The copy of the rules in force."""
        return self.path / "data" / "rules-in-force"

    def configure(self, *feeds: str, listen: str = "", wait: str = "1h", private: bool = False, more: str = "") -> None:
        """Write a configuration with these feeds, each a file beside it. `private` lets addresses lead to loopback; `more` is of [web]."""
        told = "".join(f'[[feeds]]\nid = "{name}"\nurl = "{(self.path / name).as_uri()}"\n' for name in feeds)
        (self.path / "config.toml").write_text(
            f'[web]\nlisten = "{listen}"\n{more}{told}[digests.instant]\nwait = "{wait}"\n[fetch]\nallow_private = {str(private).lower()}\n',
            encoding="utf-8",
        )

    def publish(self, name: str, *stories: Story) -> None:
        """Write a feed."""
        (self.path / name).write_bytes(rss(name, list(stories)))

    def app(self, terms: Terms | None = None) -> App:
        """A daemon that works in this folder."""
        return App(load(self.path / "config.toml", {}), terms)

    def mails(self) -> int:
        """How many messages are in the outbox."""
        return len(list((self.path / "data" / "outbox" / "new").glob("*.eml")))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    (tmp_path / "rules").mkdir()
    made.rules.write_text(RULES)
    made.publish("wire", Story("The ferry sails"))
    made.configure("wire")
    return made
