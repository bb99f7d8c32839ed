"""Signed links in messages: what somebody may do who has one, without a password; nobody can make one up.

A link holds what it does in plain sight and a code made of that and a key (HMAC-SHA256, RFC 2104). It says nothing that its
reader does not know.
"""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

_CODE = 16
"""Bytes of the code: 128 bits."""
_LONGEST = 2_000
MUTES_FOR = timedelta(days=30)
"""How long a link in a message can still mute a rule."""


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Sends a digest to an address no more."""

    digest_id: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Mutes a rule for a while; of a message of a digest of the day `made` (UTC)."""

    rule_id: str
    digest_id: str
    made: date

    def over(self, now: datetime) -> bool:
        """Whether the message is too old for that."""
        return now.astimezone(UTC).date() > self.made + MUTES_FOR


@dataclass(frozen=True, slots=True)
class Edition:
    """Shows all that an edition tells; does nothing."""

    edition_id: str


Deed = Unsubscribe | Mute
Link = Deed | Edition


@dataclass(frozen=True, slots=True)
class Effect:
    """What is so after somebody followed a link, in words. `undoable`: the link did it, and can undo it."""

    told: str
    undoable: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links below `base_url` ("" makes none), signed by `key`, and reads them."""

    base_url: str
    key: bytes = field(repr=False)

    def to(self, link: Link) -> str:
        """Return the link that does or shows it; "" where nobody answers links."""
        return f"{self.base_url.rstrip('/')}/do/{self.token(link)}" if self.base_url else ""

    def token(self, link: Link) -> str:
        """Return what the link ends with: letters, digits, "-", "_" and one "."."""
        match link:
            case Unsubscribe():
                told = ["u", link.digest_id, link.recipient]
            case Mute():
                told = ["m", link.rule_id, link.digest_id, link.made.isoformat()]
            case Edition():
                told = ["e", link.edition_id]
        plain = _text(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())
        return f"{plain}.{self._code(plain)}"

    def read(self, token: str) -> Link | None:
        """Return what a link does or shows that ends with `token`; None where it is none of ours."""
        plain, dot, code = token.partition(".")
        if not dot or len(token) > _LONGEST or not hmac.compare_digest(code.encode(), self._code(plain).encode()):
            return None
        try:
            kind, *told = json.loads(urlsafe_b64decode(plain + "=" * (-len(plain) % 4)))
            if kind == "e":
                return Edition(*told)
            # Links that were made before named the channel as well, first.
            return Unsubscribe(*told[-2:]) if kind == "u" else Mute(told[0], told[1], date.fromisoformat(told[2]))
        except (ValueError, TypeError, IndexError, binascii.Error):
            return None

    def _code(self, plain: str) -> str:
        return _text(hmac.digest(self.key, plain.encode("utf-8", "replace"), "sha256")[:_CODE])


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode("ascii").rstrip("=")
