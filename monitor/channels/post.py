"""The one way out by HTTP as channels see it, and what they all make of answers; the guarded door of `fetch` fits it without either knowing the other."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from monitor.channels.receipts import receipt
from monitor.core.model import Outcome, Receipt
from monitor.errors import FetchError

DEFAULT_WAIT = timedelta(seconds=30)

# Kinds of FetchError with which nothing was on its way yet, and those that only another address could mend.
_NEVER_SENT = frozenset({"busy", "connect", "dns", "host-busy", "tls"})
_WRONG_ADDRESS = frozenset({"bad-url", "refused-address"})


class Reply(Protocol):
    """An HTTP answer. Header names are in lower case."""

    @property
    def status(self) -> int:
        """The status code."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers."""

    @property
    def body(self) -> bytes:
        """The decoded body, of bounded size."""


class Post(Protocol):
    """Sends one POST request; raises FetchError when there is no answer within `deadline` seconds."""

    async def __call__(
        self, url: str, headers: Mapping[str, str], body: bytes, *, deadline: float, allow_private: bool
    ) -> Reply:
        """Return the answer, whatever its status."""


def as_json(value: Mapping[str, object]) -> str:
    """Return JSON in ASCII. Half a surrogate pair, which the other side would refuse as no JSON, becomes a question mark."""
    sound = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return json.dumps(json.loads(sound), ensure_ascii=True, separators=(",", ":"))


def unanswered(fault: FetchError) -> Receipt:
    """Judge a failure to get an answer. Only its kind is told: the message may hold a secret address."""
    if fault.kind in _WRONG_ADDRESS:
        return receipt(Outcome.PAUSED, "connect", fault.kind)
    if fault.kind in _NEVER_SENT:
        return receipt(Outcome.RETRY, "connect", fault.kind, retry_after=fault.retry_after)
    return receipt(Outcome.UNCERTAIN, "post", fault.kind)


def asked_wait(headers: Mapping[str, str]) -> timedelta:
    """Return the wait that Retry-After asks for in seconds; half a minute where it is missing, a date, or nonsense."""
    asked = headers.get("retry-after", "").strip()
    return timedelta(seconds=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else DEFAULT_WAIT
