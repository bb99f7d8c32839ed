"""What people do to rules that they want to hear nothing of for a while."""

import difflib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.store import Tx, mutes

VERBS = frozenset({"mute", "unmute"})
LONGEST = 500
"""Characters of a reason, and of a name."""


def perform(tx: Tx, request: Mapping[str, Any]) -> dict[str, Any]:
    """Do what `request` asks for, and say what became of it.

    {"verb": "mute"} takes a "rule", an end "until" (ISO 8601), a "reason" and who asks, "by". {"verb": "unmute"} takes a "rule", and "revive" where what was
    silenced is to be told after all. The answer: {"done": true or false, "revived": number, "unknown": [near, …] or null}.
    """
    rule = str(request.get("rule", ""))
    known = mutes.known_rules(tx)
    if rule not in known:
        return {"done": False, "revived": 0, "unknown": difflib.get_close_matches(rule, known, 3)}
    if request["verb"] == "mute":
        until = datetime.fromisoformat(str(request.get("until")))
        mutes.add(tx, rule, until, str(request.get("reason", ""))[:LONGEST], str(request.get("by", ""))[:LONGEST])
        return {"done": True, "revived": 0, "unknown": None}
    ended = mutes.end(tx, rule)
    revived = mutes.revive(tx, rule) if request.get("revive") else 0
    return {"done": ended, "revived": revived, "unknown": None}
