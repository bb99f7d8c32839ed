"""A wire that never rests: one story after another, by the clock and in a thread of its own, whatever becomes of who reads it."""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from tests.endtoend.newsstand import Newsstand, Story
from tests.pipeline.newsroom import VOCABULARY


@dataclass(slots=True)
class Wire:
    """Publishes a story every `every` seconds, each on one of the feeds, from `with` to its end. No two titles or texts are alike."""

    stand: Newsstand
    feeds: Sequence[str]
    chance: random.Random
    every: float
    titles: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        assert self._thread is not None
        self._thread.join()

    def _work(self) -> None:
        while not self._over.wait(self.every):
            self._publish()

    def _publish(self) -> None:
        town, *words = self.chance.choices(VOCABULARY, k=40)
        title = f"Witkoff visits {town} on day {len(self.titles):05}"
        self.titles.append(title)
        self.stand.publish(
            self.chance.choice(self.feeds),
            Story(title, " ".join(words), title, datetime.now(UTC).replace(microsecond=0)),
        )
