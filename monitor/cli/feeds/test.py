"""`presswatch feeds test`: what would be stored of a feed, before it is trusted."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from monitor.app import assembly
from monitor.app.clock import utc_now
from monitor.cli.configured import configuration
from monitor.cli.exits import Exit
from monitor.cli.options import Options, pass_options
from monitor.config import find
from monitor.core.articles import cut
from monitor.diagnostics import Severity
from monitor.errors import FetchError, WorkerError
from monitor.fetch import Door, DoorSettings, Files, Request, Retriever
from monitor.log import escaped
from monitor.parse.preview import Preview, Shown, previews
from monitor.workers import Workers

#: Documents that one worker reads in one go, as long as they are no larger together than this: asking costs as much as a small parse.
BATCH, BATCH_SIZE = 50, 500_000
#: Seconds that reading one document may take.
LIMIT = 10.0
#: Documents that are got at the same time, and processes that read them.
AT_ONCE, PROCESSES = 200, 2

Got = tuple[str, bytes, str, str] | tuple[str, str]
"""A source with its body, Content-Type and address; or with the reason why there is none."""


@click.command("test")
@click.argument("sources", nargs=-1, required=True, metavar="URL|FILE…")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a document, one in a line, times in UTC.")
@click.option("--allow-private", is_flag=True, help="Let addresses lead into your own network.")
@pass_options
@click.pass_context
def test(ctx: click.Context, options: Options, sources: tuple[str, ...], as_json: bool, allow_private: bool) -> None:
    """Read feeds, and show what would be stored of each. Nothing is stored, and no configuration is needed.

    Addresses are asked as the daemon would ask them; files are read as they are. Ends with 1 where one could not be read.
    """
    failed = asyncio.run(_run(options, sources, as_json=as_json, allow_private=allow_private))
    ctx.exit(Exit.FINDINGS if failed else Exit.FINE)


async def _run(options: Options, sources: Sequence[str], *, as_json: bool, allow_private: bool) -> int:
    settings, private = _settings(options)
    door, workers = Door(settings, clock=utc_now), Workers(PROCESSES)
    retriever, failed = Retriever(door, Files(settings.max_size)), 0
    try:
        async for source, preview in _tried(sources, retriever, workers, private=private or allow_private):
            failed += bool(preview.error)
            for line in [_as_json(source, preview)] if as_json else _as_text(source, preview):
                click.echo(line)
    finally:
        workers.close()
        await door.close()
    return failed


def _settings(options: Options) -> tuple[DoorSettings, bool]:
    if find(options.config, options.environ) is None:
        return DoorSettings(user_agent=assembly.USER_AGENT), False
    config = configuration(options, missing_secrets=Severity.WARNING)
    return assembly.door_settings(config), config.settings.fetch.allow_private


async def _tried(
    sources: Sequence[str], retriever: Retriever, workers: Workers, *, private: bool
) -> AsyncIterator[tuple[str, Preview]]:
    """Yield each source and what it holds, in their order."""
    for start in range(0, len(sources), AT_ONCE):
        some = sources[start : start + AT_ONCE]
        got = await asyncio.gather(*(_got(each, retriever, private=private) for each in some))
        told = await asyncio.gather(*(_read(batch, workers) for batch in _batches(got)))
        for pair in (pair for batch in told for pair in batch):
            yield pair


async def _got(source: str, retriever: Retriever, *, private: bool) -> Got:
    url = _address(source)
    try:
        response = await retriever.retrieve(Request(url, allow_private=private))
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


def _as_json(source: str, preview: Preview) -> str:
    entries = [
        {**asdict(each), "published": _time(each.published), "updated": _time(each.updated)} for each in preview.entries
    ]
    told = {
        "source": source,
        "format": preview.format,
        "title": preview.title,
        "link": preview.link,
        "entries": entries,
        "warnings": preview.warnings,
        "error": preview.error or None,
    }
    return json.dumps(told, ensure_ascii=False)


def _time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _as_text(source: str, preview: Preview) -> list[str]:
    if preview.error:
        return [f"✗ {escaped(source)}", f"  {escaped(preview.error)}", ""]
    count = len(preview.entries)
    head = f"✓ {escaped(source)}"
    what = f"  {escaped(preview.title or 'a feed without a title')} · {preview.format} · {count} {'entry' if count == 1 else 'entries'}"
    site = [f"  {preview.link}"] if preview.link else []
    told = [f"  ! {escaped(each)}" for each in preview.warnings]
    short = (
        ["  ! no entry holds more than a summary: full_text lets rules see the pages"] if preview.only_summaries else []
    )
    return [head, what, *site, *told, *short, *(line for each in preview.entries for line in _entry(each)), ""]


def _entry(shown: Shown) -> list[str]:
    dated = shown.published.strftime("%Y-%m-%d %H:%M") if shown.published else "undated".ljust(16)
    lines = [f"  {dated}  {escaped(shown.title)}", *([f"{'':20}{escaped(shown.link)}"] if shown.link else [])]
    text = " ".join(shown.text.split())
    return [*lines, *([f"{'':20}{escaped(cut(text, 100))}"] if text and text != shown.title else [])]
