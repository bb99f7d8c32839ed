"""Hits shown on a terminal: in bold where there are colours, and always between brackets, which a pipe keeps."""

from collections.abc import Iterable, Sequence

import click

from monitor.core.digest import marking
from monitor.core.digest.marking import Segment
from monitor.core.model import Span
from monitor.log import escaped


def marked(segments: Iterable[Segment]) -> str:
    """Return segments as one line of text, the hits among them as [hit]."""
    return "".join(
        click.style(f"[{escaped(str(each['text']))}]", bold=True) if each["hit"] else escaped(str(each["text"]))
        for each in segments
    )


def line(text: str, spans: Sequence[Span], field: str, room: int = 100) -> str:
    """Return the whole of a text field with its hits marked, cut at `room` columns."""
    return marked(marking.line(text, marking.hits(spans, field, text), room))


def excerpt(text: str, spans: Sequence[Span], field: str, room: int = 160) -> str:
    """Return a stretch of a text field around its hits, marked; its beginning where it has none."""
    return marked(marking.excerpt(text, marking.hits(spans, field, text), room))
