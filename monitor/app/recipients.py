"""What people do to those who get messages no more."""

from collections.abc import Mapping
from typing import Any

from monitor.store import Tx, unsubscribed

VERBS = frozenset({"unsubscribe", "resubscribe"})


def perform(tx: Tx, request: Mapping[str, Any]) -> dict[str, Any]:
    """Send to a "recipient" no more, or again, of a "digest" or all. The answer: {"done": number}."""
    recipient, digest = str(request.get("recipient", "")), str(request.get("digest", ""))
    if request["verb"] == "resubscribe":
        return {"done": unsubscribed.remove(tx, recipient, digest)}
    return {"done": int(unsubscribed.add(tx, recipient, digest or unsubscribed.EVERY, unsubscribed.BY_HAND))}
