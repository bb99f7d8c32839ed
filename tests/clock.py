"""A clock that only moves when a test moves it."""

from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class ManualClock:
    """Call it for the time (aware, UTC); `advance` it to let time pass."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Move on (or back) and return the new time."""
        self.now += by
        return self.now
