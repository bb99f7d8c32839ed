"""Getting a document: what is asked, what comes back, what each status means."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from monitor.fetch import Door, Request
from monitor.fetch.validators import conditions
from monitor.secret import Secret
from tests.clock import ManualClock
from tests.fetch.conftest import fault, private
from tests.fetch.peers import Server, raw, reply


async def test_a_document_comes_back_with_its_headers_and_address(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(200, b"<rss/>", {"ETag": '"a"', "Content-Type": "application/rss+xml"})
    answer = await private(door, server.url())
    assert (answer.status, answer.body, answer.url) == (200, b"<rss/>", server.url())
    assert (answer.headers["etag"], answer.headers["content-type"]) == ('"a"', "application/rss+xml")
    assert answer.permanent_url is None


async def test_a_request_says_who_asks_and_which_packing_is_understood(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(200)
    await private(door, server.url())
    headers = server.asked[0].headers
    assert headers["user-agent"] == "presswatch/test"
    assert headers["accept-encoding"] == "gzip"
    assert headers["accept"].startswith("application/atom+xml")
    assert not {"cookie", "referer", "authorization", "if-none-match", "if-modified-since"} & headers.keys()


async def test_validators_go_back_as_they_came_and_304_is_an_answer(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(304, b"", {"ETag": '"new"'})
    stored = Request(server.url(), etag='W/"a b"', last_modified="yesterday, or so", allow_private=True)
    answer = await door.get(stored)
    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", '"new"')
    headers = server.asked[0].headers
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('W/"a b"', "yesterday, or so")


@pytest.mark.parametrize(
    ("etag", "sent"),
    [
        ('"x"', '"x"'),
        ('"x-gzip"', '"x-gzip", "x"'),
        ('W/"x-gzip"', 'W/"x-gzip"'),
        ("x-gzip", "x-gzip"),
        ("", None),
        ('"naïve"', None),
        ('"a\nb"', None),
        ('"' + "a" * 2000 + '"', None),
    ],
)
def test_an_etag_of_apache_goes_back_in_both_forms_and_an_unfit_one_not_at_all(etag: str, sent: str | None) -> None:
    assert conditions(Request("https://news.example/feed", etag=etag)).get("if-none-match") == sent


async def test_a_header_of_the_feed_replaces_ours(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(200)
    await door.get(Request(server.url(), headers={"Accept": "text/plain", "User-Agent": "desk"}, allow_private=True))
    assert (server.asked[0].headers["accept"], server.asked[0].headers["user-agent"]) == ("text/plain", "desk")
    assert server.asked[0].names.count("accept") == 1


async def test_no_cookie_is_kept(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(200, b"", {"Set-Cookie": "reader=7; Path=/"})
    await private(door, server.url())
    await private(door, server.url())
    assert "cookie" not in server.asked[1].headers


async def test_credentials_and_headers_of_the_feed_are_sent(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(200)
    auth = ("редакция", Secret("pass:word"))
    await door.get(Request(server.url(), headers={"X-Api-Key": "clé"}, auth=auth, allow_private=True))
    headers = server.asked[0].headers
    kind, _, told = headers["authorization"].partition(" ")
    assert (kind, base64.b64decode(told).decode()) == ("Basic", "редакция:pass:word")
    assert headers["x-api-key"].encode("latin-1").decode() == "clé"


@pytest.mark.parametrize(
    ("status", "retry"),
    [
        (400, True),
        (401, False),
        (403, True),
        (404, True),
        (410, False),
        (429, True),
        (500, True),
        (503, True),
        (302, True),
    ],
)
async def test_every_other_status_is_an_error_that_says_whether_waiting_helps(
    server: Server, door: Door, status: int, retry: bool
) -> None:
    server.answers["/feed"] = reply(status, b"<h1>An error page</h1>")
    error = await fault(private(door, server.url()))
    assert (error.kind, error.retry, error.retry_after) == (f"http-{status}", retry, None)
    assert str(error).startswith(f"HTTP {status}: ")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(seconds=120)),
        ({"Retry-After": " 0 "}, timedelta(0)),
        ({"Retry-After": "Mon, 02 Mar 2026 08:10:00 GMT"}, timedelta(minutes=10)),
        ({"Retry-After": "Mon, 02 Mar 2026 07:00:00 GMT"}, timedelta(0)),
        (
            {"Retry-After": "Mon, 02 Mar 2026 08:10:00 GMT", "Date": "Mon, 02 Mar 2026 08:09:00 GMT"},
            timedelta(minutes=1),
        ),
        ({"Retry-After": "99999999999999999999"}, timedelta(seconds=100_000_000)),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
)
async def test_the_wait_that_the_server_asks_for_is_read_in_both_forms(
    server: Server, door: Door, clock: ManualClock, headers: dict[str, str], wait: timedelta | None
) -> None:
    assert clock() == datetime(2026, 3, 2, 8, tzinfo=UTC)
    server.answers["/feed"] = reply(429, b"", headers)
    assert (await fault(private(door, server.url()))).retry_after == wait


async def test_a_challenge_meant_for_people_is_told_from_a_plain_refusal(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(403, b"", {"cf-mitigated": "challenge"})
    error = await fault(private(door, server.url()))
    assert (error.kind, error.retry) == ("blocked", False)


async def test_what_is_not_http_is_an_error(server: Server, door: Door) -> None:
    server.answers["/feed"] = raw(b"220 mail.example ESMTP\r\n\r\n")
    assert (await fault(private(door, server.url()))).kind == "protocol"


async def test_a_server_that_is_down_is_an_error(door: Door) -> None:
    async with Server() as gone:
        url = gone.url()
    error = await fault(private(door, url))
    assert (error.kind, error.retry) == ("connect", True)


@pytest.mark.parametrize(
    "url",
    [
        "", "news.example/feed", "ftp://news.example/feed", "file:///etc/passwd", "javascript:alert(1)", "http://",
        "http://user:word@news.example/", "http://news.example:99999/", "http://news.example:0/", "http://[::1/", "gopher://x/",
    ],
)  # fmt: skip
async def test_an_address_that_is_not_for_the_web_is_refused_before_anything_is_sent(door: Door, url: str) -> None:
    error = await fault(door.get(Request(url, allow_private=True)))
    assert (error.kind, error.retry) == ("bad-url", False)


async def test_errors_hold_neither_secrets_nor_the_address(server: Server, door: Door) -> None:
    server.answers["/feed?key=canary"] = reply(500)
    request = Request(server.url("/feed?key=canary"), headers={"x-key": "canary"}, auth=("u", Secret("canary")))
    assert "canary" not in repr(request).replace(request.url, "")
    assert "canary" not in str(await fault(private(door, request.url)))
