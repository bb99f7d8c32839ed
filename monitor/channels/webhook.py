"""Posts editions as signed JSON to an address of the user's, by the Standard Webhooks specification.

A receiver knows a repeat by its `webhook-id`, so whatever may have arrived is simply sent again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from monitor.channels import bodies
from monitor.channels.post import Post, Reply, asked_wait, unanswered
from monitor.channels.receipts import receipt
from monitor.channels.settings import WebhookSettings
from monitor.channels.signing import PREFIX, signature, signing_key
from monitor.core.model import EditionRef, Message, Outcome, Parcel, Receipt
from monitor.errors import FetchError
from monitor.secret import Secret

# The address or the credentials are wrong: moved for good, refused, not there, gone. Only a person can mend that.
_BROKEN = frozenset({301, 308, 401, 403, 404, 410})
_LATER = frozenset({408, 425, 429})
_TOO_MANY, _UNAVAILABLE = 429, 503
_SHORTEST_SECRET = 8  # characters; a shorter part of an address is a word that answers may well have


class WebhookChannel:
    """A receiver of webhooks as a place to send editions to. `clock` dates the attempts."""

    kind = "webhook"

    def __init__(self, channel_id: str, settings: WebhookSettings, post: Post, clock: Callable[[], datetime]) -> None:
        """Raise ValueError when the secret is no key."""
        self.id = channel_id
        self._settings = settings
        self._key = signing_key(settings.secret)
        bare = Secret(settings.secret.reveal().removeprefix(PREFIX))
        self._secrets = (settings.secret, bare, *_quotable(settings.url))
        self._post = post
        self._clock = clock

    @property
    def recipients(self) -> tuple[str, ...]:
        """The word "webhook": the address itself is a secret."""
        return ("webhook",)

    def compose(self, message: Message, edition: EditionRef, recipient: str) -> list[Parcel]:
        """Return a parcel for each part that the bound of a body's size makes necessary."""
        return bodies.compose(self.id, recipient, message, edition)

    async def send(self, parcel: Parcel, *, again: bool = False) -> Receipt:  # noqa: ARG002
        """Post one part and judge the answer by its status; no redirect is followed."""
        settings, body = self._settings, parcel.payload.encode("ascii")
        headers = self._headers(parcel.key, body)
        try:
            reply = await self._post(
                settings.url.reveal(), headers, body, deadline=settings.deadline, allow_private=settings.allow_private
            )
        except FetchError as fault:
            return unanswered(fault)
        # Whole: cut before the secrets are struck out, it could end in half of one.
        text = reply.body.decode("utf-8", "replace")
        judged, wait = outcome(reply.status), _wait(reply)
        return receipt(judged, "post", reply.status, text, retry_after=wait, secrets=self._secrets)

    def _headers(self, key: str, body: bytes) -> Mapping[str, str]:
        now = int(self._clock().timestamp())
        return {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self._key, key, now, body),
        }


def outcome(status: int) -> Outcome:
    """Judge an answer by its HTTP status."""
    if 200 <= status < 300:
        return Outcome.SENT
    if status in _BROKEN:
        return Outcome.PAUSED
    # A redirect for now is mostly somebody else's answer: a captive portal, a proxy.
    return Outcome.RETRY if status in _LATER or not 400 <= status < 500 else Outcome.REFUSED


def _wait(reply: Reply) -> timedelta | None:
    """Return the wait that the receiver asks for; one who has too many requests asks even where it names none."""
    asked = reply.status == _UNAVAILABLE and "retry-after" in reply.headers
    return asked_wait(reply.headers) if asked or reply.status == _TOO_MANY else None


def _quotable(url: Secret) -> list[Secret]:
    """Return an address and those parts of it that a receiver or a proxy may quote alone, and that make it a secret."""
    split = urlsplit(url.reveal())
    path = split.path.strip("/")
    parts = (path, path.rpartition("/")[2], split.query, *(value for _, value in parse_qsl(split.query)))
    return [url, *(Secret(part) for part in parts if len(part) >= _SHORTEST_SECRET)]
