"""Getting documents and reading them as the daemon would, for commands that look before anything is stored."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.app import assembly
from monitor.app.clock import utc_now
from monitor.cli.configured import configuration
from monitor.cli.options import Options
from monitor.config import find
from monitor.diagnostics import Severity
from monitor.errors import FetchError, WorkerError
from monitor.fetch import Door, DoorSettings, Files, Request, Response, Retriever, same_host
from monitor.parse.preview import Preview, previews
from monitor.pipeline import Access
from monitor.workers import Workers

#: Documents that one worker reads in one go, as long as they are no larger together than this: asking costs as much as a small parse.
BATCH, BATCH_SIZE = 50, 500_000
#: Seconds that reading one document may take.
LIMIT = 10.0
#: Documents that are got at the same time, and processes that read them.
AT_ONCE, PROCESSES = 200, 2

Got = tuple[str, bytes, str, str] | tuple[str, str]
"""A source with its body, Content-Type and address; or with the reason why there is none."""


@dataclass(frozen=True, slots=True)
class Looker:
    """A door and workers of one's own. `private`: addresses may lead into one's own network."""

    retriever: Retriever
    workers: Workers
    private: bool
    access: Access

    async def tried(self, sources: Sequence[str]) -> AsyncIterator[tuple[str, Preview]]:
        """Yield each source (an address or a file) and what it holds, in their order."""
        async for pair in _tried(sources, self.retriever, self.workers, self.request):
            yield pair

    async def document(self, source: str) -> Response:
        """Get one document. Raises FetchError."""
        return await self.retriever.retrieve(self.request(source))

    def request(self, source: str) -> Request:
        """Return what asks for an address or a file; what `access` holds goes to its own host only."""
        url = _address(source)
        if not same_host(url, self.access.url):
            return Request(url, allow_private=self.private)
        return Request(url, headers=self.access.headers, auth=self.access.auth, allow_private=self.private)


@asynccontextmanager
async def looker(
    options: Options, *, allow_private: bool, largest: int = 0, access: Access | None = None
) -> AsyncIterator[Looker]:
    """Give a looker with the limits of the configuration, if there is one; documents may have `largest` bytes where that is more."""
    settings, private = _settings(options)
    settings = replace(settings, max_size=max(settings.max_size, largest))
    door, workers = Door(settings, clock=utc_now), Workers(PROCESSES)
    try:
        yield Looker(Retriever(door, Files(settings.max_size)), workers, private or allow_private, access or Access(""))
    finally:
        workers.close()
        await door.close()


def _settings(options: Options) -> tuple[DoorSettings, bool]:
    if find(options.config, options.environ) is None:
        return DoorSettings(user_agent=assembly.USER_AGENT), False
    config = configuration(options, missing_secrets=Severity.WARNING)
    return assembly.door_settings(config), config.settings.fetch.allow_private


async def _tried(
    sources: Sequence[str], retriever: Retriever, workers: Workers, request: Callable[[str], Request]
) -> AsyncIterator[tuple[str, Preview]]:
    """Yield each source and what it holds, in their order."""
    for start in range(0, len(sources), AT_ONCE):
        some = sources[start : start + AT_ONCE]
        got = await asyncio.gather(*(_got(each, retriever, request(each)) for each in some))
        told = await asyncio.gather(*(_read(batch, workers) for batch in _batches(got)))
        for pair in (pair for batch in told for pair in batch):
            yield pair


async def _got(source: str, retriever: Retriever, request: Request) -> Got:
    try:
        response = await retriever.retrieve(request)
    except FetchError as error:
        return source, str(error)
    return source, response.body, response.headers.get("content-type", ""), response.url


def _address(source: str) -> str:
    return source if "://" in source or source.startswith("file:/") else Path(source).absolute().as_uri()


def _batches(got: Sequence[Got]) -> list[list[Got]]:
    batches: list[list[Got]] = []
    size = 0
    for each in got:
        length = len(each[1])
        if not batches or len(batches[-1]) == BATCH or size + length > BATCH_SIZE:
            batches.append([])
            size = 0
        batches[-1].append(each)
        size += length
    return batches


async def _read(batch: Sequence[Got], workers: Workers) -> list[tuple[str, Preview]]:
    """Read the documents of a batch together; where that ends badly, each by itself, so that one costs no other anything."""
    documents = [each[1:] for each in batch if len(each) == 4]
    try:
        found = iter(await workers.call(previews, documents, utc_now(), timeout=LIMIT) if documents else [])
    except WorkerError as error:
        if len(batch) > 1:
            return [pair for each in batch for pair in await _read([each], workers)]
        return [(batch[0][0], Preview(error=str(error)))]
    return [(each[0], next(found) if len(each) == 4 else Preview(error=each[1])) for each in batch]
