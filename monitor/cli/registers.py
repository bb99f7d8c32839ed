"""The register of rules on the screen and as JSON: a line for each rule, or a sheet for one."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len

from monitor.cli import marks
from monitor.cli.wording import moment, near, numbered
from monitor.core.digest import marking
from monitor.log import escaped
from monitor.store.routes import Tally
from monitor.workshop.register import Listed, Setting, Sheet, Tried

RECENT = timedelta(days=30)
"""How far back hits are counted."""

_WIDEST_DIGESTS, _WIDEST_TITLE = 30, 40
_EXAMPLE = 80


def table(listed: Sequence[Listed], zone: ZoneInfo, *, counted: bool) -> Iterator[str]:
    """Yield a line for each rule, in columns. `counted`: there is a database that knows their hits."""
    rows = [_row(each, zone, counted=counted) for each in listed]
    widths = [max(cell_len(click.unstyle(text)) for text in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            f"{text}{' ' * (width - cell_len(click.unstyle(text)))}" for text, width in zip(row, widths, strict=True)
        )
        yield "   ".join(cells).rstrip()


def page(sheet: Sheet, zone: ZoneInfo, *, counted: bool) -> Iterator[str]:
    """Yield the lines of one rule's sheet."""
    rule = sheet.listed.rule
    yield f"{click.style(rule.id, bold=True)}   {escaped(near(rule.path))}:{rule.line}"
    yield _line("title", escaped(rule.title))
    if rule.description:
        yield _line("description", escaped(rule.description))
    yield _line("query", escaped(sheet.query))
    for used in sheet.lists:
        items = numbered(used.items, "item")
        yield _line("", f"{f'${used.name}':<20} {items:<20} {escaped(near(used.path))}:{used.line}")
    yield from map(_setting, sheet.settings)
    if sheet.listed.always:
        yield _line("runs", "always: it needs no word to be there, so it is tried on every article")
    yield _line("version", rule.version)
    yield _line("hits", _hits(sheet.listed.tally, zone) if counted else "not known")
    for number, tried in enumerate(sheet.examples):
        yield _line("" if number else "examples", _example(tried))
    if not sheet.examples:
        yield _line("examples", "none")


def _setting(setting: Setting) -> str:
    values = escaped(", ".join(setting.values)) or {
        "deliver": "no digest",
        "stem": "none",
        "when": "every match",
        "cooldown": "none",
    }.get(setting.key, "any")
    place = f"{setting.origin}, {escaped(near(setting.path))}:{setting.line}" if setting.path else setting.origin
    return _line(setting.key, f"{values:<41} {place}")


def _example(tried: Tried) -> str:
    mark = click.style("✓", fg="green") if tried.holds else click.style("✗", fg="red")
    said = tried.document.title or tried.document.summary or tried.document.body
    field = "title" if tried.document.title else "summary" if tried.document.summary else "body"
    return (
        f"{mark} {'match' if tried.should_match else 'no match':<8}  {marks.line(said, tried.spans, field, _EXAMPLE)}"
    )


def _line(name: str, told: str) -> str:
    return f"{click.style(f'{name:<11}', bold=True)} {told}".rstrip()


def listed_as_json(listed: Listed) -> dict[str, object]:
    """Return a rule of the list as JSON has it."""
    rule, tally = listed.rule, listed.tally
    return {
        "id": rule.id,
        "title": rule.title,
        "priority": rule.priority,
        "deliver": rule.deliver,
        "path": rule.path,
        "line": rule.line,
        "version": rule.version,
        "always": listed.always,
        "hits": tally.hits if tally else 0,
        "last_at": tally.last_at if tally else None,
    }


def page_as_json(sheet: Sheet) -> dict[str, object]:
    """Return a rule's sheet as JSON has it."""
    return {
        **listed_as_json(sheet.listed),
        "description": sheet.listed.rule.description,
        "query": sheet.query,
        "lists": [asdict(each) for each in sheet.lists],
        "settings": [asdict(each) for each in sheet.settings],
        "examples": [asdict(each) for each in sheet.examples],
    }


def _row(listed: Listed, zone: ZoneInfo, *, counted: bool) -> tuple[str, ...]:
    rule = listed.rule
    digests = marking.clip(", ".join(rule.deliver), _WIDEST_DIGESTS) or "no digest"
    told = _hits(listed.tally, zone) if counted else "?"
    always = click.style("runs always", fg="yellow") if listed.always else ""
    title = escaped(marking.clip(rule.title, _WIDEST_TITLE)) if rule.title != rule.id else ""
    return rule.id, title, rule.priority, digests, told, f"{escaped(near(rule.path))}:{rule.line}", always


def _hits(tally: Tally | None, zone: ZoneInfo) -> str:
    if tally is None:
        return "never matched"
    return f"{tally.hits:,} in {RECENT.days} days, last {moment(tally.last_at, zone)}"
