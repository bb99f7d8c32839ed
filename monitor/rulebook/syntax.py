"""What libyaml says of a broken file, in the words of people who write rules."""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from yaml import MarkedYAMLError, YAMLError

from monitor.diagnostics import Diagnostic
from monitor.rulebook import slips
from monitor.rulebook.slips import QUOTE_IT
from monitor.rulebook.sources import Source

Finder: TypeAlias = Callable[[Source, int], Diagnostic | None]

#: What may be behind each of libyaml's complaints, the likeliest first; "" is any of them.
_BEHIND: Sequence[tuple[str, Sequence[Finder]]] = (
    ("", (slips.tab, slips.odd_space)),
    ("mapping values are not allowed|could not find expected ':'", (slips.space_after_colon, slips.space_after_dash)),
    ("", (slips.quote_goes_on,)),
    ("mapping values are not allowed", (slips.colon_in_value,)),
    ("mapping values are not allowed|could not find expected ':'", (slips.no_colon,)),
    ("mapping values are not allowed", (slips.too_far_right,)),
    ("could not find expected ':'", (slips.no_dash,)),
)
_LATER: Sequence[Finder] = (slips.open_quote, slips.cut)


def syntax_fault(source: Source, problem: YAMLError) -> Diagnostic:
    """Return the diagnostic of a YAML error, naming the mistake behind it where that is known."""
    if not isinstance(problem, MarkedYAMLError) or problem.problem_mark is None:
        return source.diagnostic("PW104", "this is not YAML", 0, 1)
    offset = min(problem.problem_mark.index, len(source.text))
    began = problem.context_mark.index if problem.context_mark else offset
    told = problem.problem or ""
    if told in {"found unexpected end of stream", "found unexpected document indicator"}:
        hint = (
            f"add {source.text[began]} at the end of the text" if source.text[began : began + 1] in set("'\"") else ""
        )
        return source.diagnostic("PW104", "this quote is never closed", began, began + 1, hint)
    finders = [finder for pattern, behind in _BEHIND if re.match(pattern, told) for finder in behind]
    # What is missing at the end of a file is missed where its last word stands.
    near = min(offset, max(0, len(source.text.rstrip()) - 1))
    known = next((found for finder in finders if (found := finder(source, near))), None)
    known = known or _sign(source, f"{told} {problem.context}", began, offset) or _escape(source, told, offset)
    known = known or next((found for finder in _LATER if (found := finder(source, offset))), None)
    return known or _other(source, told, began, offset)


def _sign(source: Source, told: str, began: int, offset: int) -> Diagnostic | None:
    """Find a value that begins with a sign that means something to YAML."""
    if "cannot start any token" in told or "directive" in told or "mapping keys are not allowed" in told:
        began = source.line_span(offset)[0] if "directive" in told else offset
    elif "block sequence entries" in told:
        hint = "write each item on a line of its own below, after '- '"
        return source.diagnostic("PW104", "a list cannot begin on the line of its key", offset, offset + 1, hint)
    elif not re.search("alias|anchor|block scalar", told):
        return None
    sign = source.text[began : began + 1]
    if sign == "*" and source.text[began + 1 : began + 2] == " ":
        return source.diagnostic("PW104", "items of a list begin with a dash", began, began + 1, "write '- '")
    return source.diagnostic("PW105", f"a value cannot begin with '{sign}' in YAML", began, began + 1, QUOTE_IT)


def _escape(source: Source, told: str, offset: int) -> Diagnostic | None:
    if "escape" not in told and "hexdecimal" not in told:
        return None
    message = "a backslash within double quotes begins an escape, and this is none"
    hint = "use single quotes: there a backslash is a backslash"
    return source.diagnostic("PW104", message, offset, offset + 2, hint)


def _other(source: Source, told: str, began: int, offset: int) -> Diagnostic:
    at_end = not source.text[offset:].strip()
    if "',' or ']'" in told or "',' or '}'" in told:
        sign = source.text[began : began + 1]
        message = f"this '{sign}' is never closed, or a comma is missing in it"
        signs = "a comma" if sign == "[" else "a comma, or a colon and a space,"
        return source.diagnostic(
            "PW104", message, began, began + 1, f"in it, a text with {signs} stands in single quotes"
        )
    if (sign := source.text[offset : offset + 1]) in {"]", "}"}:
        return source.diagnostic("PW104", f"this '{sign}' was never opened", offset, offset + 1, "take it out")
    if "'-' indicator" in told or "expected key" in told or "block end" in told:
        hint = "lines that belong together begin in the same column"
        return source.diagnostic("PW104", "this line does not fit to those around it", offset, offset + 1, hint)
    where = max(0, len(source.text.rstrip()) - 1) if at_end else offset
    return source.diagnostic("PW104", f"this is not YAML: {told}", where, where + 1)
