"""What people do to messages: asked of the daemon that works, or done by the command itself where none does."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from monitor.store import Tx, deliveries, gates, outbox

VERBS = frozenset({"send-again", "drop-messages", "resend", "resume-channel"})

MOST = 10_000
"""Messages that one request handles; the rest is left for the next."""


def perform(tx: Tx, request: Mapping[str, Any]) -> dict[str, Any]:
    """Do what `request` asks for, and say what became of it.

    {"verb": "send-again"} and {"verb": "drop-messages"} take {"numbers": […]}, or {"states": […]} with "channel" and "since" (ISO 8601) where
    they narrow it down; {"verb": "resend"} takes an "edition", all of which goes out again, and a "channel" where only that is meant. The answer: {"done": [number, …], "left": [number, …], "unknown": [number, …],
    "paused": {channel: why, …}}, the last of those that what was done waits for. {"verb": "resume-channel"} has a "channel" tried again that was mended, and answers {"done": true or false, "waiting": number}.
    """
    if request["verb"] == "resume-channel":
        return _resume(tx, str(request.get("channel", "")))
    numbers = [int(each) for each in request.get("numbers", ())]
    since = datetime.fromisoformat(request["since"]) if request.get("since") else None
    resend = request["verb"] == "resend"
    if resend and not request.get("edition"):
        raise ValueError("an edition is missing")
    states = outbox.STATES if numbers or resend else [str(each) for each in request.get("states", ())]
    there = outbox.listing(
        tx,
        states=states,
        channel=str(request.get("channel", "")),
        edition=str(request.get("edition", "")),
        since=since,
        ids=numbers,
        limit=MOST,
    )
    ids = [each.id for each in there]
    dropping = request["verb"] == "drop-messages"
    done = set(outbox.drop(tx, ids) if dropping else outbox.send_again(tx, ids, sent=resend))
    return {
        "done": sorted(done),
        "left": sorted(set(ids) - done),
        "unknown": sorted(set(numbers) - set(ids)),
        "paused": {} if dropping else _paused(tx, {each.channel_id for each in there if each.id in done}),
    }


def _resume(tx: Tx, channel_id: str) -> dict[str, Any]:
    done = deliveries.resume(tx, channel_id)
    return {"done": done, "waiting": deliveries.waiting(tx).get(channel_id, 0)}


def _paused(tx: Tx, channels: Collection[str]) -> dict[str, str]:
    return {name: gate.why for name, gate in gates.paused(tx).items() if name in channels}
