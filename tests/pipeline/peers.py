"""The other sides of the pipeline: a press that is read and a desk that is written to, which do as a test says."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

from monitor.core.delivery import delivery_key
from monitor.core.model import EditionRef, Message, Outcome, Parcel, Receipt
from monitor.errors import StoreUnavailable
from monitor.fetch import Request, Response
from monitor.store import Clock, Store, Tx
from tests.endtoend.newsstand import Story, rss

P = ParamSpec("P")
T = TypeVar("T")

SENT = Receipt(Outcome.SENT, "data", "250", "taken")


@dataclass(slots=True)
class Press:
    """Feeds by address. One that has an answer in `answers` gives (or raises) that instead of its stories."""

    stories: dict[str, list[Story]] = field(default_factory=dict)
    answers: dict[str, Response | Exception] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    silent: dict[str, asyncio.Event] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    etags: bool = True

    def publish(self, url: str, *stories: Story) -> None:
        """Put stories on top of a feed."""
        self.stories[url] = [*stories, *self.stories.get(url, [])]

    def hush(self, url: str) -> asyncio.Event:
        """Let a feed answer only when the event is set."""
        return self.silent.setdefault(url, asyncio.Event())

    async def retrieve(self, request: Request) -> Response:
        """Answer as a news server does: with the feed, or 304 to its own ETag."""
        self.requests.append(request)
        if request.url in self.redirects and request.may_follow:
            await request.may_follow(self.redirects[request.url])
        if request.url in self.silent:
            await self.silent[request.url].wait()
        answer = self.answers.get(request.url)
        if isinstance(answer, Exception):
            raise answer
        return answer or self._document(request)

    def body(self, url: str) -> bytes:
        """The feed as a document."""
        return rss(url, self.stories.get(url, []))

    def _document(self, request: Request) -> Response:
        body = self.body(request.url)
        headers = {"content-type": "application/rss+xml"}
        if self.etags:
            headers["etag"] = f'"{hashlib.sha256(body).hexdigest()}"'
            if request.etag == headers["etag"]:
                return Response(304, headers, b"", request.url)
        return Response(200, headers, body, request.url)


@dataclass(slots=True)
class Desk:
    """A channel that notes what it is sent and gives the receipts it was told to give, then SENT for ever."""

    id: str = "desk"
    recipients: tuple[str, ...] = ("ana@press.example",)
    receipts: list[Receipt | Exception] = field(default_factory=list)
    parcels: list[tuple[Parcel, bool]] = field(default_factory=list)
    hung: asyncio.Event | None = None
    kind: str = "desk"
    composed: list[EditionRef] = field(default_factory=list)

    @property
    def subjects(self) -> list[str]:
        """The subjects of what it was sent, in order."""
        return [parcel.payload.partition("\n")[0] for parcel, _ in self.parcels]

    def compose(self, message: Message, edition: EditionRef, recipient: str) -> list[Parcel]:
        """One parcel for each recipient: subject and text."""
        self.composed.append(edition)
        key = delivery_key(self.id, recipient, edition.id, 1)
        return [Parcel(key, self.id, recipient, 1, f"{message.subject}\n{message.text}")]

    async def send(self, parcel: Parcel, *, again: bool = False) -> Receipt:
        """Take a parcel, or hang where told to."""
        self.parcels.append((parcel, again))
        if self.hung is not None:
            await self.hung.wait()
        receipt = self.receipts.pop(0) if self.receipts else SENT
        if isinstance(receipt, Exception):
            raise receipt
        return receipt


class Faulty(Store):
    """A store that is away, or chokes, while a test says so: `fault` looks at a function and its arguments before they run."""

    fault: Callable[[str, tuple[object, ...]], Exception | None] | None = None
    held: asyncio.Event | None = None

    def __init__(self, url: str, *, clock: Clock) -> None:
        super().__init__(url, clock=clock)
        self.calls: list[str] = []

    async def run(self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As the real one, unless the fault says otherwise. Where `held`, what was stored is told only when that is set."""
        self.calls.append(function.__name__)
        if self.fault is not None and (error := self.fault(function.__name__, args)):
            raise error
        result = await super().run(function, *args, **kwargs)
        if self.held is not None and function.__name__ in ("commit", "claim", "_conclude"):
            await self.held.wait()
        return result


def away(*names: str) -> Callable[[str, tuple[object, ...]], Exception | None]:
    """A fault: these functions cannot be run now."""
    return lambda name, _: StoreUnavailable("the database takes no writes for now") if name in names else None
