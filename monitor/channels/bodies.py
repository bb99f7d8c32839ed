"""An edition as JSON for programs: one body, or as many as the bound of their size makes necessary; no story is lost by it.

The form is documented in docs/configuration.md. What is added to it keeps `VERSION`; what changes or goes raises it.
"""

from collections.abc import Sequence
from datetime import UTC
from itertools import chain, repeat, zip_longest

from monitor.channels.post import as_json
from monitor.core.delivery import delivery_key
from monitor.core.model import EditionRef, Message, Parcel

Story = dict[str, object]

VERSION = 1
LARGEST = 256 * 1024
"""Bytes of a body, all of them ASCII."""
LARGEST_TEXT = LARGEST // 2
"""Bytes of a body's text as JSON; a longer text is continued in the next part."""
LARGEST_STORY = LARGEST // 4
_FRAME = 200  # bytes of what every part has of its own: key, numbers, names


def compose(channel_id: str, recipient: str, message: Message, edition: EditionRef) -> list[Parcel]:
    """Return a parcel for each part of an edition; the payload is the request's JSON body."""
    head: dict[str, object] = {
        "type": "edition",
        "version": VERSION,
        "edition": {
            "id": edition.id,
            "digest": edition.digest_id,
            "title": edition.digest_title,
            "made_at": f"{edition.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        },
        "subject": message.subject,
    }
    parts = _parts(message, LARGEST - _FRAME - _size(head))
    parcels = []
    for part, (text, stories) in enumerate(parts, 1):
        key = delivery_key(channel_id, recipient, edition.id, part)
        body = {**head, "key": key, "part": part, "parts": len(parts), "text": text, "stories": stories}
        parcels.append(Parcel(key, channel_id, recipient, part, as_json(body)))
    return parcels


def _parts(message: Message, room: int) -> list[tuple[str, list[Story]]]:
    """Part text and stories; each part takes `room` bytes at the most."""
    texts = _pieces(message.text)
    rooms = (room - _size(text) for text in chain(texts, repeat("")))
    packs: list[list[Story]] = [[]]
    left = next(rooms)
    for story in map(_bounded, message.stories()):
        size = _size(story)
        if size > left:
            packs.append([])
            left = next(rooms)
        packs[-1].append(story)
        left -= size
    return [(text or "", pack or []) for text, pack in zip_longest(texts, packs)]


def _pieces(text: str) -> Sequence[str]:
    """Cut a text, at ends of lines where it has some, into pieces that are the text when put together."""
    if _size(text) <= LARGEST_TEXT:
        return [text]
    middle = text.rfind("\n", 0, len(text) // 2) + 1 or len(text) // 2
    return [*_pieces(text[:middle]), *_pieces(text[middle:])]


def _bounded(story: Story) -> Story:
    """Return a story, without whatever has no bound in it where it would take up a part alone."""
    if _size(story) <= LARGEST_STORY:
        return story
    rules = story["rules"]
    assert isinstance(rules, list)
    return {**story, "excerpt": "", "rules": rules[:1], "copies": [], "shortened": True}


def _size(value: object) -> int:
    """Return how many bytes a value takes within a body, the comma behind it included."""
    return len(as_json({"": value})) - len('{"":}') + 1
