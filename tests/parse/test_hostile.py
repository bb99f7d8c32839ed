"""Documents made to hurt: each ends in time, in the worker, and leaves the next one unharmed."""

import asyncio
import contextlib
from collections.abc import Iterator

import pytest

from monitor.core.model import ParsedFeed
from monitor.errors import ParseError, WorkerDied, WorkerTimeout
from monitor.parse.reading import parse_feed
from monitor.workers import Workers
from tests.parse.writing import rss

URL = "https://coast.example/feed"
GOOD = rss("<title>Tide</title>")
LIMIT = 20.0  # seconds: far above what any of these takes but for the first, far below what that takes

ATTRIBUTES = " ".join(f"a{n}='{n}'" for n in range(200_000))
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">\n' for n in range(1, 10))


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(count=1)
    yield pool
    pool.close()


async def read(workers: Workers, body: bytes, limit: float = LIMIT) -> ParsedFeed:
    return await workers.call(parse_feed, body, "", URL, timeout=limit)


async def test_an_item_with_200_000_attributes_is_stopped_and_the_next_feed_is_read(workers: Workers) -> None:
    body = f"<rss version='2.0'><channel><item {ATTRIBUTES}><title>t</title></item></channel></rss>".encode()
    poison = asyncio.create_task(read(workers, body, limit=0.5))
    after = asyncio.create_task(read(workers, GOOD))
    with pytest.raises(WorkerTimeout):
        await poison
    assert (await after).entries[0].title == "Tide"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            f'<!DOCTYPE rss [\n<!ENTITY l0 "lol">\n{LAUGHS}]>'.encode() + rss("<title>&l9;</title>"),
            id="billion laughs",
        ),
        pytest.param(
            b'<!DOCTYPE rss [\n<!ENTITY a "' + b"a" * 50_000 + b'">\n]>' + rss(f"<title>{'&a;' * 50_000}</title>"),
            id="quadratic blow-up",
        ),
        pytest.param(b"<rss version='2.0'><channel>" + b"<item>" * 50_000, id="deep nesting"),
        pytest.param(rss(f"<description><![CDATA[{'<div>' * 100_000}]]></description>"), id="deep markup"),
        pytest.param(rss(f"<description><![CDATA[{'<' * 500_000}]]></description>"), id="a wall of brackets"),
        pytest.param(rss(f"<description><![CDATA[{'<!--' * 50_000}]]></description>"), id="comments that never end"),
        pytest.param(rss(f"<title>{'&amp;#' + '9' * 100_000};</title>"), id="a huge character reference"),
        pytest.param(rss(f"<title>t</title><link>https://{'a.' * 100_000}</link>"), id="a huge host"),
        pytest.param(rss(f"<title>t</title><author>{'x' * 200_000}</author>"), id="a huge name"),
        pytest.param(rss(f"<title>t</title><author>{'&#120;' * 100_000}</author>"), id="a huge name in references"),
        pytest.param(rss(f"<title>{'a' + chr(0x301) * 200_000}</title>"), id="piled accents"),
        pytest.param(b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 200_000, id="deep JSON"),
        pytest.param(
            b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": ' + b"9" * 100_000 + b"}]}",
            id="a huge number",
        ),
    ],
)
async def test_it_ends_as_a_feed_or_an_error(workers: Workers, body: bytes) -> None:
    # Where expat refuses, feedparser goes on by itself; what then outgrows the worker's memory is stopped there.
    with contextlib.suppress(ParseError, WorkerDied):
        parsed = await read(workers, body)
        assert all(len(each.title) <= 1000 and len(each.summary) <= 1_000_000 for each in parsed.entries)
    assert (await read(workers, GOOD)).entries[0].title == "Tide"
