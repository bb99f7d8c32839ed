"""The demo's outlets: every bundled feed, and the pages behind it, on loopback as they stand at the story's time."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from monitor.demo.news import DemoFeed
from monitor.demo.news.documents import document, page, page_path


def newsstand(outlets: Sequence[DemoFeed], started: datetime, clock: Callable[[], datetime]) -> Starlette:
    """Return the application: `/feeds/ID` is a feed at the story's time, with an ETag; other paths are its items' pages."""
    feeds = {outlet.id: outlet for outlet in outlets}
    pages = {page_path(outlet, item): (outlet, item) for outlet in outlets for item in outlet.items}

    def minute() -> float:
        return (clock() - started) / timedelta(minutes=1)

    async def feed(request: Request) -> Response:
        outlet = feeds.get(request.path_params["id"])
        if outlet is None:
            return Response("no such feed", status_code=404)
        content_type, body = document(outlet, minute(), started, f"{request.base_url}".rstrip("/"))
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        return Response(body, headers={"ETag": etag, "Content-Type": content_type})

    async def article(request: Request) -> Response:
        if request.url.path not in pages:
            return Response("no such page", status_code=404)
        return HTMLResponse(page(*pages[request.url.path], minute()))

    return Starlette(routes=[Route("/feeds/{id}", feed), Route("/{path:path}", article)])
