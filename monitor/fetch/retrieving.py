"""The ways to get a document, by the scheme of its address."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from monitor.errors import FetchError
from monitor.fetch.client import Door
from monitor.fetch.exchange import Request, Response
from monitor.fetch.files import Files

Get = Callable[[Request], Awaitable[Response]]


class Retriever:
    """Gets any document that Presswatch can get."""

    def __init__(self, door: Door, files: Files) -> None:
        self._ways: dict[str, Get] = {"http": door.get, "https": door.get, "file": files.get}

    async def retrieve(self, request: Request) -> Response:
        """Return a 2xx with its body or a 304. Raises FetchError for everything else."""
        way = self._ways.get(urlsplit(request.url).scheme)
        if way is None:
            raise FetchError("bad-url", "the address begins with none of http:, https:, file:", retry=False)
        return await way(request)
