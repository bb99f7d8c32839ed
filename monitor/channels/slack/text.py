"""Slack blocks as plain text: what a notification and a screen reader say, and what is sent when Slack refuses the blocks."""

import html
import re
from collections.abc import Mapping, Sequence

LONGEST_PLAIN = 3_000  # characters, escaped

_SHORTENED = "\n… (shortened)"
_LABELLED_LINK = re.compile(r"<(https?://[^|>]+)\|([^>]+)>")
_BARE_LINK = re.compile(r"<(https?://[^|>]+)>")


def plain_text(heading: str, blocks: Sequence[Mapping[str, object]]) -> str:
    """Return heading and blocks as at most 3,000 characters in which nothing is a mention, a link or markup."""
    lines = [heading, *(line for block in blocks for line in _said(block).splitlines())]
    text = escaped("\n".join(line.rstrip() for line in lines if line.strip()))
    if len(text) <= LONGEST_PLAIN:
        return text
    kept = text[: LONGEST_PLAIN - len(_SHORTENED)]
    return kept[: max(kept.rfind("\n"), kept.rfind(" "), 1)] + _SHORTENED


def escaped(text: str) -> str:
    """Return text with Slack's three control characters escaped, & first."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _said(node: object) -> str:
    """Everything that a block, a text or a rich text element says, links with their address behind."""
    if not isinstance(node, dict):
        return ""
    match node:
        case {"type": "mrkdwn", "text": str(text)}:
            return _unmarked(text)
        case {"type": "link", "url": str(url), "text": str(label)} if label:
            return f"{label} {url}"
        case {"type": "link", "url": str(url)}:
            return url
        case {"type": "emoji", "name": str(name)}:
            return f":{name}:"
        case {"type": "plain_text" | "text", "text": str(text)}:
            return text
        case {"type": "section" | "header" | "context" | "rich_text" | "rich_text_list"}:
            return "\n".join(_parts(node))
        case {"elements": list()}:
            return "".join(_parts(node))
        case _:
            return ""


def _parts(node: Mapping[str, object]) -> list[str]:
    children = [node.get("text"), *_listed(node.get("fields")), *_listed(node.get("elements"))]
    return [said for said in map(_said, children) if said]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _unmarked(text: str) -> str:
    """mrkdwn with its links spelled out and its entities decoded."""
    return html.unescape(_BARE_LINK.sub(r"\1", _LABELLED_LINK.sub(r"\2 \1", text)))
