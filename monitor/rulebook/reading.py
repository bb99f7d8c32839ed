"""Texts, lists and keyed mappings out of YAML values; what is of another kind becomes a fault."""

import re
from collections.abc import Collection, Iterator
from typing import TypeGuard

from monitor.rulebook.faults import Faults, meant, shown
from monitor.rulebook.tree import YamlList, YamlMap, YamlText, YamlValue

#: Keys that belong to the rule language and come in a later version.
NOT_YET = frozenset({"when", "cooldown"})

_COMMENT = re.compile(r"[ \t]+(?P<comment>#.{0,100})")


def keyed(value: YamlValue, known: Collection[str], what: str, faults: Faults) -> dict[str, tuple[YamlText, YamlValue]]:
    """Return a mapping's keys and values by key; a key that is not `known` is a fault. `what` names it, as in "a rule"."""
    if not isinstance(value, YamlMap):
        hint = f"its keys are {', '.join(known)}"
        faults.at(value, "PW109", f"{what} must be a mapping of keys, not {kind(value)}", hint)
        return {}
    found = {}
    for key, inner in value.pairs:
        if key.text in known:
            found[key.text] = (key, inner)
        elif key.text in NOT_YET:
            faults.at(key, "PW111", f"key '{key.text}' is not supported yet", "delete it; a later version will know it")
        else:
            faults.at(key, "PW110", f"unknown key {shown(key.text)}", meant(key.text, known))
    return found


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
        yield from value.parts
        return
    hint = f"write [{value.text}]" if isinstance(value, YamlText) and 0 < len(value.text) <= 40 else ""
    faults.at(value, "PW109", f"{what} must be a list, not {kind(value)}", hint)


def texts(value: YamlValue, what: str, faults: Faults) -> Iterator[YamlText]:
    """Yield the texts of a list, without those that are something else."""
    for each in parts(value, what, faults):
        if is_text(each, f"each of {what}", faults):
            yield each


def text(value: YamlValue, what: str, faults: Faults) -> str:
    """Return a text; "" where it is missing, something else, or cut by YAML, which is a fault."""
    return value.text.strip() if is_text(value, what, faults) else ""


def is_text(value: YamlValue, what: str, faults: Faults) -> TypeGuard[YamlText]:
    """Whether a value is a text, whole and not empty; a fault where it is not."""
    if not isinstance(value, YamlText):
        hint = "put it in single quotes" if isinstance(value, YamlMap) else ""
        faults.at(value, "PW109", f"{what} must be text, not {kind(value)}", hint)
        return False
    after = comment_after(value)
    if not value.text.strip():
        hint = "YAML takes '#' for the beginning of a comment: put the text in single quotes" if after else ""
        faults.at(value, "PW112", f"{what} is empty", hint)
        return False
    if after and re.match(r"#\w", after["comment"]):
        hint = "put the whole text in single quotes; if it is a comment, put a space after its #"
        faults.cut(value, after, "the text before it", hint)
        return False
    return True


def comment_after(value: YamlText) -> re.Match[str] | None:
    """Return the comment, as the group "comment", that follows a text without quotes on its line."""
    return None if value.style else _COMMENT.match(value.source.text, value.end)


def kind(value: YamlValue) -> str:
    """Return what a value is, in a word."""
    if isinstance(value, YamlText):
        return "nothing" if value.is_absent else "text"
    return "a list" if isinstance(value, YamlList) else "a mapping"
