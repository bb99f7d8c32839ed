"""Redirects: followed with care, each step judged like the first."""

import pytest

from monitor.errors import FetchError
from monitor.fetch import Door, Request
from monitor.secret import Secret
from tests.fetch.conftest import fault, private
from tests.fetch.peers import Names, Server, redirect, reply


async def test_a_document_that_moved_for_good_says_where(server: Server, door: Door) -> None:
    server.answers |= {"/feed": redirect(301, "/moved"), "/moved": redirect(308, "/new"), "/new": reply(200, b"news")}
    answer = await private(door, server.url())
    assert (answer.body, answer.url, answer.permanent_url) == (b"news", server.url("/new"), server.url("/new"))


async def test_a_move_for_good_counts_only_as_far_as_no_step_before_it_was_for_now(server: Server, door: Door) -> None:
    server.answers |= {
        "/feed": redirect(301, "/new"),
        "/new": redirect(302, "/today"),
        "/today": redirect(301, "/now"),
        "/now": reply(200),
    }
    answer = await private(door, server.url())
    assert (answer.url, answer.permanent_url) == (server.url("/now"), server.url("/new"))


async def test_a_document_elsewhere_for_now_keeps_its_address(server: Server, door: Door) -> None:
    server.answers |= {"/feed": redirect(307, "/today"), "/today": reply(200)}
    assert (await private(door, server.url())).permanent_url is None


async def test_validators_are_asked_of_where_the_redirect_leads(server: Server, door: Door) -> None:
    server.answers |= {"/feed": redirect(301, "/new"), "/new": reply(304)}
    answer = await door.get(Request(server.url(), etag='"a"', allow_private=True))
    assert (answer.status, answer.permanent_url) == (304, server.url("/new"))
    assert server.asked[1].headers["if-none-match"] == '"a"'


async def test_a_circle_ends(server: Server, door: Door) -> None:
    server.answers |= {"/feed": redirect(302, "/other"), "/other": redirect(302, "/feed")}
    error = await fault(private(door, server.url()))
    assert (error.kind, len(server.asked)) == ("redirects", 6)


async def test_five_steps_are_followed(server: Server, door: Door) -> None:
    server.answers["/feed"] = redirect(302, "/1")
    server.answers |= {f"/{step}": redirect(302, f"/{step + 1}") for step in range(1, 5)}
    server.answers["/5"] = reply(200, b"at last")
    assert (await private(door, server.url())).body == b"at last"


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "javascript:alert(1)", "ftp://x/", "http://user:word@x/", "http://[::1/", "http://x:99999/"],
)
async def test_a_redirect_to_what_is_not_the_web_is_refused(server: Server, door: Door, location: str) -> None:
    server.answers["/feed"] = redirect(302, location)
    assert (await fault(private(door, server.url()))).kind == "bad-redirect"


async def test_a_host_with_leave_to_be_private_cannot_pass_it_on(server: Server, door: Door) -> None:
    inner = server.url("/secret", host="local.example")
    server.answers |= {"/feed": redirect(302, inner), "/secret": reply(200, b"the intranet")}
    error = await fault(private(door, server.url()))
    assert error.kind == "refused-address"
    assert [each.target for each in server.asked] == ["/feed"]


async def test_a_redirect_to_loopback_is_refused(server: Server, door: Door, names: Names) -> None:
    names.known["first.example"] = [["127.0.0.1"]]
    server.answers["/feed"] = redirect(302, "http://127.0.0.1:1/admin")
    error = await fault(private(door, server.url(host="first.example")))
    assert (error.kind, str(error)) == (
        "refused-address",
        "127.0.0.1 is not on the public Internet (allow_private = true lets a feed be there)",
    )


async def test_secrets_do_not_follow_to_another_origin(server: Server, door: Door) -> None:
    async with Server() as other:
        server.answers |= {"/feed": redirect(302, "/here"), "/here": redirect(302, other.url("/there"))}
        other.answers["/there"] = reply(200)
        auth = ("user", Secret("word"))
        await door.get(Request(server.url(), headers={"x-key": "k"}, auth=auth, allow_private=True))
        secrets = {"authorization", "x-key"}
        assert secrets <= server.asked[1].headers.keys()
        assert not secrets & other.asked[0].headers.keys()


async def test_who_asks_is_told_where_a_redirect_leads_and_may_refuse_before_it_is_asked(
    server: Server, door: Door
) -> None:
    told: list[str] = []

    async def may_follow(url: str) -> None:
        told.append(url)
        if url.endswith("/closed"):
            raise FetchError("robots", "not there", retry=False)

    server.answers |= {"/feed": redirect(301, "/open"), "/open": redirect(302, "/closed"), "/closed": reply(200)}
    error = await fault(door.get(Request(server.url(), allow_private=True, may_follow=may_follow)))
    assert error.kind == "robots"
    assert told == [server.url("/open"), server.url("/closed")]
    assert [each.target for each in server.asked] == ["/feed", "/open"]


async def test_a_refusal_names_the_host_that_refused(server: Server, door: Door) -> None:
    server.answers["/feed"] = reply(429)
    refused = await fault(private(door, server.url()))
    assert (refused.kind, refused.host) == ("http-429", "127.0.0.1")
