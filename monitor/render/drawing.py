"""One template and plain data into one finished part of a message, within bounds of time and size.

These functions run in a worker process where templates of users are concerned, so they take and return plain values, and a
fault comes back as a Diagnostic.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from time import monotonic
from typing import cast

from css_inline import CSSInliner
from jinja2 import Environment, Template

from monitor.core.digest import Block, Context, slack_faults
from monitor.core.digest.marking import tidy
from monitor.diagnostics import Diagnostic
from monitor.render.environments import environment, kind_of, settled
from monitor.render.faults import TEMPLATE_ERRORS, BadSlack, TooLarge, TooSlow, diagnostic

LARGEST_PART = 1_000_000
"""Characters a template may print."""
SECONDS = 5.0
"""How long a template may take; a worker is killed a little later."""
LONGEST_SUBJECT = 200

# At-rules stay as a style sheet for dark mode and narrow screens; nothing is ever loaded from anywhere.
INLINER = CSSInliner(keep_style_tags=True, minify_css=True, load_remote_stylesheets=False)


def draw(folders: Sequence[Path], name: str, context: Context, seconds: float = SECONDS) -> str | Diagnostic:
    """Render the template `name` and finish it as its kind asks: CSS inlined, one line, or checked Slack JSON."""
    try:
        made = _environment(tuple(folders), kind_of(name))
        return _finished(kind_of(name), _printed(made.get_template(name), context, seconds))
    except TEMPLATE_ERRORS as error:
        path = next((str(folder / name) for folder in folders if (folder / name).is_file()), name)
        return diagnostic(error, path, list(context))


def blocks_of(text: str) -> tuple[Block, ...]:
    """Return the Slack blocks that `draw` returned as JSON text."""
    return tuple(cast("list[Block]", json.loads(text)))


@cache
def _environment(folders: tuple[Path, ...], kind: str) -> Environment:
    return environment(folders, kind)


def _printed(template: Template, context: Context, seconds: float) -> str:
    """Print piece by piece, so that a template without end is stopped at a limit and not by the lack of memory."""
    pieces: list[str] = []
    size, until = 0, monotonic() + seconds
    for piece in template.generate(context):
        size += len(piece)
        if size > LARGEST_PART:
            raise TooLarge(f"prints more than {LARGEST_PART:,} characters")
        if monotonic() > until:
            raise TooSlow(f"takes longer than {seconds:g} seconds")
        pieces.append(piece)
    return "".join(pieces)


def _finished(kind: str, text: str) -> str:
    if kind == "html":
        return INLINER.inline(text)
    if kind == "subject":
        return tidy(text).strip()[:LONGEST_SUBJECT]
    if kind == "slack":
        return _slack(text)
    return text.strip() + "\n"


def _slack(text: str) -> str:
    try:
        blocks = settled(json.loads(text))
    except json.JSONDecodeError as error:
        raise BadSlack(f"does not print JSON: {error.msg}", printed=_line(error)) from None
    if faults := slack_faults(blocks):
        raise BadSlack("prints blocks Slack would refuse: " + "; ".join(faults[:3]))
    return json.dumps(blocks, ensure_ascii=False)


def _line(error: json.JSONDecodeError) -> str:
    return error.doc[: error.pos].rpartition("\n")[2].lstrip() + error.doc[error.pos :].partition("\n")[0]
