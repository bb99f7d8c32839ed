"""How feeds are doing, in words and colours."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from monitor.core.model import Health
from monitor.log import escaped
from monitor.store.feed_health import FeedLine
from monitor.store.feeds import PAUSED

ORDER = (
    Health.FAILING,
    Health.LATE,
    Health.GAP,
    Health.GONE,
    Health.MOVED,
    PAUSED,
    Health.NEW,
    Health.OK,
)
"""States, what a person should look at first."""
_COLOURS: Mapping[str, str] = {
    Health.FAILING: "red",
    Health.LATE: "yellow",
    Health.GAP: "yellow",
    Health.GONE: "red",
    Health.MOVED: "yellow",
}
_NAMES: Mapping[str, str] = {Health.LATE: "silent", Health.NEW: "not read yet"}
WELL = (Health.OK, Health.NEW)


def counted(states: Mapping[str, int]) -> str:
    """Return how many feeds are in which state: "198 ok, 2 failing"."""
    well = [f"{states.get(Health.OK, 0):,} ok"]
    other = [
        click.style(f"{states[state]:,} {_NAMES.get(state, state)}", fg=_colour(state))
        for state in ORDER
        if states.get(state) and state != Health.OK
    ]
    return ", ".join([*well, *other])


def needing(line: FeedLine, zone: ZoneInfo) -> str:
    """Return a line for a feed that needs a person: what is wrong, since when, and why."""
    state = click.style(
        f"{_NAMES.get(line.state, line.state):<8}",
        fg=_colour(line.state),
    )
    since = f"since {clock(line.since, zone)}" if line.since else ""
    why = f": {escaped(line.why)}" if line.why else ""
    return f"{state} {line.id:<30} {since}{why}"


def clock(moment: datetime | None, zone: ZoneInfo, *, absent: str = "never") -> str:
    """Return a time on the reader's clock."""
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}" if moment else absent


def _colour(state: str) -> str | None:
    return _COLOURS.get(state)
