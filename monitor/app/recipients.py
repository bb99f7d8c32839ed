"""What people do to those who get messages no more."""

from collections.abc import Mapping
from typing import Any

from monitor.store import Tx, unsubscribed

VERBS = frozenset({"resubscribe"})


def perform(tx: Tx, request: Mapping[str, Any]) -> dict[str, Any]:
    """Send to a "recipient" again, of a "digest" or all, by a "channel" or all. The answer: {"done": number}."""
    told = {key: str(request.get(key, "")) for key in ("recipient", "digest", "channel")}
    return {"done": unsubscribed.remove(tx, told["recipient"], told["digest"], told["channel"])}
