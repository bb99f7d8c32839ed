"""Receipts that are safe to store and to show: short, one line, without secrets."""

import re
from datetime import timedelta

from monitor.core.model import Outcome, Receipt
from monitor.secret import Secret

LONGEST_TEXT = 500  # bytes

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def receipt(
    outcome: Outcome,
    stage: str,
    code: str | int = "",
    text: str = "",
    *,
    retry_after: timedelta | None = None,
    secrets: tuple[Secret, ...] = (),
) -> Receipt:
    """Return a receipt whose text, as the other side wrote it, has lost its control characters, its secrets and its tail."""
    return Receipt(outcome, stage, str(code), quoted(text, secrets), retry_after)


def quoted(text: str, secrets: tuple[Secret, ...] = ()) -> str:
    """Return foreign text as one line of at most 500 bytes of UTF-8 with every secret as ***."""
    for secret in secrets:
        text = text.replace(secret.reveal(), "***") if secret.reveal() else text
    line = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return line.encode("utf-8", "replace")[:LONGEST_TEXT].decode("utf-8", "ignore")
