"""Every kind of channel with a peer of its own, so that one suite can hold all of them to the same promises."""

import json
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from apprise import Apprise

from monitor.channels.making import Channel, channel
from monitor.channels.post import Post
from monitor.channels.settings import (
    AppriseSettings,
    AtomSettings,
    EmailSettings,
    OutboxSettings,
    Settings,
    SlackSettings,
    WebhookSettings,
)
from monitor.secret import Secret
from tests.channels.http_server import DROP as NO_ANSWER
from tests.channels.http_server import HANG as NO_END
from tests.channels.http_server import Answer
from tests.channels.receiver import PATH, receiver
from tests.channels.slack_server import WEBHOOK_PATH, FakeSlack, error, fake_slack
from tests.channels.smtp_server import DROP, FINE, HANG, ScriptedServer, smtp_server
from tests.clock import ManualClock

CANARY = "canarycanarycanary"
QUICK = 0.2  # seconds that an attempt may take where the peer hangs
SLOW = 1.0  # the same, for what takes some time by itself


@dataclass
class Case:
    """A channel, what its peer has received, and the ways in which the peer can go wrong.

    `rebuilt` makes the channel anew, as a restart does; `cut_off` makes its peer unreachable.
    """

    rebuilt: Callable[[], Channel]
    received: Callable[[], list[bytes]]
    faults: Mapping[str, Callable[[], None]]
    cut_off: Callable[[], Channel]


def _email(port: int) -> EmailSettings:
    return EmailSettings(
        "127.0.0.1", "Presswatch <presswatch@example.org>", ("Desk <desk@example.org>", "night@example.org"),
        port=port, tls="none", user="presswatch", password=Secret(CANARY), deadline=QUICK,
    )  # fmt: skip


@asynccontextmanager
async def email_case(_: Path) -> AsyncIterator[Case]:
    """Mail to two people by way of a scripted server that wants a password."""
    async with smtp_server({"ehlo": "250-here\r\n250 AUTH PLAIN"}) as server:
        answers = (
            DROP,
            HANG,
            "421 later",
            "450 later",
            "550 no",
            "999 what",
            f"550 {CANARY}",
            "nonsense",
            "250-" + "x" * 9000,
        )
        faults = {f"{stage}: {answer[:20]}": _scripted(server, stage, answer) for stage in FINE for answer in answers}
        yield Case(
            lambda: _made(_email(server.port)),
            lambda: [each.content for each in server.letters],
            faults,
            lambda: _made(_email(_unused_port())),
        )


def _scripted(server: ScriptedServer, stage: str, answer: str) -> Callable[[], None]:
    def misbehave() -> None:
        server.script = {"ehlo": "250-here\r\n250 AUTH PLAIN", stage: answer}

    return misbehave


@asynccontextmanager
async def slack_webhook_case(_: Path) -> AsyncIterator[Case]:
    """An incoming webhook of Slack's."""
    async with fake_slack() as slack:
        yield _slack_case(
            slack,
            WEBHOOK_PATH,
            lambda root: SlackSettings(webhook=Secret(root + WEBHOOK_PATH), allow_private=True, gap=0, deadline=QUICK),
        )


@asynccontextmanager
async def slack_bot_case(_: Path) -> AsyncIterator[Case]:
    """A bot with a token."""
    async with fake_slack() as slack:
        yield _slack_case(
            slack,
            "/api/chat.postMessage",
            lambda root: SlackSettings(
                token=Secret(CANARY), channel="C0123", api=f"{root}/api", allow_private=True, gap=0, deadline=QUICK
            ),
        )


def _slack_case(slack: FakeSlack, path: str, settings: Callable[[str], SlackSettings]) -> Case:
    answers = {
        "no answer": Answer(NO_ANSWER),
        "no end": Answer(NO_END),
        "429": Answer(429, b"", {"Retry-After": "7"}),
        "429 with nonsense": Answer(429, b"", {"Retry-After": "-1e9"}),
        "500": Answer(500, CANARY.encode()),
        "302": Answer(302, b"", {"Location": "http://127.0.0.1/"}),
        "404": Answer(404, b"no_service"),
        "html": Answer(200, b"<html>" + CANARY.encode()),
        "not utf-8": Answer(200, b"\xff\xfe\x00"),
        "deep json": Answer(200, b"[" * 100_000),
        "a list": Answer(200, b"[1, 2]"),
        "ok as text": Answer(200, b'{"ok": "true"}'),
        "token revoked": error("token_revoked"),
        "unheard of": error("never_heard_of_it"),
    }
    return Case(
        lambda: _made(settings(slack.root), slack.post),
        lambda: [json.dumps(each, sort_keys=True).encode() for each in slack.posted],
        {name: partial(slack.will, path, answer) for name, answer in answers.items()},
        lambda: _made(settings(f"http://127.0.0.1:{_unused_port()}"), slack.post),
    )


@asynccontextmanager
async def webhook_case(_: Path) -> AsyncIterator[Case]:
    """A receiver of signed webhooks that quotes what it should not."""
    canary = CANARY.encode()
    answers = {
        "no answer": Answer(NO_ANSWER),
        "no end": Answer(NO_END),
        "429": Answer(429, canary, {"Retry-After": "7"}),
        "503 with nonsense": Answer(503, canary, {"Retry-After": "-1e9"}),
        "302": Answer(302, b"", {"Location": "http://127.0.0.1/"}),
        "not utf-8": Answer(500, b"\xff\xfe\x00" + canary),
        "much": Answer(200, canary * 1_000),
        **{str(status): Answer(status, canary) for status in (200, 400, 401, 404, 410, 500)},
    }

    async with receiver() as server:
        settings = WebhookSettings(Secret(server.url), Secret(CANARY * 2), allow_private=True, deadline=QUICK)
        nowhere = replace(settings, url=Secret(f"http://127.0.0.1:{_unused_port()}{PATH}"))
        yield Case(
            lambda: _made(settings, server.post),
            lambda: server.bodies,
            {name: partial(server.will, PATH, answer) for name, answer in answers.items()},
            lambda: _made(nowhere, server.post),
        )


@asynccontextmanager
async def apprise_case(_: Path) -> AsyncIterator[Case]:
    """A program that Apprise posts JSON to."""
    # What it loads at its first use would take longer than an attempt may here.
    assert Apprise.instantiate("json://127.0.0.1") is not None
    canary = CANARY.encode()
    answers = {
        "no answer": Answer(NO_ANSWER),
        "no end": Answer(NO_END),
        "302": Answer(302, b"", {"Location": "http://127.0.0.1/"}),
        "not utf-8": Answer(500, b"\xff\xfe\x00" + canary),
        "much": Answer(200, canary * 1_000),
        **{str(status): Answer(status, canary) for status in (200, 400, 401, 404, 429, 500)},
    }

    async with receiver() as server:
        yield Case(
            lambda: _made(_apprise(f"{server.root.replace('http', 'json')}{PATH}")),
            lambda: server.bodies,
            {name: partial(server.will, PATH, answer) for name, answer in answers.items()},
            lambda: _made(_apprise(f"json://127.0.0.1:{_unused_port()}{PATH}")),
        )


def _apprise(url: str) -> AppriseSettings:
    return AppriseSettings(Secret(url), deadline=SLOW)


@asynccontextmanager
async def outbox_case(folder: Path) -> AsyncIterator[Case]:
    """Files in a folder; what goes wrong there is the disk."""
    path = folder / "outbox"
    yield Case(
        lambda: _made(OutboxSettings(path)),
        lambda: [each.read_bytes() for each in sorted((path / "new").glob("*"))],
        {f"a file named {name}": _in_the_way(path, name, Path.touch) for name in ("new", "tmp", "html", "slack")},
        lambda: _made(OutboxSettings(_no_folder(folder))),
    )


@asynccontextmanager
async def atom_case(folder: Path) -> AsyncIterator[Case]:
    """Feeds in a folder; what goes wrong there is the disk."""
    path = folder / "feeds"
    names = ("morning.atom", ".lock", ".started", "morning/harbour.atom")
    faults = {f"a folder named {name}": _in_the_way(path, name, Path.mkdir) for name in names}
    yield Case(
        lambda: _made(AtomSettings(path, per_rule=True)),
        lambda: [each.read_bytes() for each in sorted(path.glob("*.atom"))],
        {**faults, "a file named morning": _in_the_way(path, "morning", Path.touch)},
        lambda: _made(AtomSettings(_no_folder(folder))),
    )


def _in_the_way(path: Path, name: str, made: Callable[[Path], None]) -> Callable[[], None]:
    def misbehave() -> None:
        shutil.rmtree(path, ignore_errors=True)
        (path / name).parent.mkdir(parents=True)
        made(path / name)

    return misbehave


def _no_folder(beside: Path) -> Path:
    (beside / "file").write_text("not a folder")
    return beside / "file"


def _made(settings: Settings, post: Post | None = None) -> Channel:
    return channel("desk", settings, post or _no_post, ManualClock())


async def _no_post(
    url: str, headers: Mapping[str, str], body: bytes, *, deadline: float, allow_private: bool
) -> Answer:
    raise AssertionError("this channel has nothing to do with HTTP")


def _unused_port() -> int:
    """A port of loopback at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


CASES = {
    "email": email_case,
    "slack webhook": slack_webhook_case,
    "slack bot": slack_bot_case,
    "webhook": webhook_case,
    "apprise": apprise_case,
    "atom": atom_case,
    "outbox": outbox_case,
}
