"""What the listener answers: /healthz and /metrics."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

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


def pages(health: Callable[[], Health], registry: CollectorRegistry) -> Starlette:
    """Return the application: `/healthz` answers 200 or 503 with the reasons as JSON, `/metrics` the Prometheus text."""

    async def healthz(_: Request) -> Response:
        now = health()
        content = {"status": "ok" if now.alive else "stale", **asdict(now)}
        return JSONResponse(content, status_code=200 if now.alive else 503)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def root(_: Request) -> Response:
        return PlainTextResponse("Presswatch\n/healthz\n/metrics\n")

    return Starlette(
        routes=[Route("/", root), Route("/healthz", healthz), Route("/metrics", metrics)],
    )
