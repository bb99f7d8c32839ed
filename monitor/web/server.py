"""Serves an ASGI application from the daemon's own event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Generator

import uvicorn
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: when to stop is the daemon's decision."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Listener:
    """An HTTP server on one address. `port` 0 takes any free one; `address` says which."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", limit_concurrency=64, timeout_keep_alive=5,
            timeout_graceful_shutdown=2, server_header=False, ws="none",
        )  # fmt: skip
        self._server = _Server(config)
        self._host, self._port = host, port
        self._socket: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port in use; the wanted ones until `start`."""
        if self._socket is None:
            return self._host, self._port
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    async def start(self) -> None:
        """Bind and serve in the background. Raises OSError when the address is taken."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((self._host, self._port))
        except OSError:
            bound.close()
            raise
        self._socket = bound
        self._task = asyncio.create_task(self._server.serve(sockets=[bound]), name="http-listener")

    async def stop(self) -> None:
        """Stop serving; requests under way get two seconds."""
        if self._task is None or self._socket is None:
            return
        self._server.should_exit = True
        await self._task
        self._socket.close()
