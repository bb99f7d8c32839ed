"""What libyaml says of a broken file, in the words of people who write rules."""

import re

from yaml import MarkedYAMLError, YAMLError

from monitor.diagnostics import Diagnostic
from monitor.rulebook.sources import LONGEST_CONTEXT, Source

QUOTE_IT = "put the whole query in single quotes"

#: A value on the faulty line: what comes before it, and the rest of the line.
_VALUE = re.compile(r"^(\s*(?:- +)*(?:[\w-]+: +)?)(\S.*)$")
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')""")
_FLOW_QUOTED = re.compile(rf"(?<=[\[,{{:])\s*{_QUOTED.pattern}\s+(?=[^\s,\]}}#])")
_NO_SPACE = re.compile(r"^\s*(?:- +)*(id|title|match|any|all|none|deliver|priority|lists|rules|defaults|examples):\S")


def syntax_fault(source: Source, problem: YAMLError) -> Diagnostic:
    """Return the diagnostic of a YAML error, naming the mistake behind it where that is known."""
    if not isinstance(problem, MarkedYAMLError) or problem.problem_mark is None:
        return source.diagnostic("PW104", "this is not YAML", 0, 1)
    offset = min(problem.problem_mark.index, len(source.text))
    began = problem.context_mark.index if problem.context_mark else offset
    told = problem.problem or ""
    return (
        _tab(source, offset)
        or _unclosed_quote(source, told, began)
        or _quote_goes_on(source, offset)
        or _colon(source, told, offset)
        or _sign(source, told, offset)
        or _escape(source, told, offset)
        or _cut(source, offset)
        or _other(source, told, began, offset)
    )


def _tab(source: Source, offset: int) -> Diagnostic | None:
    first, last = source.line_span(offset)
    indent = re.match(r"\s*", source.text[first:last])
    tab = source.text.find("\t", first, first + (indent.end() if indent else 0))
    if tab < 0:
        return None
    return source.diagnostic("PW103", "a tab stands in the indentation", tab, tab + 1, "indent with spaces only")


def _unclosed_quote(source: Source, told: str, began: int) -> Diagnostic | None:
    if told not in {"found unexpected end of stream", "found unexpected document indicator"}:
        return None
    return source.diagnostic("PW104", "this quote is never closed", began, began + 1)


def _quote_goes_on(source: Source, offset: int) -> Diagnostic | None:
    """Find `"a b" NEAR/5 c`: YAML reads the quotes as its own, and then there is more."""
    for first, last in _lines_about(source, offset):
        line = source.text[first:last]
        value = _VALUE.match(line)
        quoted = _QUOTED.match(value[2]) if value else None
        told = "the query starts with a quote and goes on after it"
        if value and quoted and value[2][quoted.end() :].strip()[:1] not in {"", "#", ":", ",", "]", "}"}:
            query = re.sub(r"\s+#.*$", "", value[2]).strip()
            start = first + len(value[1])
            return source.diagnostic("PW105", told, start, start + len(query), _how_to_quote(query))
        if found := _FLOW_QUOTED.search(line):
            return source.diagnostic("PW105", told, first + found.start(1), first + found.end(1), QUOTE_IT)
    return None


def _how_to_quote(query: str) -> str:
    if query[0] == query[-1] == "'":
        return "inside single quotes an apostrophe is written twice: ''"
    return f"{QUOTE_IT}: '" + query.replace("'", "''") + "'"


def _lines_about(source: Source, offset: int) -> list[tuple[int, int]]:
    """Return the line of an offset and the one before it, as YAML often stumbles a line late; none of endless length."""
    here = source.line_span(offset)
    both = [here, source.line_span(here[0] - 1)] if here[0] else [here]
    return [(first, last) for first, last in both if last - first <= LONGEST_CONTEXT]


def _colon(source: Source, told: str, offset: int) -> Diagnostic | None:
    """Find `match: title: x` and `match:x`."""
    if told not in {"mapping values are not allowed in this context", "could not find expected ':'"}:
        return None
    for first, last in _lines_about(source, offset):
        if found := _NO_SPACE.match(source.text[first:last]):
            start = first + found.start(1)
            key = found[1]
            hint = f"write '{key}: …', with a space"
            return source.diagnostic("PW104", f"a space is missing after '{key}:'", start, start + len(key) + 1, hint)
    first, last = source.line_span(offset)
    value = _VALUE.match(source.text[first : min(last, first + LONGEST_CONTEXT)])
    if told.startswith("mapping") and value and value[1].rstrip().endswith(":") and ": " in value[2]:
        start = first + len(value[1])
        told = "a colon and a space inside a value make YAML see a key"
        query = value[2].rstrip()
        return source.diagnostic("PW105", told, start, start + len(query), _how_to_quote(query))
    return None


def _sign(source: Source, told: str, offset: int) -> Diagnostic | None:
    if "cannot start any token" not in told and "alias" not in told and "anchor" not in told:
        return None
    sign = source.text[offset : offset + 1]
    return source.diagnostic("PW105", f"a value cannot begin with '{sign}' in YAML", offset, offset + 1, QUOTE_IT)


def _escape(source: Source, told: str, offset: int) -> Diagnostic | None:
    if "escape" not in told and "hexdecimal" not in told:
        return None
    message = "a backslash within double quotes begins an escape, and this is none"
    return source.diagnostic(
        "PW104", message, offset, offset + 2, "use single quotes: there a backslash is a backslash"
    )


def _cut(source: Source, offset: int) -> Diagnostic | None:
    """Find a query over several lines that a ` #` ended too early."""
    lines = _lines_about(source, offset)
    before, last = lines[-1] if lines else (0, 0)
    found = re.search(r"(?<=\S)\s+(#.*)$", source.text[before:last])
    if not found:
        return None
    told = "YAML takes ' #' for the beginning of a comment, and the lines after it no longer fit"
    return source.diagnostic("PW105", told, before + found.start(1), last, QUOTE_IT)


def _other(source: Source, told: str, began: int, offset: int) -> Diagnostic:
    at_end = not source.text[offset:].strip()
    if "',' or ']'" in told or "',' or '}'" in told:
        sign = source.text[began : began + 1]
        return source.diagnostic(
            "PW104", f"this '{sign}' is never closed, or a comma is missing in it", began, began + 1
        )
    if "'-' indicator" in told or "expected key" in told or "block end" in told:
        hint = "lines that belong together begin in the same column"
        return source.diagnostic("PW104", "this line does not fit to those around it", offset, offset + 1, hint)
    where = max(0, len(source.text.rstrip()) - 1) if at_end else offset
    return source.diagnostic("PW104", f"this is not YAML: {told}", where, where + 1)
