"""Receipts that are safe to store and to show: short, one line, without secrets."""

import re
from datetime import timedelta

from monitor.core.model import Outcome, Receipt
from monitor.secret import Secret

LONGEST_TEXT = 500  # bytes
LONGEST_CODE = 60  # characters

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
    """Return a receipt whose code and text, as the other side wrote them, have lost control characters, secrets and tail."""
    return Receipt(outcome, stage, quoted(str(code), secrets)[:LONGEST_CODE], quoted(text, secrets), retry_after)


def quoted(text: str, secrets: tuple[Secret, ...] = ()) -> str:
    """Return foreign text as one line of at most 500 bytes of UTF-8 with every secret as ***."""
    # The longest first: one may be part of another.
    for revealed in sorted(filter(None, (each.reveal() for each in secrets)), key=len, reverse=True):
        text = text.replace(revealed, "***")
    line = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return line.encode("utf-8", "replace")[:LONGEST_TEXT].decode("utf-8", "ignore")
