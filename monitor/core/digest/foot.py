"""What the foot of a message says of the reading that was done for it, in words; and times as readers are told them."""

from datetime import datetime, timedelta
from math import ceil

from monitor.core.digest.marking import clip
from monitor.core.digest.records import FeedChange, ProofOfLife
from monitor.core.model import Health
from monitor.core.text import one_line

MOST_NAMED = 5
"""Rules that are named at the foot as switched off."""
MOST_CHANGES, LONGEST_WHY = 8, 160
"""Feeds of which the foot tells what has become of them, and characters of the reason."""

_BECAME = {
    Health.OK: "is well again",
    Health.FAILING: "cannot be read",
    Health.LATE: "has fallen silent",
    Health.GAP: "brought more than could be seen",
    Health.MOVED: "has moved",
    Health.GONE: "is gone",
}


def foot(proof: ProofOfLife | None, here: datetime) -> dict[str, object] | None:
    """Return what was read as templates are given it, by the clock of the edition made at `here`."""
    if proof is None:
        return None
    since = when(proof.since, here) if proof.since else ""
    off = ", ".join(proof.switched_off[:MOST_NAMED]) + ("…" if len(proof.switched_off) > MOST_NAMED else "")
    counted = {name: getattr(proof, name) for name in ("articles", "feeds", "failing", "silenced", "held")}
    told = [_changed(each) for each in proof.changes[:MOST_CHANGES]]
    rest = len(proof.changes) - len(told)
    return {
        **counted,
        "since": since,
        "delay": _length(proof.unread_for) if proof.unread_for is not None else "",
        "switched_off": off,
        "changes": [*told, *([f"and {rest} more feeds"] if rest else [])],
    }


def _length(span: timedelta) -> str:
    """Return a length of time in whole minutes, or hours from a hundred minutes on; none is told shorter than it is."""
    minutes = max(ceil(span / timedelta(minutes=1)), 1)
    return f"{minutes} min" if minutes < 100 else f"{ceil(minutes / 60)} h"


def _changed(change: FeedChange) -> str:
    """Return what has become of a feed in words, on one line: "Harbour News fails: HTTP 404"."""
    words = _BECAME.get(change.health, change.health.value)
    return one_line(f"{change.feed} {words}" + (f": {clip(change.why, LONGEST_WHY)}" if change.why else ""))


def when(moment: datetime, here: datetime) -> str:
    """The reader's clock; the day too where it is another one than the edition's."""
    local = moment.astimezone(here.tzinfo)
    if local.date() == here.date():
        return f"{local:%H:%M}"
    return f"{date(local, year=local.year != here.year)}, {local:%H:%M}"


def date(local: datetime, *, year: bool) -> str:
    """Return a day as readers are told it: "Mon 23 Nov 2026"."""
    return f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if year else "")
