"""Explanations on the screen: a line for each clause, with its mark, the words in the article, and the place in the file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click
from rich.cells import cell_len

from monitor.cli import marks
from monitor.cli.wording import near
from monitor.core.digest import marking
from monitor.core.model import Document
from monitor.log import escaped
from monitor.workshop.clauses import Clause, Explanation
from monitor.workshop.explaining import AGE

#: Columns of an excerpt, of what stands before it, and of both at the most where a place follows in its column.
_EXCERPT, _WIDEST_LABEL, _WIDEST = 60, 44, 100
_MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", None)}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the screen in its columns: mark and label, what the article says, the place in the file and a last word."""

    label: str
    after: str = ""
    place: str = ""


def explained(explanation: Explanation, document: Document) -> list[str]:
    """Return the screen of one rule: its verdict, then its clauses."""
    rule = explanation.rule
    verdict = (
        click.style("match     ", fg="green", bold=True)
        if explanation.holds
        else click.style("no match  ", fg="red", bold=True)
    )
    head = f"{verdict} {click.style(rule.id, bold=True)}   {escaped(near(rule.path))}:{rule.line}"
    return [head, *clauses(explanation.clauses, document)]


def clauses(told: Sequence[Clause], document: Document) -> list[str]:
    """Return the lines of some clauses, what the article says and the places each in a column."""
    lines = [line for each in told for line in _lines(each, document)]
    label = min(max((_width(each.label) for each in lines if each.after), default=0), _WIDEST_LABEL)
    joined = [f"{_padded(each.label, label)}{_gap(each)}{each.after}" if each.after else each.label for each in lines]
    placed = (_width(text) for each, text in zip(lines, joined, strict=True) if each.place)
    place = min(max(placed, default=0), _WIDEST)
    return [
        f"{_padded(text, place)}   {each.place}" if each.place else text
        for each, text in zip(lines, joined, strict=True)
    ]


def _lines(clause: Clause, document: Document, depth: int = 0, above: Clause | None = None) -> Iterator[_Line]:
    sign, color = _MARKS[clause.holds]
    kind = " " * (6 + 2 * depth) if depth else f"{clause.kind:<6}"
    # Beside parts of all and any, nothing else says that this one should not be there.
    unwanted = "none: " if depth and clause.kind == "none" and not clause.holds else ""
    label = f"  {kind} {click.style(sign, fg=color)} {unwanted}{escaped(clause.text)}"
    place = f"{escaped(near(clause.path))}:{clause.line}" if clause.path else ""
    # What the line above shows already is not shown again.
    shown = "" if above and above.spans == clause.spans else _excerpt(clause, document)
    why = escaped(clause.why)
    yield _Line(
        label, f"→ {shown}" if shown else why, "   ".join(filter(None, (place, "" if depth else _last(clause))))
    )
    if shown and why:
        yield _Line(f"{' ' * (11 + 2 * depth)}{why}")
    for each in clause.inside:
        yield from _lines(each, document, depth + 1, clause)


def _last(clause: Clause) -> str:
    if clause.holds is not False:
        return ""
    return "← found, but not told" if clause.kind == AGE else "← stops here"


def _excerpt(clause: Clause, document: Document) -> str:
    texts = {"title": document.title, "summary": document.summary, "body": document.body}
    for field, text in texts.items():
        if any(span.field == field for span in clause.spans):
            # A long headline is cut where its hits are not.
            whole = field == "title" and marking.columns(text) <= _EXCERPT
            show = marks.line if whole else marks.excerpt
            return f"{'' if field == 'title' else f'{field}: '}{show(text, clause.spans, field, _EXCERPT)}"
    return ""


def _gap(line: _Line) -> str:
    return " " if line.after.startswith("→") else "  "


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - _width(text))


def _width(text: str) -> int:
    return cell_len(click.unstyle(text))
