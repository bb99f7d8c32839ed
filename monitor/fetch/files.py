"""Feeds that are files: `file:` addresses, with the same limits as the network and the file's time as validator."""

import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

from monitor.errors import FetchError
from monitor.fetch.exchange import Request, Response
from monitor.threads import NoRoom, Threads

#: Files of one directory that are read at a time: a mounted disk that is gone never answers.
AT_ONCE = 2
#: Seconds that one file takes at the most, and waits for others of its directory.
LIMIT, PATIENCE = 20.0, 2.0

_HERE = frozenset({"", "localhost"})


class Files:
    """Reads files of at most `max_size` bytes."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._threads: dict[Path, Threads] = {}

    async def get(self, request: Request) -> Response:
        """Read the file: 200 with its content, or 304 when it is as `request.etag` says. Raises FetchError."""
        path = _path(request.url)
        threads = self._threads.setdefault(path.parent, Threads(AT_ONCE))
        try:
            return await threads.run(self._read, path, request, limit=LIMIT, patience=PATIENCE)
        except NoRoom as full:
            if full.lost:
                raise FetchError("timeout", f"{path.parent} does not answer: is its disk there?") from None
            raise FetchError("host-busy", f"other files in {path.parent} take too long to be read") from None
        except TimeoutError:
            raise FetchError("timeout", f"{path} was not read within {LIMIT:g} s") from None
        except FileNotFoundError:
            raise FetchError("file-missing", f"there is no file {path}") from None
        except OSError as error:
            raise FetchError("file-unreadable", f"{path} cannot be read: {error.strerror or error}") from None

    def _read(self, path: Path, request: Request) -> Response:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise FetchError("file-unreadable", f"{path} is not a file", retry=False)
        etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
        headers = {"etag": etag}
        if etag == request.etag:
            return Response(304, headers, b"", request.url)
        with path.open("rb") as file:
            body = file.read(self._max_size + 1)
        if len(body) > self._max_size:
            raise FetchError("too-large", f"{path} is over {self._max_size:,} bytes", retry=False)
        return Response(200, headers, body, request.url)


def _path(url: str) -> Path:
    parts = urlsplit(url)
    if parts.netloc not in _HERE or not parts.path.startswith("/") or "\0" in (path := unquote(parts.path)):
        raise FetchError("bad-url", "a file address looks like file:///path/to/feed.xml", retry=False)
    return Path(path)
