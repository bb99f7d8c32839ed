"""Editions to send in tests, plain and hostile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from monitor.core.model import EditionRef, Message

EDITION = EditionRef(
    id="morning/2026-03-02/07:00",
    digest_id="morning",
    digest_title="Morning digest",
    made_at=datetime(2026, 3, 2, 7, 0, tzinfo=UTC),
    thread="rule.harbour.2026-03-02",
)


def text_block(text: str) -> dict[str, object]:
    """A rich text block with one text."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


STORY: dict[str, object] = {
    "article": 7,
    "title": "Tugs stay in port",
    "url": "https://example.org/tugs",
    "outlet": "Küstenblatt",
    "feed": "kuestenblatt",
    "published": "2026-03-02T06:40:00Z",
    "priority": "normal",
    "excerpt": "The harbour strike goes on.",
    "edited": False,
    "again": False,
    "rules": [{"id": "harbour", "title": "Harbour strike", "words": ["harbour strike"], "where": "in the summary"}],
    "copies": [],
}

MESSAGE = Message(
    subject="Harbour strike: 2 stories",
    text="Harbour strike\n\nTugs stay in port · Küstenblatt\nhttps://example.org/tugs\n",
    html="<p>Harbour strike</p><p><a href='https://example.org/tugs'>Tugs stay in port</a> · Küstenblatt</p>",
    slack=(
        {"type": "header", "text": {"type": "plain_text", "text": "Harbour strike"}},
        text_block("Tugs stay in port · Küstenblatt"),
    ),
    stories=lambda: (STORY,),
)

HOSTILE = {
    "encoded word with a line break": "=?utf-8?q?x=0ABcc:_thief@example.net?=",
    "line break": "Title\r\nBcc: thief@example.net\r\n\r\nbody",
    "lone line feed": "Title\nBcc: thief@example.net",
    "unicode line breaks": "Title\u2028Bcc: thief@example.net\u2029\x85\x0b\x0cX",
    "nul and escape": "Ti\x00tle\x1b[31m\x9b",
    "half a surrogate pair": "Title \ud83d end",
    "right-to-left override": "Invoice \u202egpj.exe",
    "final dot": "first\r\n.\r\nQUIT\r\n..\r\n",
    "boundary": "--=_\r\n--=_--\r\n\r\n",
    "slack mentions": "<!channel> <@U012AB3CD> <https://example.net|your bank> &lt;!here&gt;",
    "path": "../../../../tmp/escaped",
    "very long": "漢" * 5_000,
    "one word": "x" * 5_000,
    "empty": "",
    "blanks": " \t ",
}


def hostile_editions(text: str) -> Iterator[tuple[Message, EditionRef]]:
    """The edition with `text` in each of its fields in turn."""
    for message in (replace(MESSAGE, subject=text), replace(MESSAGE, text=text), replace(MESSAGE, html=text)):
        yield message, EDITION
    if text.strip():  # templates that leave blocks empty are refused before they come here
        yield replace(MESSAGE, slack=(text_block(text),)), EDITION
    yield replace(MESSAGE, stories=lambda: ({**STORY, "title": text, "excerpt": text},)), EDITION
    yield MESSAGE, replace(EDITION, id=text, digest_id=text, thread=text)
    yield replace(MESSAGE, subject=""), replace(EDITION, digest_title=text)
