"""The page with all that an edition tells, for those who have a message that could not list it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from html import escape

from starlette.responses import HTMLResponse, Response

from monitor.core.digest import Context
from monitor.web.headers import HEADERS

Show = Callable[[str], Awaitable[Context | None]]
"""Returns what an edition tells, as templates are given it, by the edition's id; None where nothing is kept of it."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>:root{{color-scheme:light dark}}
body{{font:16px/1.45 system-ui,sans-serif;max-width:40em;margin:2em auto;padding:0 1em;background:#fff;color:#1c1e21;overflow-wrap:anywhere}}
h1{{font-size:1.4em;margin:0}}h2{{font-size:1em;margin:2em 0 0;padding-top:.5em;border-top:2px solid}}
ul{{list-style:none;margin:0;padding:0}}li{{padding:.7em 0;border-bottom:1px solid #8884;overflow:hidden}}a{{color:#1a4f8b}}
small{{display:block;color:#63676e}}small a{{color:inherit}}
@media (prefers-color-scheme:dark){{body{{background:#16181b;color:#e8e6e1}}a{{color:#8ab8ef}}small{{color:#a09d96}}}}</style></head>
<body><h1 dir="auto">{title}</h1><small>{about}</small>{groups}{rest}</body></html>
"""


async def page(context: Context | None) -> Response:
    """Return the page of an edition, or where nothing is kept of it what to do then."""
    if context is None:
        text = "<p>Nothing of this edition is kept any more.</p>"
        return HTMLResponse(_PAGE.format(title="Presswatch", about="", groups=text, rest=""), 410, headers=HEADERS)
    return HTMLResponse(await asyncio.to_thread(_written, context), headers=HEADERS)


def _written(context: Context) -> str:
    made, counts, groups = _dict(context["made"]), _dict(context["counts"]), _dicts(context["groups"])
    shown = sum(len(_dicts(group["stories"])) for group in groups)
    stories = f"{counts['stories']:,} {'story' if counts['stories'] == 1 else 'stories'}"
    more = int(str(counts["stories"])) - shown
    command = f"presswatch digests show '{_dict(context['edition'])['id']}'"
    return _PAGE.format(
        title=escape(str(_dict(context["digest"])["title"])),
        about=escape(f"{made['date']}, {made['clock']} {made['zone']} · {stories}"),
        groups="".join(piece for group in groups for piece in _group(group)),
        rest=f"<p>… and {more:,} more, with <code>{escape(command)}</code></p>" if more > 0 else "",
    )


def _group(group: Mapping[str, object]) -> Iterator[str]:
    if group["title"]:
        yield f'<h2 dir="auto">{escape(str(group["title"]))}</h2>'
    yield "<ul>"
    for story in _dicts(group["stories"]):
        also = ", ".join(_linked(each, "source") for each in _dicts(story["also"]))
        also += f" and {story['also_more']} more" if story["also_more"] else ""
        said = f"<bdi>{escape(str(story['source']))}</bdi>, {escape(str(story['when']))}"
        said += f" · also in {also}" if also else ""
        yield f'<li dir="auto">{_linked(story, "title")}<small dir="ltr">{said}</small></li>'
    yield "</ul>"


def _linked(told: Mapping[str, object], name: str) -> str:
    """What is told, as a link where it has an address."""
    text = f"<bdi>{escape(str(told[name]))}</bdi>"
    return f'<a href="{escape(str(told["url"]))}">{text}</a>' if told["url"] else text


def _dict(value: object) -> Mapping[str, object]:
    assert isinstance(value, dict)
    return value


def _dicts(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value
