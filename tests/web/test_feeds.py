"""Atom feeds over real HTTP: read only, sent once, and nothing else of the folder."""

import os

import pytest

from tests.web.served import Served

MARCH = 1_772_434_800  # 2026-03-02T07:00:00Z


def write(served: Served, name: str, text: str = "<feed/>") -> None:
    """Write a file into the folder of the channel "reader"."""
    file = served.folders["reader"] / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (MARCH, MARCH))


async def test_a_feed_is_served_with_its_type_and_its_validators(served: Served) -> None:
    write(served, "morning.atom")
    write(served, "morning/harbour.atom", "<feed>harbour</feed>")
    status, headers, text = await served.ask("/feeds/reader/morning.atom")
    assert (status, text) == (200, "<feed/>")
    assert headers["content-type"] == "application/atom+xml"
    assert headers["last-modified"] == "Mon, 02 Mar 2026 07:00:00 GMT"
    assert headers["etag"].startswith('"')
    assert (await served.ask("/feeds/reader/morning/harbour.atom"))[2] == "<feed>harbour</feed>"
    assert "/feeds/reader/DIGEST.atom\n" in (await served.ask("/"))[2]


async def test_who_has_a_feed_is_not_sent_it_again_until_it_changes(served: Served) -> None:
    write(served, "morning.atom")
    _, headers, _ = await served.ask("/feeds/reader/morning.atom")
    for name, value in (("If-None-Match", headers["etag"]), ("If-Modified-Since", headers["last-modified"])):
        status, again, text = await served.ask("/feeds/reader/morning.atom", headers={name: value})
        assert (status, text, again["etag"]) == (304, "", headers["etag"])
    write(served, "morning.atom", "<feed>more</feed>")
    status, _, text = await served.ask("/feeds/reader/morning.atom", headers={"If-None-Match": headers["etag"]})
    assert (status, text) == (200, "<feed>more</feed>")


async def test_a_head_is_answered_without_the_feed(served: Served) -> None:
    write(served, "morning.atom")
    status, headers, text = await served.ask("/feeds/reader/morning.atom", "HEAD")
    assert (status, headers["content-length"], text) == (200, "7", "")


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/",
        "/feeds/reader/",
        "/feeds/reader/.lock",
        "/feeds/reader/.started",
        "/feeds/reader/.atom",
        "/feeds/reader/evening.atom",
        "/feeds/reader/folder.atom",
        "/feeds/reader/notes.txt",
        "/feeds/other/morning.atom",
        "/feeds/reader/../secret.atom",
        "/feeds/reader/%2e%2e/secret.atom",
        "/feeds/reader/..%2fsecret.atom",
        "/feeds/reader/%2e%2e%2fsecret.atom",
        "/feeds/../secret.atom",
        "/feeds/reader/..%5csecret.atom",
        "/feeds/reader/morning%00.atom",
        f"/feeds/reader/{'x' * 300}.atom",
    ],
)
async def test_nothing_else_is_served(served: Served, path: str) -> None:
    for name in ("morning.atom", ".lock", ".started", ".atom", "notes.txt", "folder.atom/x.txt", "../secret.atom"):
        write(served, name)
    assert (await served.ask(path))[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_feed_cannot_be_written(served: Served, method: str) -> None:
    write(served, "morning.atom")
    assert (await served.ask("/feeds/reader/morning.atom", method))[0] == 405


async def test_a_channel_that_a_reload_took_away_is_served_no_more(served: Served) -> None:
    write(served, "morning.atom")
    served.folders = {}
    assert (await served.ask("/feeds/reader/morning.atom"))[0] == 404
    assert (await served.ask("/"))[2] == "Presswatch\n/healthz\n/metrics\n"
