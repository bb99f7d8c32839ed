"""The Atom feeds that channels write, as pages: read only, and not sent again to who has them."""

import os
import re
from collections.abc import Mapping
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles

PATHS = ("/feeds/{channel}/{digest}.atom", "/feeds/{channel}/{digest}/{rule}.atom")

# Neither the folder above nor what a channel has begun to write.
_NAME = re.compile(r"[a-z0-9_-][a-z0-9_.-]*")


async def feed(folders: Mapping[str, Path], request: Request) -> Response:
    """Answer a request for a feed: 200 with it, 304 where the validators say that it is known, or 404. `folders`: by channel."""
    channel, *names = request.path_params.values()
    if channel not in folders or not all(map(_NAME.fullmatch, names)):
        raise HTTPException(404)
    file = folders[channel].joinpath(*names[:-1], f"{names[-1]}.atom")
    try:
        body, modified = await run_in_threadpool(_read, file)
    except OSError:
        raise HTTPException(404) from None
    headers = {
        "content-type": "application/atom+xml",
        "etag": f'"{sha256(body).hexdigest()[:32]}"',
        "last-modified": formatdate(modified, usegmt=True),
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
    }
    answer = Response(body, headers=headers)
    known = StaticFiles(directory=folders[channel], check_dir=False).is_not_modified(answer.headers, request.headers)
    return NotModifiedResponse(answer.headers) if known else answer


def _read(file: Path) -> tuple[bytes, float]:
    """Return a file, and when it was last written (seconds since 1970), of one and the same version of it."""
    with file.open("rb") as opened:
        return opened.read(), os.fstat(opened.fileno()).st_mtime
