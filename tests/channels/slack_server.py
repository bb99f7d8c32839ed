"""A Slack that answers what the test wrote."""

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.channels.http_server import Answer, HttpPeer, listening

WEBHOOK_PATH = "/services/T000/B000/canarycanarycanary"
OK = Answer(200, b"ok")


def ok(**more: object) -> Answer:
    """The Web API's success."""
    return Answer(200, json.dumps({"ok": True, **more}).encode())


def error(word: str, status: int = 200) -> Answer:
    """The Web API's failure, which has HTTP status 200 too."""
    return Answer(status, json.dumps({"ok": False, "error": word}).encode())


@dataclass
class FakeSlack(HttpPeer):
    """Keeps every message, every look into the history, and the tokens that were shown."""

    posted: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    @property
    def webhook(self) -> str:
        return self.root + WEBHOOK_PATH

    def success(self, path: str) -> Answer:
        return OK if path == WEBHOOK_PATH else ok(ts="1.2")

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.tokens.append(headers.get("authorization", ""))
        if path.endswith("conversations.history"):
            self.asked.append(parse_qs(body.decode("ascii")))
        else:
            self.posted.append(json.loads(body))


def fake_slack() -> AbstractAsyncContextManager[FakeSlack]:
    """A Slack on a free loopback port."""
    return listening(FakeSlack)
