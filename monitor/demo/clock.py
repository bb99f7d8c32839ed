"""Story time: an hour of news that passes in seconds, for the feeds, the daemon and its digests alike."""

import time
from datetime import datetime, timedelta


class StoryClock:
    """Tells the story's time: `start` (aware, UTC) until `run`, then `speed` times as fast as a wall clock, up to `end`."""

    def __init__(self, start: datetime, end: datetime, speed: float) -> None:
        self._start, self._end, self._speed = start, end, speed
        self._began: float | None = None

    def __call__(self) -> datetime:
        """Return the story's time now."""
        if self._began is None:
            return self._start
        passed = timedelta(seconds=time.monotonic() - self._began) * self._speed
        told = self._start + passed
        # After the story's end time goes on as it does for all of us, so that nothing stands still.
        return told if told < self._end else self._end + (told - self._end) / self._speed

    def run(self) -> None:
        """Let time pass."""
        self._began = self._began or time.monotonic()

    @property
    def runs(self) -> bool:
        """Whether time passes."""
        return self._began is not None

    @property
    def over(self) -> bool:
        """Whether the story has been told."""
        return self() >= self._end
