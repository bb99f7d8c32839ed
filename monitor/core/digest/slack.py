"""Slack's Block Kit as far as messages need it: what is no message at all, and how a long one is split, never cut.

Limits: docs.slack.dev/reference/block-kit (50 blocks, section 3,000 characters, header 150, field 2,000, ten fields, ten
context elements), kept with a margin; and about 13,200 characters in all, above which Slack answers `msg_blocks_too_long`
though no page says so. Counted are all texts, with `&`, `<` and `>` as entities, and some 125 more for each block, whatever it
says (slackapi/bolt-js issue 2509: 13,297 characters of text pass, beside a divider 13,172; issue 2867: 11,341 in many blocks do not).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

Block = dict[str, object]

MOST_BLOCKS = 45
MOST_CHARACTERS = 12_000
A_BLOCK = 125
MOST_IN_TEXT = 2_900
MOST_IN_HEADER = 150
MOST_IN_FIELD = 2_000
MOST_ELEMENTS = 10
LONGEST_LINK = 3_000

TEXTS = {"plain_text", "mrkdwn"}
RICH_GROUPS = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
RICH_LEAVES = {"text", "link", "emoji", "date", "user", "usergroup", "channel", "broadcast"}

# A link or mention, an entity, white space, a word: what a text may be parted between but not within.
TOKEN = re.compile(r"<[^<>]*>|&\w+;|\s+|[^\s<&]+|[<&]")


def slack_faults(blocks: object) -> list[str]:
    """Return, in sentences, why `blocks` is no list of blocks that Slack would take; lengths are no fault, they are split."""
    if not isinstance(blocks, list) or not blocks:
        return ["a Slack template must render a JSON list of at least one block"]
    return [f"block {number}: {fault}" for number, block in enumerate(blocks, 1) for fault in _block_faults(block)]


def slack_parts(blocks: Sequence[Mapping[str, object]]) -> list[list[Block]]:
    """Split blocks without faults into messages that keep every limit; no character of a text is lost but white space."""
    parts: list[list[Block]] = []
    room = 0
    for block in (piece for each in blocks for piece in _fitting(each)):
        weight = A_BLOCK + _size(block, _escaped)
        if not parts or weight > room or len(parts[-1]) >= MOST_BLOCKS:
            parts.append([])
            room = MOST_CHARACTERS
        parts[-1].append(block)
        room -= weight
    return parts


def _block_faults(block: object) -> list[str]:
    if not isinstance(block, dict):
        return ["is not a JSON object"]
    match block.get("type"):
        case "divider":
            return []
        case "header":
            return _text_faults(block.get("text"), {"plain_text"})
        case "section":
            return _section_faults(block)
        case "context":
            return _each(block.get("elements"), "a context block", lambda each: _text_faults(each, TEXTS))
        case "rich_text":
            return _each(block.get("elements"), "a rich_text block", _group_faults)
        case other:
            return [f"type {other!r} is not one of header, section, context, rich_text, divider"]


def _section_faults(block: Mapping[str, object]) -> list[str]:
    faults = _text_faults(block.get("text"), TEXTS) if "text" in block or "fields" not in block else []
    if "fields" in block:
        faults += _each(block["fields"], "a section's fields", lambda each: _text_faults(each, TEXTS))
    return faults


def _text_faults(text: object, kinds: set[str]) -> list[str]:
    if not isinstance(text, dict) or text.get("type") not in kinds:
        return [f"its text must be an object of type {' or '.join(sorted(kinds))}"]
    said = text.get("text")
    return [] if isinstance(said, str) and said.strip() else ["its text is empty"]


def _group_faults(group: object) -> list[str]:
    if not isinstance(group, dict) or group.get("type") not in RICH_GROUPS:
        return [f"an element of rich_text must be one of {', '.join(sorted(RICH_GROUPS))}"]
    check = _group_faults if group["type"] == "rich_text_list" else _leaf_faults
    return _each(group.get("elements"), f"a {group['type']}", check)


def _leaf_faults(leaf: object) -> list[str]:
    if not isinstance(leaf, dict) or leaf.get("type") not in RICH_LEAVES:
        return [f"an element of rich text must be one of {', '.join(sorted(RICH_LEAVES))}"]
    if leaf["type"] == "text" and not (isinstance(leaf.get("text"), str) and leaf["text"]):
        return ["a text in rich text is empty"]
    url = leaf.get("url", "")
    if leaf["type"] == "link" and not (isinstance(url, str) and 0 < len(url) <= LONGEST_LINK):
        return [f"a link must have a url of at most {LONGEST_LINK} characters"]
    return []


def _each(elements: object, whose: str, check: Callable[[object], list[str]]) -> list[str]:
    if not isinstance(elements, list) or not elements:
        return [f"{whose} must be a list of at least one"]
    return [fault for each in elements for fault in check(each)]


def _fitting(block: Mapping[str, object]) -> list[Block]:
    """Return `block`, or the blocks of its kind that say the same within Slack's limits."""
    match block["type"]:
        case "header":
            return [{**block, "text": each} for each in _texts(block["text"], MOST_IN_HEADER)]
        case "section":
            return _sections(block)
        case "context":
            elements = [piece for each in _list(block["elements"]) for piece in _texts(each, MOST_IN_FIELD)]
            return [{**block, "elements": each} for each in _packed(elements, MOST_ELEMENTS)]
        case "rich_text":
            return _rich(block)
        case _:
            return [dict(block)]


def _sections(block: Mapping[str, object]) -> list[Block]:
    bare = {key: value for key, value in block.items() if key not in {"text", "fields"}}
    fields = [piece for each in _list(block.get("fields", [])) for piece in _texts(each, MOST_IN_FIELD)]
    texts = _texts(block["text"], MOST_IN_TEXT) if "text" in block else []
    return [{**bare, "text": each} for each in texts] + [
        {**bare, "fields": each} for each in _packed(fields, MOST_ELEMENTS)
    ]


def _rich(node: Mapping[str, object]) -> list[Block]:
    if "elements" in node:
        inner = [piece for each in _list(node["elements"]) for piece in _rich(each)]
        return [{**node, "elements": each} for each in _packed(inner, len(inner))]
    text = node.get("text")
    return [{**node, "text": each} for each in _chunks(text, MOST_IN_TEXT)] if isinstance(text, str) else [dict(node)]


def _texts(text: object, most: int) -> list[Block]:
    assert isinstance(text, dict)
    return [{**text, "text": each.strip()} for each in _chunks(text["text"], most) if each.strip()]


def _chunks(text: str, most: int) -> list[str]:
    if len(text) <= most:
        return [text]
    chunks = [""]
    for token in TOKEN.findall(text):
        # Only a word longer than a whole chunk is cut.
        for piece in (token[start : start + most] for start in range(0, len(token), most)):
            if len(chunks[-1]) + len(piece) > most:
                chunks.append("")
            chunks[-1] += piece
    return chunks


def _packed(elements: Iterable[Block], most: int) -> list[list[Block]]:
    packs: list[list[Block]] = []
    room = 0
    for element in elements:
        size = _size(element)
        if not packs or size > room or len(packs[-1]) >= most:
            packs.append([])
            room = MOST_IN_TEXT
        packs[-1].append(element)
        room -= size
    return packs


def _list(value: object) -> list[Block]:
    assert isinstance(value, list)
    return value


def _size(value: object, length: Callable[[str], int] = len) -> int:
    """Count the characters of every text and address in `value`."""
    if isinstance(value, dict):
        return sum(_size(each, length) for key, each in value.items() if key != "type")
    if isinstance(value, list):
        return sum(_size(each, length) for each in value)
    return length(value) if isinstance(value, str) else 0


def _escaped(text: str) -> int:
    return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
