"""How requests of webhooks are signed, by Standard Webhooks 1.0: HMAC-SHA256 over id, time and body.

The specification: github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
"""

import hmac
from base64 import b64decode, b64encode

from monitor.secret import Secret

PREFIX = "whsec_"
SHORTEST_KEY = 24  # bytes, as the specification has it


def signing_key(secret: Secret) -> bytes:
    """Return the key that a secret is: base64, with or without `whsec_` before it, else any other text as UTF-8.

    Raises ValueError where what follows `whsec_` is not base64.
    """
    text = secret.reveal()
    try:
        return b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError:
        if text.startswith(PREFIX):
            raise ValueError(f"is not base64 behind {PREFIX}") from None
    # A variable of the environment may hold bytes that are not UTF-8; they are told as they were.
    return text.encode("utf-8", "surrogateescape")


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature`. `timestamp`: seconds since 1970, of the attempt."""
    signed = f"{message_id}.{timestamp}.".encode("ascii") + body
    return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode("ascii")
