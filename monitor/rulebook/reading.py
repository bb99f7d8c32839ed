"""Texts, lists and keyed mappings out of YAML values; what is of another kind becomes a fault."""

import re
from collections.abc import Collection, Iterator
from typing import TypeGuard

from monitor.rulebook.faults import Faults, close, meant, shown
from monitor.rulebook.keys import FILE, OWNERS, SYNONYMS
from monitor.rulebook.tree import YamlList, YamlMap, YamlText, YamlValue

_BULLET = re.compile(r"([-–—−•·])\s*(?=\w)")
_LIST_BELOW = re.compile(r"\n[ \t]*(-) ")
_COMMENT = re.compile(r"[ \t]+(?P<comment>#.{0,100})")


def keyed(value: YamlValue, known: Collection[str], what: str, faults: Faults) -> dict[str, tuple[YamlText, YamlValue]]:
    """Return a mapping's keys and values by key; a key that is not `known` is a fault. `what` names it, as in "a rule"."""
    if not isinstance(value, YamlMap):
        faults.at(value, "PW109", f"{what} must be a mapping of keys, not {kind(value)}", _how_to_map(value, known))
        return {}
    found = {}
    for key, inner in value.pairs:
        if faults.full(value.source.path):
            break
        if key.text in known:
            found[key.text] = (key, inner)
        else:
            _unknown(key, known, faults)
    return found


def _unknown(key: YamlText, known: Collection[str], faults: Faults) -> None:
    name, colon, _ = key.text.partition(":")
    if key.text != key.text.strip() and any(key.text.strip() in keys for keys in OWNERS.values()):
        odd = next(letter for letter in key.text if letter.isspace())
        told = f"a space that is a special character (U+{ord(odd):04X}) stands beside {shown(key.text)}"
        faults.at(key, "PW104", told, "delete it and type a space")
    elif colon and name in known:
        faults.at(key, "PW104", f"a space is missing after '{name}:'", f"write '{name}: …', with a space")
    else:
        owner = next((owner for owner, keys in OWNERS.items() if key.text in keys), "")
        hint = f"it is a key of {owner}: mind the columns" if owner and not close(key.text, known) else ""
        if (ours := SYNONYMS.get(key.text.lower(), "")) in known:
            hint = f"it is called '{ours}' here"
        faults.at(key, "PW110", f"unknown key {shown(key.text)}", hint or meant(key.text, known))


def _how_to_map(value: YamlValue, known: Collection[str]) -> str:
    if isinstance(value, YamlList) and known is FILE:
        return "write rules: above it, and the list below"
    if isinstance(value, YamlText):
        key = next((key for key in known if re.match(rf"{key}\s*[= ：]", value.text)), "")
        if key:
            return f"write '{key}: …', with a colon and a space"
    return f"its keys are {', '.join(known)}"


def stray_key(value: YamlMap, known: Collection[str]) -> YamlText | None:
    """Return the key of a mapping that was meant as text with a colon in it, as in `- Talks: the next round`; None if none was."""
    keys = [key for key, _ in value.pairs]
    in_brackets = value.source.text[value.start : value.start + 1] == "{"
    if len(keys) != 1 or in_brackets or keys[0].text.strip() in known or close(keys[0].text, known, 0.75):
        return None
    return None if any(keys[0].text in owned for owned in OWNERS.values()) else keys[0]


def pairs(value: YamlValue, what: str, faults: Faults) -> Iterator[tuple[YamlText, YamlValue]]:
    """Yield keys and values of a mapping whose keys are free."""
    if isinstance(value, YamlMap):
        yield from value.pairs
    else:
        faults.at(
            value,
            "PW109",
            f"{what} must be a mapping of names, not {kind(value)}",
            "write a name, a colon, and what it stands for",
        )


def parts(value: YamlValue, what: str, faults: Faults) -> Iterator[YamlValue]:
    """Yield the parts of a list. `what` names the value, as in "'deliver'"."""
    if isinstance(value, YamlList):
        for each in value.parts:
            if faults.full(value.source.path):
                return
            yield each
        return
    if isinstance(value, YamlText) and not value.is_absent and not bullet(value, faults):
        whole = 0 < len(value.text) <= 40 and "\n" not in value.source.text[value.start : value.end]
        hint = f"write [{value.text}]" if whole else "write one a line, after '- '"
        faults.at(value, "PW109", f"{what} must be a list, not text", hint)
    elif not isinstance(value, YamlText) or value.is_absent:
        hint = (
            "begin each part with '- '"
            if isinstance(value, YamlMap)
            else "write one a line, after '- ', or delete the key"
        )
        faults.at(value, "PW109", f"{what} must be a list, not {kind(value)}", hint)


def bullet(value: YamlText, faults: Faults) -> bool:
    """Whether a text is meant as a list whose items begin with a dash that touches them, or with another sign; a fault if so."""
    found = None if value.style else _BULLET.match(value.source.text, value.start)
    if found and value.source.begins_line(value.start):
        told = "a space is missing after this dash" if found[1] == "-" else f"'{found[1]}' begins no item of a list"
        faults.add(value.source.diagnostic("PW104", told, found.start(1), found.end(1), "write '- '"))
        return True
    return False


def texts(value: YamlValue, what: str, faults: Faults) -> Iterator[YamlText]:
    """Yield the texts of a list, without those that are something else."""
    for each in parts(value, what, faults):
        if is_text(each, f"each of {what}", faults):
            yield each


def text(value: YamlValue, what: str, faults: Faults) -> str:
    """Return a text; "" where it is missing, something else, or cut by YAML, which is a fault."""
    return value.text.strip() if is_text(value, what, faults) else ""


def is_text(value: YamlValue, what: str, faults: Faults, empty: str = "") -> TypeGuard[YamlText]:
    """Whether a value is a text, whole and not empty; a fault where it is not, with the hint `empty` where nothing is written."""
    if not isinstance(value, YamlText):
        hint = "put it in single quotes" if isinstance(value, YamlMap) else ""
        faults.at(value, "PW109", f"{what} must be text, not {kind(value)}", hint)
        return False
    after = comment_after(value)
    if not value.text.strip():
        hint = "YAML takes '#' for the beginning of a comment: put the text in single quotes" if after else empty
        faults.at(value, "PW112", f"{what} is empty", hint)
        return False
    if after and re.match(r"#\w", after["comment"]):
        hint = "put the whole text in single quotes; if it is a comment, put a space after its #"
        faults.cut(value, after, "the text before it", hint)
        return False
    return not _runs_into_list(value, faults)


def _runs_into_list(value: YamlText, faults: Faults) -> bool:
    """Whether a list begins below a text, which YAML takes for more of the text; a fault if so."""
    found = None if value.style else _LIST_BELOW.search(value.source.text, value.start, value.end)
    if found:
        told = "a list begins here below a text, and YAML takes it for more of that text"
        hint = (
            f"take {shown(value.source.text[value.start : found.start()])} away, or make it the first item of the list"
        )
        faults.add(value.source.diagnostic("PW104", told, found.start(1), found.end(1), hint))
    return bool(found)


def comment_after(value: YamlText) -> re.Match[str] | None:
    """Return the comment, as the group "comment", that follows a text without quotes on its line."""
    return None if value.style else _COMMENT.match(value.source.text, value.end)


def kind(value: YamlValue) -> str:
    """Return what a value is, in a word."""
    if isinstance(value, YamlText):
        return "nothing" if value.is_absent else "text"
    return "a list" if isinstance(value, YamlList) else "a mapping"
