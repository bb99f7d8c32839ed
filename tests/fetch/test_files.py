"""Feeds that are files, and the choice of a way to get a document."""

import os
from pathlib import Path

import pytest

from monitor.fetch import Door, Files, Request, Retriever
from tests.fetch.conftest import fault
from tests.fetch.peers import Server, reply


@pytest.fixture
def files() -> Files:
    return Files(max_size=1000)


@pytest.fixture
def retriever(door: Door, files: Files) -> Retriever:
    return Retriever(door, files)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "daily news.xml"
    path.write_bytes(b"<rss/>")
    return path


async def test_a_file_is_read_and_known_again_until_it_changes(files: Files, feed: Path) -> None:
    first = await files.get(Request(feed.as_uri()))
    assert (first.status, first.body, first.url) == (200, b"<rss/>", feed.as_uri())
    again = Request(feed.as_uri(), etag=first.headers["etag"])
    assert (await files.get(again)).status == 304
    feed.write_bytes(b"<rss>more</rss>")
    assert (await files.get(again)).body == b"<rss>more</rss>"


async def test_a_file_that_is_not_there_may_come(files: Files, tmp_path: Path) -> None:
    error = await fault(files.get(Request((tmp_path / "none.xml").as_uri())))
    assert (error.kind, error.retry) == ("file-missing", True)


async def test_what_is_no_plain_file_is_not_opened(files: Files, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        error = await fault(files.get(Request(path.as_uri())))
        assert (error.kind, error.retry) == ("file-unreadable", False)


async def test_a_file_over_the_limit_is_refused(files: Files, feed: Path) -> None:
    feed.write_bytes(b"x" * 1001)
    assert (await fault(files.get(Request(feed.as_uri())))).kind == "too-large"


@pytest.mark.parametrize("url", ["file://server/share/feed.xml", "file:feed.xml", "file:///a%00b", "file:"])
async def test_an_address_that_names_no_local_file_is_refused(files: Files, url: str) -> None:
    error = await fault(files.get(Request(url)))
    assert (error.kind, error.retry) == ("bad-url", False)


async def test_the_scheme_chooses_the_way(retriever: Retriever, server: Server, feed: Path) -> None:
    server.answers["/feed"] = reply(200, b"from the web")
    assert (await retriever.retrieve(Request(server.url(), allow_private=True))).body == b"from the web"
    assert (await retriever.retrieve(Request(feed.as_uri()))).body == b"<rss/>"
    assert (await fault(retriever.retrieve(Request("ftp://news.example/")))).kind == "bad-url"
