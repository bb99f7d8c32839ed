"""The slips of the pen behind a file that is not YAML: each function knows one, and says where it is and how to mend it."""

import re
from collections.abc import Iterator

from monitor.diagnostics import Diagnostic
from monitor.rulebook.keys import ANY_ALL_NONE, EXAMPLE, EXAMPLES, FILE, RULE
from monitor.rulebook.sources import LONGEST_CONTEXT, Source

QUOTE_IT = "put the whole query in single quotes"

#: Spaces that look like one and are none to YAML, such as the no-break space of word processors and web pages.
ODD_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"

_KEYS = "|".join({**FILE, **RULE, **ANY_ALL_NONE, **EXAMPLES, **EXAMPLE})
_START = r"^\s*(?:- +)*"
#: A value on the faulty line: what comes before it, and the rest of the line.
_VALUE = re.compile(rf"({_START}(?:[\w-]+: +)?)(\S.*)$")
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')""")
_FLOW_QUOTED = re.compile(rf"(?<=[\[,{{:])\s*{_QUOTED.pattern}\s+(?=[^\s,\]}}#])")
_NO_SPACE = re.compile(rf"{_START}({_KEYS}):\S")
_NO_COLON = re.compile(rf"{_START}({_KEYS})(?:[ =：]|$)(?! *:)")
_NO_DASH_SPACE = re.compile(rf"{_START}(-)(?:{_KEYS}): ")
_TOUCHING_DASH = re.compile(r"^\s*(-)\w")
_ODD_SPACE = re.compile(rf"^[ \t]*([{ODD_SPACES}])|{_START}(?:-|[\w-]+:)([{ODD_SPACES}])")
_OPEN_QUOTE = re.compile(rf"""{_START}(?:[\w-]+: +)?(["'])""")
_KEY = re.compile(rf"({_START})[\w-]+:(?: |$)")
#: Lines above a fault in which its cause is looked for.
_MOST_LINES = 50


def lines_above(source: Source, offset: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of the line of an offset, then of those above it, nearest first; none of endless length."""
    for _ in range(_MOST_LINES):
        first, last = source.line_span(offset)
        if last - first <= LONGEST_CONTEXT:
            yield first, last
        if not first:
            return
        offset = first - 1


def lines_about(source: Source, offset: int) -> list[tuple[int, int]]:
    """Return the line of an offset and the one before it, as YAML often stumbles a line late."""
    about = source.line_span(offset)[0]
    return [each for each in lines_above(source, offset) if each[0] >= source.line_span(max(0, about - 1))[0]]


def tab(source: Source, offset: int) -> Diagnostic | None:
    """Find a tab in the indentation, or behind a dash."""
    first, last = source.line_span(offset)
    indent = re.match(r"\s*(?:-\s*)*", source.text[first : min(last, first + LONGEST_CONTEXT)])
    found = source.text.find("\t", first, first + (indent.end() if indent else 0))
    if found < 0:
        return None
    return source.diagnostic("PW103", "a tab stands in the indentation", found, found + 1, "indent with spaces only")


def odd_space(source: Source, offset: int) -> Diagnostic | None:
    """Find a no-break space, or another one that only looks like a space, where YAML wants a plain one."""
    for first, last in lines_about(source, offset):
        if found := _ODD_SPACE.match(source.text[first:last]):
            at = first + found.start(found.lastindex or 0)
            told = f"this space is a special character (U+{ord(source.text[at]):04X}), and no space to YAML"
            return source.diagnostic("PW104", told, at, at + 1, "delete it and type a space")
    return None


def quote_goes_on(source: Source, offset: int) -> Diagnostic | None:
    """Find `"a b" NEAR/5 c`: YAML reads the quotes as its own, and then there is more."""
    for first, last in lines_about(source, offset):
        line = source.text[first:last]
        value = _VALUE.match(line)
        quoted = _QUOTED.match(value[2]) if value else None
        if value and quoted and value[2][quoted.end() :].strip()[:1] not in {"", "#", ":", ",", "]", "}"}:
            query = re.sub(r"\s+#.*$", "", value[2]).strip()
            start, what = first + len(value[1]), _what(value[1])
            told = f"the {what} starts with a quote and goes on after it"
            return source.diagnostic("PW105", told, start, start + len(query), _how_to_quote(query, what))
        if found := _FLOW_QUOTED.search(line):
            told = "the query starts with a quote and goes on after it"
            return source.diagnostic("PW105", told, first + found.start(1), first + found.end(1), QUOTE_IT)
    return None


def open_quote(source: Source, offset: int) -> Diagnostic | None:
    """Find a quote that is not closed on its line, so that YAML read on to the next one."""
    for first, last in lines_above(source, offset):
        line = source.text[first:last]
        found = _OPEN_QUOTE.match(line)
        if found and line.count(found[1]) % 2:
            told = "this quote is not closed on its line, and YAML reads on to the next one"
            return source.diagnostic("PW104", told, first + found.start(1), first + found.end(1), f"add {found[1]}")
    return None


def _what(before: str) -> str:
    """Return whether a value is a query or a text, by the key before it; an item of a list may be either."""
    key = re.search(r"([\w-]+): +$", before)
    return "text" if key and key[1] not in {*ANY_ALL_NONE, "match"} else "query"


def _how_to_quote(query: str, what: str = "query") -> str:
    if query[0] == query[-1] == "'":
        return "inside single quotes an apostrophe is written twice: ''"
    return f"put the whole {what} in single quotes: '" + query.replace("'", "''") + "'"


def space_after_colon(source: Source, offset: int) -> Diagnostic | None:
    """Find `match:x`."""
    for first, last in lines_about(source, offset):
        if found := _NO_SPACE.match(source.text[first:last]):
            start, key = first + found.start(1), found[1]
            hint = f"write '{key}: …', with a space"
            return source.diagnostic("PW104", f"a space is missing after '{key}:'", start, start + len(key) + 1, hint)
    return None


def space_after_dash(source: Source, offset: int) -> Diagnostic | None:
    """Find `-id: x`, and `-x` below an item that begins with `- `."""
    for first, last in lines_about(source, offset):
        line = source.text[first:last]
        found = _NO_DASH_SPACE.match(line) or (
            _TOUCHING_DASH.match(line) if _is_below_item(source, first, line) else None
        )
        if found:
            at = first + found.start(1)
            return source.diagnostic("PW104", "a space is missing after this dash", at, at + 1, "write '- '")
    return None


def colon_in_value(source: Source, offset: int) -> Diagnostic | None:
    """Find `match: title: x`."""
    first, last = source.line_span(offset)
    value = _VALUE.match(source.text[first : min(last, first + LONGEST_CONTEXT)])
    if not value or not value[1].rstrip().endswith(":") or ": " not in f"{value[2].rstrip()} ":
        return None
    start, query = first + len(value[1]), value[2].rstrip()
    what = "query" if re.search(r"\b(match|any|all|none):\s*$", value[1]) else "text"
    told = "a colon at the end of a value makes YAML see a key"
    if ": " in query:
        told = "a colon and a space inside a value make YAML see a key"
    return source.diagnostic("PW105", told, start, start + len(query), _how_to_quote(query, what))


def no_colon(source: Source, offset: int) -> Diagnostic | None:
    """Find `match Witkoff`, and a colon that is none."""
    for first, last in lines_about(source, offset):
        if found := _NO_COLON.match(source.text[first:last]):
            start, key = first + found.start(1), found[1]
            told = f"a colon is missing after '{key}'"
            return source.diagnostic("PW104", told, start, start + len(key), f"write '{key}: …', with a space")
    return None


def too_far_right(source: Source, offset: int) -> Diagnostic | None:
    """Find a key that is indented further than the one with a value above it."""
    (first, last), *above = lines_above(source, offset)
    here = _KEY.match(source.text[first:last])
    for start, end in above:
        line = source.text[start:end]
        if line.strip() and not line.lstrip().startswith("#"):
            there = _KEY.match(line)
            if here and there and here.end(1) > there.end(1):
                at = first + here.end(1)
                told = "this key stands further right than the one above it, which has its value already"
                return source.diagnostic("PW104", told, at, last, f"begin it in column {there.end(1) + 1}")
            return None
    return None


def no_dash(source: Source, offset: int) -> Diagnostic | None:
    """Find a line among the items of a list that does not begin with a dash."""
    for first, last in lines_about(source, offset):
        line = source.text[first:last]
        indent = len(line) - len(line.lstrip())
        if line.strip() and line[indent] not in "-#" and _is_below_item(source, first, line):
            told = "a dash is missing before this item of a list"
            return source.diagnostic("PW104", told, first + indent, last, f"write '- {line.strip()[:40]}'")
    return None


def _is_below_item(source: Source, first: int, line: str) -> bool:
    """Whether a line that begins at `first` stands below an item of a list, and begins in the column of its dash."""
    indent = len(line) - len(line.lstrip())
    above = [source.text[start:end] for start, end in lines_above(source, first - 1)] if first else []
    return next((each for each in above if each.strip()), "").startswith(f"{' ' * indent}- ")


def cut(source: Source, offset: int) -> Diagnostic | None:
    """Find a query over several lines that a ` #` ended too early."""
    before, last = (lines_about(source, offset) or [(0, 0)])[-1]
    found = re.search(r"(?<=\S)\s+(#.*)$", source.text[before:last])
    if not found:
        return None
    told = "YAML takes ' #' for the beginning of a comment, and the lines after it no longer fit"
    return source.diagnostic("PW105", told, before + found.start(1), last, QUOTE_IT)
