"""Messages of a few plain lines, which no template makes."""

from collections.abc import Sequence
from html import escape

from monitor.core.model import Message

#: Characters that a section of a Slack message takes, and a few to spare.
SECTION = 2900


def note(subject: str, lines: Sequence[str]) -> Message:
    """Return a message of these lines, in every form."""
    text = "\n\n".join(lines) + "\n"
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    page = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(subject)}</title></head><body>{html}</body></html>'
    section: dict[str, object] = {
        "type": "section",
        "text": {"type": "plain_text", "emoji": False, "text": text[:SECTION]},
    }
    return Message(subject, text, page, (section,))
