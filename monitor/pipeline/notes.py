"""Messages of a few plain lines, which no template makes."""

import re
from collections.abc import Sequence
from html import escape

from monitor.core.model import Message

#: Characters that a section of a Slack message takes, and a few to spare.
SECTION = 2900

#: What is to be typed stands between these.
COMMAND = re.compile("`([^`]+)`")
#: The looks of the templates' mails, as far as a few lines need them. What a mail program drops of it leaves plain paragraphs.
LOOKS = """
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  .page { margin: 0; padding: 0; background: #efeeea; }
  .sheet { max-width: 584px; margin: 0 auto; padding: 20px 28px; background: #ffffff; font-family: -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-size: 15px; line-height: 1.5; color: #1c1e21; }
  .first { margin: 0; font: 700 20px/1.3 Georgia, serif; color: #111316; }
  .line { margin: 12px 0 0; }
  @media (prefers-color-scheme: dark) {
    .page { background: #101214 !important; }
    .sheet { background: #1a1d21 !important; color: #e8e6e1 !important; }
    .first { color: #f5f3ee !important; }
  }
"""


def note(subject: str, lines: Sequence[str]) -> Message:
    """Return a message of these lines, in every form."""
    text = "\n\n".join(lines) + "\n"
    section: dict[str, object] = {
        "type": "section",
        "text": {"type": "plain_text", "emoji": False, "text": text[:SECTION]},
    }
    return Message(subject, text, _page(subject, lines), (section,))


def _page(subject: str, lines: Sequence[str]) -> str:
    first, *rest = (COMMAND.sub(r"<code>\1</code>", escape(each)) for each in lines)
    told = f'<h1 class="first" dir="auto">{first}</h1>' + "".join(
        f'\n<p class="line" dir="auto">{each}</p>' for each in rest
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(subject)}</title><style>{LOOKS}</style></head>\n"
        f'<body class="page"><div class="sheet">{told}</div></body></html>'
    )
