"""Atom feeds as a channel: a file for each digest, and where that is wanted one for each rule, that feed readers follow.

What a feed holds is in its file and nowhere else: an edition is read into it under a lock, and the whole written anew.
"""

import asyncio
import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from monitor.channels import entries
from monitor.channels.files import put, unwritten
from monitor.channels.post import as_json
from monitor.channels.receipts import receipt
from monitor.channels.settings import AtomSettings
from monitor.core.delivery import delivery_key
from monitor.core.model import EditionRef, Message, Outcome, Parcel, Receipt

# A digest's or a rule's name as it is; one with another ending, so that no folder has the name of a file.
_PLAIN = re.compile(r"[a-z0-9_-][a-z0-9_.-]{0,63}(?<!\.atom)")
_NOT_NAME = re.compile(r"[^a-z0-9_-]+")

Story = Mapping[str, Any]


class AtomChannel:
    """Writes `DIGEST.atom`, and `DIGEST/RULE.atom`, below its path."""

    kind = "atom"

    def __init__(self, channel_id: str, settings: AtomSettings) -> None:
        self.id = channel_id
        self._settings = settings
        self._turn = asyncio.Lock()

    @property
    def recipients(self) -> tuple[str, ...]:
        """The one recipient there is: whoever reads the files."""
        return ("atom",)

    def compose(self, message: Message, edition: EditionRef, recipient: str) -> list[Parcel]:
        """Return one parcel: the entries, and which of them go into which feed, as JSON."""
        key = delivery_key(self.id, recipient, edition.id, 1)
        made = f"{edition.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        stories = {entries.lasting_id(key, str(each["article"])): each for each in message.stories()}
        feeds = list(self._feeds(edition, stories))
        used = {id for feed in feeds for id in feed["entries"]}
        payload = {
            "key": key,
            "updated": made,
            "feeds": feeds,
            "entries": {id: entries.entry(each, id, made) for id, each in stories.items() if id in used},
        }
        return [Parcel(key, self.id, recipient, 1, as_json(payload))]

    def _feeds(self, edition: EditionRef, stories: Mapping[str, Story]) -> Iterator[dict[str, Any]]:
        """Yield the feeds that an edition goes into: place, id, title, and as many entries as may stand in one."""
        digest, title = _file_name(edition.digest_id), edition.digest_title or edition.digest_id
        yield self._feed(f"{digest}.atom", (edition.digest_id,), title, list(stories))
        for rule, (name, ids) in _by_rule(stories).items() if self._settings.per_rule else ():
            names = (edition.digest_id, rule)
            yield self._feed(f"{digest}/{_file_name(rule)}.atom", names, f"{name} · {title}", ids)

    def _feed(self, place: str, names: tuple[str, ...], title: str, ids: Sequence[str]) -> dict[str, Any]:
        id = entries.lasting_id(self.id, *names)
        return {"place": place, "id": id, "title": title, "entries": ids[: self._settings.entries]}

    async def send(self, parcel: Parcel, *, again: bool = False) -> Receipt:  # noqa: ARG002
        """Write the feeds. A repeat has the same entries, so it changes nothing."""
        try:
            async with self._turn:
                place = await asyncio.to_thread(_write, self._settings, json.loads(parcel.payload))
        except OSError as fault:
            return unwritten(fault)
        return receipt(Outcome.SENT, "write", "written", place)


def _by_rule(stories: Mapping[str, Story]) -> dict[str, tuple[str, list[str]]]:
    """Return, by the id of each rule that matched, its title and the ids of its stories."""
    found: dict[str, tuple[str, list[str]]] = {}
    for id, story in stories.items():
        for rule in story["rules"]:
            found.setdefault(rule["id"], (rule["title"], []))[1].append(id)
    return found


def _file_name(name: str) -> str:
    """Return a name that leads nowhere else: equal for equal names, and different in practice for different ones."""
    if _PLAIN.fullmatch(name):
        return name
    known_by = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_NOT_NAME.sub('-', name.lower())[:40].strip('-')}-{known_by}"


def _write(settings: AtomSettings, payload: Mapping[str, Any]) -> str:
    """Bring every feed up to date, the digest's last: who follows that finds the others there. Returns its place."""
    settings.path.mkdir(parents=True, exist_ok=True)
    with _locked(settings.path / ".lock"):
        for feed in reversed(payload["feeds"]):
            file = settings.path / feed["place"]
            file.parent.mkdir(exist_ok=True)
            new = {id: payload["entries"][id] for id in feed["entries"]}
            before = file.read_text("utf-8", "replace") if file.exists() else ""
            text = entries.document(feed["id"], feed["title"], payload["updated"], new, before, settings.entries)
            put(file, text, started=settings.path / ".started")
    return str(payload["feeds"][0]["place"])


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Keep other daemons out, at once or not at all. Raises BlockingIOError while one of them writes."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
