"""Whether it is our own network that is down: told by nothing answering at all."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

NETWORK = frozenset({"dns", "connect", "timeout", "tls", "broken-off"})
"""Kinds of failure that may be our own; any other means that somebody answered."""

FEW, LONG = 3, timedelta(seconds=60)
"""So many hosts in a row that do not answer, for so long, are no coincidence; of MANY it takes no time."""
MANY = 30


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the last polls say of our network: the hosts that failed since somebody last answered, and since when."""

    silent: frozenset[str] = frozenset()
    since: datetime | None = None

    def down(self, now: datetime) -> bool:
        """Tell whether the network here seems to be down."""
        if self.since is None:
            return False
        return len(self.silent) >= MANY or (len(self.silent) >= FEW and now - self.since >= LONG)


def seen(outlook: Outlook, host: str, error_kind: str, now: datetime) -> Outlook:
    """Return the outlook after a poll of `host` that ended at `now`, with an error or ("") an answer. Files ("") say nothing."""
    if not host:
        return outlook
    if error_kind not in NETWORK:
        return Outlook()
    since = outlook.since if outlook.since and outlook.since <= now else now
    silent = outlook.silent if len(outlook.silent) >= MANY else outlook.silent | {host}
    return replace(outlook, silent=silent, since=since)
