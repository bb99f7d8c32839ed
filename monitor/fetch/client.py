"""The one door to the network over HTTP: guarded, bounded, polite. Nothing else opens an HTTP connection."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import certifi
import httpcore
import httpx

from monitor import __version__
from monitor.core.hosts import host_of
from monitor.errors import FetchError
from monitor.fetch.addressing import checked, redirected, same_origin
from monitor.fetch.body import read_body
from monitor.fetch.deadline import Deadline
from monitor.fetch.exchange import Request, Response
from monitor.fetch.failures import FAILURES, failure
from monitor.fetch.guard import GuardedBackend, guarded_pool
from monitor.fetch.hosts import Hosts
from monitor.fetch.refusals import refusal
from monitor.fetch.resolver import Resolve, Resolver
from monitor.fetch.validators import conditions
from monitor.secret import Secret

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
#: Idle connections kept: under asyncio each holds 256 KiB of TLS buffer, and most hosts are polled minutes apart.
IDLE = 20
#: Connections beyond those for documents: feeds that hang must not keep messages from going out.
POSTS = 32
#: Seconds that a message waits for its turn at a host.
PATIENTLY = 30.0
#: Seconds that asking whether redirects may be followed takes at the most, and all waiting for turns.
BESIDE = 30.0
#: Redirects followed for one document.
REDIRECTS = 5

_NOT_MODIFIED = 304
_PERMANENT = frozenset({301, 308})
_TEMPORARY = frozenset({302, 303, 307})


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """`max_size`: bytes on the wire (twice as many unpacked). `deadline`: seconds for a whole exchange, redirects and all. `patience`:
    seconds that a document waits for its turn at a host; what waits takes the place of documents of other hosts.

    `connections`: how many documents are got at once, all hosts together; `per_host`: how many requests one host gets.
    """

    user_agent: str = f"presswatch/{__version__}"
    max_size: int = 4 << 20
    deadline: float = 20.0
    patience: float = 2.0
    connections: int = 100
    per_host: int = 2


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request as it is sent to one address."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    def on_the_wire(self) -> httpcore.Request:
        """Return it as it goes over the wire; header values are UTF-8."""
        url = self.url
        headers = [(b"host", url.netloc)]
        headers += [(name.lower().encode("ascii", "ignore"), value.encode()) for name, value in self.headers.items()]
        if self.body is not None:
            headers.append((b"content-length", b"%d" % len(self.body)))
        where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        return httpcore.Request(self.method, where, headers=headers, content=self.body)


class Door:
    """Gets documents and posts messages. `clock` is what Retry-After dates count from; `resolve` finds a host's addresses."""

    def __init__(
        self,
        settings: DoorSettings,
        *,
        clock: Callable[[], datetime],
        resolve: Resolve | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._hosts = Hosts(settings.per_host)
        resolve = resolve or Resolver()
        # One context for all: making one takes 20 ms.
        context = context or ssl.create_default_context(cafile=certifi.where())
        # Two pools, so that a connection made with leave to be private is never used without.
        self._public = self._pool(GuardedBackend(resolve), context)
        self._private = self._pool(GuardedBackend(resolve, allowed=lambda _: True), context)

    async def get(self, request: Request) -> Response:
        """Get a document: a 2xx with its body, or a 304. Raises FetchError for everything else.

        Redirects are followed; a host that one leads to must be public, whatever leave the first one had. It takes the
        deadline at the most, and `patience` of waiting for each turn.
        """
        try:
            async with asyncio.timeout(self._settings.deadline + BESIDE):
                return await self._follow(request)
        except TimeoutError:
            raise FetchError("host-busy", "the redirects lead to hosts that are all busy") from None

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, *, deadline: float, allow_private: bool
    ) -> Response:
        """Post once and return the answer whatever its status; no redirect is followed. `deadline` is in seconds.

        Raises FetchError when there is no whole answer; then it is open whether the other side took the message, except
        for the kinds "bad-url", "dns", "refused-address", "connect", "tls" and "host-busy".
        """
        sent = self._request("POST", checked(url), headers, body)
        return await self._send(sent, Deadline(deadline), PATIENTLY, private=allow_private)

    async def close(self) -> None:
        """Close every connection."""
        await self._public.aclose()
        await self._private.aclose()

    def _pool(self, network: GuardedBackend, context: ssl.SSLContext) -> httpcore.AsyncConnectionPool:
        return guarded_pool(network, context, self._settings.connections + POSTS, IDLE)

    def _request(self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes | None = None) -> _Sent:
        told = {"accept-encoding": "gzip", "user-agent": self._settings.user_agent, **headers}
        return _Sent(method, url, told, body)

    async def _follow(self, request: Request) -> Response:
        first = url = checked(request.url)
        moved: str | None = None
        steady = True
        deadline = Deadline(self._settings.deadline)
        for _ in range(REDIRECTS + 1):
            private = _private(request, url, first)
            answer = await self._send(
                self._ask(request, url, first), deadline, self._settings.patience, private=private
            )
            if answer.status not in _PERMANENT | _TEMPORARY or "location" not in answer.headers:
                return self._judged(request, answer, moved)
            url = redirected(url, answer.headers["location"])
            if request.may_follow is not None:
                await request.may_follow(str(url))
            steady = steady and answer.status in _PERMANENT
            moved = str(url) if steady else moved
        raise FetchError("redirects", f"the server redirects in a circle, or over {REDIRECTS} times")

    def _ask(self, request: Request, url: httpx.URL, first: httpx.URL) -> _Sent:
        headers = {"accept": request.accept or ACCEPT, **conditions(request)}
        if same_origin(url, first):
            own = {name.lower(): value for name, value in request.headers.items()}
            headers |= {**own, **_authorization(request.auth)}
        return self._request("GET", url, headers)

    async def _send(self, sent: _Sent, deadline: Deadline, patience: float, *, private: bool) -> Response:
        """Send one request when its turn at the host comes, within `patience` seconds, and read the answer before the deadline."""
        host = sent.url.host
        pool = self._private if private else self._public
        async with self._hosts.turn(host, patience):
            try:
                async with deadline.spend():
                    return await _exchange(pool, sent, self._settings.max_size)
            except FAILURES as error:
                raise failure(error, host) from None

    def _judged(self, request: Request, answer: Response, moved: str | None) -> Response:
        # Some caches say "not modified" to whoever asks; without a validator of ours that says nothing.
        unchanged = answer.status == _NOT_MODIFIED and bool(conditions(request))
        if not unchanged and not _succeeded(answer.status):
            raise refusal(answer.status, answer.headers, host_of(answer.url), self._clock())
        return replace(answer, permanent_url=moved)


async def _exchange(pool: httpcore.AsyncConnectionPool, sent: _Sent, limit: int) -> Response:
    """Send a request and read the answer. The body of a refused GET is of no use and stays unread.

    Straight through the connections: an httpx client would keep cookies, read proxies from the environment, log addresses, and make
    requests and answers of its own on the way, which for a 304 is a cost.
    """
    answer = await pool.handle_async_request(sent.on_the_wire())
    try:
        headers = _said(answer.headers)
        wanted = sent.method == "POST" or _succeeded(answer.status)
        body = await read_body(headers, answer.aiter_stream(), limit) if wanted else b""
    finally:
        await answer.aclose()
    return Response(answer.status, headers, body, str(sent.url))


def _succeeded(status: int) -> bool:
    return 200 <= status < 300


def _private(request: Request, url: httpx.URL, first: httpx.URL) -> bool:
    return request.allow_private and url.host == first.host


def _authorization(auth: tuple[str, Secret] | None) -> Mapping[str, str]:
    """Return the header of HTTP Basic (RFC 7617)."""
    if auth is None:
        return {}
    user, password = auth
    return {"authorization": "Basic " + b64encode(f"{user}:{password.reveal()}".encode()).decode("ascii")}


def _said(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers of an answer by their names in lower case; one that is there more than once as a list (RFC 9110, 5.3)."""
    said: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), _text(raw_value)
        said[name] = f"{said[name]}, {value}" if name in said else value
    return said


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
