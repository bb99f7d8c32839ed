"""Whatever Apprise can reach as a channel: over a hundred services, each known by one address. It is the extra `apprise`, and used here only.

An answer is no more than yes or no, and nothing tells a repeat from the first: what may have arrived is sent again.
"""

import json
import logging
import re
from dataclasses import dataclass

from monitor.channels.letter import header_value
from monitor.channels.post import as_json
from monitor.channels.receipts import receipt
from monitor.channels.settings import APPRISE_HINT, AppriseSettings
from monitor.core.delivery import delivery_key
from monitor.core.model import EditionRef, Message, Outcome, Parcel, Receipt
from monitor.threads import NoRoom, Threads

MOST = 4  # calls of a channel at a time, those that hang among them
_ANSWER = 20.0  # seconds for an answer; Apprise's own 4 are few for what then counts as not sent
_PATIENCE = 1.0  # seconds to wait for one of them to come back
# Services that speak HTTP log a refusal with its status.
_STATUS = re.compile(r"\berror=(\d{3})\b")
# What rings for all of a room, or names somebody, in one chat or another: no feed may do that.
_CALL = re.compile(r"(?<![\w/.])@(?=(?:everyone|here|channel|all|room)\b)|<(?=[@!#&])", re.IGNORECASE)
_APART = "\\g<0>\u200b"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What Apprise says of one message. `status`: of HTTP, "" where there was none."""

    sent: bool
    status: str = ""


class AppriseChannel:
    """Sends subject and text of an edition to the service of one address."""

    kind = "apprise"

    def __init__(self, channel_id: str, settings: AppriseSettings) -> None:
        self.id = channel_id
        self._settings = settings
        self._threads = Threads(MOST)

    @property
    def recipients(self) -> tuple[str, ...]:
        """The word "apprise": the address itself is a secret."""
        return ("apprise",)

    def compose(self, message: Message, edition: EditionRef, recipient: str) -> list[Parcel]:
        """Return one parcel: subject and text as JSON. A text that is empty, which services refuse, is the subject."""
        key = delivery_key(self.id, recipient, edition.id, 1)
        subject = header_value(message.subject) or header_value(edition.digest_title) or "Presswatch"
        text = message.text if message.text.strip() else subject
        payload = {"key": key, "subject": _CALL.sub(_APART, subject), "text": _CALL.sub(_APART, text)}
        return [Parcel(key, self.id, recipient, 1, as_json(payload))]

    async def send(self, parcel: Parcel, *, again: bool = False) -> Receipt:  # noqa: ARG002
        """Let Apprise send it, in a thread that is given up at the deadline."""
        told = json.loads(parcel.payload)
        url = self._settings.url.reveal()
        try:
            answer = await self._threads.run(
                _notify, url, told["subject"], told["text"], limit=self._settings.deadline, patience=_PATIENCE
            )
        except NoRoom:
            return receipt(Outcome.RETRY, "notify", "busy", "earlier messages have not come back yet")
        except TimeoutError:
            return receipt(Outcome.UNCERTAIN, "notify", "timeout", f"no answer within {self._settings.deadline:g} s")
        except ImportError:
            return receipt(Outcome.PAUSED, "notify", "not-installed", APPRISE_HINT)
        return _judged(answer)


def _judged(answer: _Answer | None) -> Receipt:
    """Judge an answer. Only its status is told: what Apprise says in words may hold parts of the address."""
    if answer is None:
        told = "Apprise knows no service with this address, or a part of the address is missing"
        return receipt(Outcome.PAUSED, "notify", "unknown-service", told)
    if answer.sent:
        return receipt(Outcome.SENT, "notify", "sent")
    return receipt(Outcome.RETRY, "notify", answer.status or "failed")


def _notify(url: str, subject: str, text: str) -> _Answer | None:
    """Send one message, in this thread; None for an address that Apprise cannot use. Raises ImportError where the extra is missing.

    The first call takes half a second, and 35 MB of the process for good.
    """
    from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode

    # It names hosts, rooms and people that it writes to.
    logging.getLogger("apprise").propagate = False
    # A request that is led elsewhere would arrive there without its body, and count as sent.
    asset = AppriseAsset(app_id="Presswatch", async_mode=False, service_timeout=0, http_redirects=False)
    service = Apprise.instantiate(url, asset=asset)
    if service is None:
        return None
    # Unless the address says otherwise: what is too long would be refused, and what is slow be sent twice.
    if "overflow=" not in url:
        service.overflow_mode = OverflowMode.SPLIT
    if "rto=" not in url:
        service.socket_read_timeout = _ANSWER
    result = Apprise(service, asset=asset).notify(text, subject, body_format=NotifyFormat.TEXT)
    found = _STATUS.search("\n".join(each.message for each in result.logs()))
    return _Answer(bool(result), found[1] if found else "")
