"""What links in messages lead to: a page that says what would be done, and a button that does it; or an edition.

Nothing is done by a GET: mail programs and scanners follow links by themselves. A POST does it, with or without the page (RFC 8058).
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.core.links import Deed, Edition, Effect, Links, Unsubscribe
from monitor.web import edition
from monitor.web.edition import Show
from monitor.web.headers import HEADERS

PATH = "/do/{token}"
Act = Callable[[Deed, timedelta | None], Awaitable[Effect | None]]
"""Does it, a mute for so long, or (None) undoes it, and says what is so now; None where that cannot be done any more."""

_SPANS = (("1", "a day"), ("7", "a week"), ("30", "thirty days"))
_MOST = 4_096  # bytes of a form
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Presswatch</title>
<style>:root{{color-scheme:light dark}}body{{font:17px/1.5 system-ui,sans-serif;max-width:32em;margin:4em auto;padding:0 1em}}
button{{font:inherit;padding:.5em 1em;margin:.25em .5em .25em 0;cursor:pointer}}</style></head>
<body><h1>{title}</h1><p>{text}</p>{form}</body></html>
"""


async def do(links: Links | None, act: Act, show: Show, request: Request) -> Response:
    """Answer a request for a link."""
    deed = links.read(str(request.path_params["token"])) if links else None
    if deed is None:
        return _page("This link leads nowhere", "It is not whole, or was made by another Presswatch.", status=404)
    if isinstance(deed, Edition):
        return await edition.page(await show(deed.edition_id))
    if request.method != "POST":
        return _asking(deed)
    form = await _form(request)
    days = form.get("days", "1")
    span = None if "undo" in form else timedelta(days=int(days) if days in dict(_SPANS) else 1)
    effect = await act(deed, span)
    if effect is None:
        return _page("This link is too old", "Use one of a newer message, or the command line.", status=410)
    return _page("Presswatch", effect.told, _form_of([("undo", "1", "Undo")]) if effect.undoable else "")


def _asking(deed: Deed) -> Response:
    if isinstance(deed, Unsubscribe):
        text = f"No more messages of {_quoted(deed.digest_id)} for {_quoted(deed.recipient)}?"
        return _page("Unsubscribe", text, _form_of([("List-Unsubscribe", "One-Click", "Unsubscribe")]))
    text = f"Mute the rule {_quoted(deed.rule_id)} in every digest, for everyone who gets it, for"
    return _page("Mute a rule", text, _form_of([("days", days, told) for days, told in _SPANS]))


def _form_of(buttons: list[tuple[str, str, str]]) -> str:
    told = "".join(f'<button name="{name}" value="{value}">{escape(text)}</button>' for name, value, text in buttons)
    return f'<form method="post">{told}</form>'


def _page(title: str, text: str, form: str = "", status: int = 200) -> Response:
    content = _PAGE.format(title=escape(title), text=escape(text), form=form)
    return HTMLResponse(content, status_code=status, headers=HEADERS)


def _quoted(text: str) -> str:
    return f"“{text[:200]}”"


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("latin-1"), max_num_fields=10).items()}
