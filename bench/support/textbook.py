"""The textbook stack as a baseline: httpx, the whole document through feedparser, one INSERT an entry, in one loop.

It does less than the daemon (no matching, no guard, no leases) and is written as tutorials write it.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import httpx
import sqlalchemy as sa

_metadata = sa.MetaData()
_articles = sa.Table(
    "articles",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guid", sa.Text, unique=True),
    sa.Column("url", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("summary", sa.Text),
    sa.Column("seen_at", sa.DateTime),
)


def rate(urls: Sequence[str], database: Path, seconds: float) -> float:
    """Poll the feeds over and over for about `seconds`; return feeds a second once all were polled a first time."""
    return asyncio.run(_polled(urls, database, seconds))


async def _polled(urls: Sequence[str], database: Path, seconds: float) -> float:
    engine = sa.create_engine(f"sqlite:///{database}")
    _metadata.create_all(engine)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=32), timeout=20) as client:
        await _round(client, engine, urls[: len(urls) // 4])
        started, polls = time.perf_counter(), 0
        while time.perf_counter() - started < seconds:
            polls += await _round(client, engine, urls[: len(urls) // 4])
        return polls / (time.perf_counter() - started)


async def _round(client: httpx.AsyncClient, engine: sa.Engine, urls: Sequence[str]) -> int:
    async def poll(url: str) -> None:
        response = await client.get(url)
        _store(engine, feedparser.parse(response.content).entries)

    await asyncio.gather(*(poll(url) for url in urls))
    return len(urls)


def _store(engine: sa.Engine, entries: Sequence[feedparser.FeedParserDict]) -> None:
    insert = _articles.insert().prefix_with("OR IGNORE")
    with engine.begin() as connection:
        for entry in entries:
            connection.execute(
                insert,
                {
                    "guid": entry.id,
                    "url": entry.link,
                    "title": entry.title,
                    "summary": entry.summary,
                    "seen_at": datetime.now(UTC),
                },
            )
