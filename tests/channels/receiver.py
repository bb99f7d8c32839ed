"""A receiver of webhooks that answers what the test wrote."""

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from tests.channels.http_server import Answer, HttpPeer, listening

PATH = "/hooks/canarycanarycanary"


@dataclass
class Receiver(HttpPeer):
    """Keeps the headers and the body of every request."""

    headers: list[Mapping[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.root + PATH

    @property
    def told(self) -> list[dict[str, Any]]:
        """The bodies, read."""
        return [json.loads(body) for body in self.bodies]

    def success(self, path: str) -> Answer:
        return Answer(204)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.headers.append(headers)
        self.bodies.append(body)


def receiver() -> AbstractAsyncContextManager[Receiver]:
    """A receiver on a free loopback port."""
    return listening(Receiver)
