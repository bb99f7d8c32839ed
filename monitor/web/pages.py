"""What the listener answers: /healthz, /metrics, the feeds of /feeds, and the links of messages."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from monitor.core.links import Links
from monitor.web import doing, feeds
from monitor.web.doing import Act
from monitor.web.edition import Show

#: A daemon that has committed nothing for this long (seconds) is not well, however alive its loop is.
STALE_BEAT = 60.0


@dataclass(frozen=True, slots=True)
class Health:
    """The daemon's own view of itself. `beat_age` is the number of seconds since it last wrote to its database."""

    beat_age: float
    rules: int
    rules_in_force: bool
    feeds: int
    version: str

    @property
    def alive(self) -> bool:
        """True while the daemon still gets its work into the database."""
        return self.beat_age < STALE_BEAT


def pages(
    health: Callable[[], Health],
    registry: CollectorRegistry,
    folders: Callable[[], Mapping[str, Path]],
    links: Callable[[], Links | None],
    act: Act,
    show: Show,
) -> Starlette:
    """Return the application: `/healthz` answers 200 or 503 with the reasons as JSON, `/metrics` the Prometheus text.

    `folders` says by the ids of channels where the feeds are that `/feeds` answers with. `links` reads what the links of messages ask for, which `act` does and `show` shows.
    """

    async def healthz(_: Request) -> Response:
        now = health()
        content = {"status": "ok" if now.alive else "stale", **asdict(now)}
        return JSONResponse(content, status_code=200 if now.alive else 503)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def feed(request: Request) -> Response:
        return await feeds.feed(folders(), request)

    async def link(request: Request) -> Response:
        return await doing.do(links(), act, show, request)

    async def root(_: Request) -> Response:
        written = "".join(f"/feeds/{channel}/DIGEST.atom\n" for channel in folders())
        return PlainTextResponse(f"Presswatch\n/healthz\n/metrics\n{written}")

    return Starlette(
        routes=[
            Route("/", root),
            Route("/healthz", healthz),
            Route("/metrics", metrics),
            *(Route(path, feed) for path in feeds.PATHS),
            Route(doing.PATH, link, methods=["GET", "POST"]),
        ],
    )
