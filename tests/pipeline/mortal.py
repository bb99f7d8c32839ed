"""A process that dies at one point: from there on nothing that it does gets through, to the database or to anybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, Literal, ParamSpec, TypeVar

from monitor.core.model import Parcel, Receipt
from monitor.errors import StoreUnavailable
from monitor.store import Clock, Store, Tx
from tests.pipeline.peers import Desk

P = ParamSpec("P")
T = TypeVar("T")

SEND = "channel.send"


@dataclass(frozen=True, slots=True)
class Point:
    """Before or after the `time`th time that something is stored or sent; `deed` is module and function, or SEND."""

    when: Literal["before", "after"]
    deed: str
    time: int = 1

    def __str__(self) -> str:
        return f"{self.when} {self.deed} {self.time}"


class MortalStore(Store):
    """The process's store, which knows where it dies; `done` are the deeds that it began."""

    def __init__(self, url: str, *, clock: Clock) -> None:
        super().__init__(url, clock=clock)
        self.end: Point | None = None
        self.dead = False
        self.done: list[str] = []

    def revive(self) -> None:
        """Begin anew, as another process on the same database does."""
        self.end, self.dead = None, False

    def pass_by(self, when: Literal["before", "after"], deed: str) -> None:
        """Go past a point, or die there. Raises StoreUnavailable, as everything does from then on."""
        if when == "before" and not self.dead:
            self.done.append(deed)
        self.dead = self.dead or self.end == Point(when, deed, self.done.count(deed))
        if self.dead:
            raise StoreUnavailable("the process is dead")

    async def run(self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        deed = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        self.pass_by("before", deed)
        result = await super().run(function, *args, **kwargs)
        self.pass_by("after", deed)
        return result

    async def read(self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self.dead:
            raise StoreUnavailable("the process is dead")
        return await super().read(function, *args, **kwargs)


class MortalDesk(Desk):
    """A desk that the process writes to: what it took it has, though the process may die before it hears so."""

    def __init__(self, store: MortalStore, recipients: tuple[str, ...]) -> None:
        super().__init__(recipients=recipients)
        self._store = store

    async def send(self, parcel: Parcel, *, again: bool = False) -> Receipt:
        self._store.pass_by("before", SEND)
        receipt = await super().send(parcel, again=again)
        self._store.pass_by("after", SEND)
        return receipt
