"""The outbox: files instead of messages. A Maildir of .eml that mail programs open, the HTML and the Slack JSON beside it."""

import asyncio
import json
import re
from pathlib import Path

from monitor.channels.files import put, unwritten
from monitor.channels.letter import compose, mailbox
from monitor.channels.receipts import receipt
from monitor.channels.settings import OutboxSettings
from monitor.core.delivery import delivery_key
from monitor.core.model import EditionRef, Message, Outcome, Parcel, Receipt

_SENDER = mailbox("Presswatch <presswatch@localhost.localdomain>")
_RECIPIENT = mailbox("outbox@localhost.localdomain")
_NOT_NAME = re.compile(r"[^A-Za-z0-9_-]+")


class OutboxChannel:
    """Writes each edition to `new/NAME.eml`, `html/NAME.html` and `slack/NAME.json` below its path."""

    kind = "outbox"

    def __init__(self, channel_id: str, settings: OutboxSettings) -> None:
        self.id = channel_id
        self._path = settings.path

    @property
    def recipients(self) -> tuple[str, ...]:
        """The one recipient there is."""
        return ("outbox",)

    def compose(self, message: Message, edition: EditionRef, recipient: str) -> list[Parcel]:
        """Return one parcel: the three files and their common name, as JSON."""
        key = delivery_key(self.id, recipient, edition.id, 1)
        digest = _NOT_NAME.sub("-", edition.digest_id)[:40]
        payload = {
            "name": f"{edition.made_at:%Y%m%dT%H%M%SZ}-{digest}-{key}",
            "eml": compose(message, edition, _SENDER, _RECIPIENT, key),
            "html": message.html,
            "slack": list(message.slack),
        }
        return [Parcel(key, self.id, recipient, 1, json.dumps(payload, ensure_ascii=True, separators=(",", ":")))]

    async def send(self, parcel: Parcel, *, again: bool = False) -> Receipt:  # noqa: ARG002
        """Write the files. A repeat has the same names, so it replaces what an earlier attempt wrote."""
        try:
            name = await asyncio.to_thread(_write, self._path, json.loads(parcel.payload))
        except OSError as fault:
            return unwritten(fault)
        return receipt(Outcome.SENT, "write", "written", name)


def _write(path: Path, payload: dict[str, object]) -> str:
    """Write the mail last: who watches the Maildir then finds the other two there. Returns the mail's path."""
    for folder in ("tmp", "new", "cur", "html", "slack"):
        (path / folder).mkdir(parents=True, exist_ok=True)
    name = payload["name"]
    slack = json.dumps({"blocks": payload["slack"]}, ensure_ascii=False, indent=1)
    _put(path, f"html/{name}.html", str(payload["html"]))
    _put(path, f"slack/{name}.json", slack)
    _put(path, f"new/{name}.eml", str(payload["eml"]))
    return f"new/{name}.eml"


def _put(path: Path, place: str, text: str) -> None:
    put(path / place, text, started=path / "tmp" / Path(place).name)
