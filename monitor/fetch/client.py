"""The one door to the network over HTTP: guarded, bounded, polite. Nothing else opens an HTTP connection."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import certifi
import httpx

from monitor import __version__
from monitor.errors import FetchError
from monitor.fetch.addressing import checked, redirected, same_origin
from monitor.fetch.body import read_body
from monitor.fetch.deadline import Deadline
from monitor.fetch.exchange import Request, Response
from monitor.fetch.failures import FAILURES, failure
from monitor.fetch.guard import GuardedBackend, GuardedTransport
from monitor.fetch.hosts import PATIENCE, Hosts
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
#: Redirects followed for one document.
REDIRECTS = 5

_NOT_MODIFIED = 304
_PERMANENT = frozenset({301, 308})
_TEMPORARY = frozenset({302, 303, 307})


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """`max_size`: bytes on the wire (twice as many unpacked). `deadline`: seconds for a whole exchange, redirects and all.

    `connections`: how many documents are got at once, all hosts together; `per_host`: how many requests one host gets.
    """

    user_agent: str = f"presswatch/{__version__}"
    max_size: int = 4 << 20
    deadline: float = 20.0
    connections: int = 100
    per_host: int = 2


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
        self._resolver = Resolver()
        resolve = resolve or self._resolver
        # One context for all: making one takes 20 ms.
        context = context or ssl.create_default_context(cafile=certifi.where())
        # Two pools, so that a connection made with leave to be private is never used without.
        self._public = self._transport(GuardedBackend(resolve), context)
        self._private = self._transport(GuardedBackend(resolve, allowed=lambda _: True), context)

    async def get(self, request: Request) -> Response:
        """Get a document: a 2xx with its body, or a 304. Raises FetchError for everything else.

        Redirects are followed; a host that one leads to must be public, whatever leave the first one had. It takes the
        deadline at the most, and PATIENCE of waiting for turns.
        """
        try:
            async with asyncio.timeout(self._settings.deadline + PATIENCE):
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
        return await self._send(sent, Deadline(deadline), private=allow_private)

    async def close(self) -> None:
        """Close every connection."""
        await self._public.aclose()
        await self._private.aclose()
        self._resolver.close()

    def _transport(self, network: GuardedBackend, context: ssl.SSLContext) -> GuardedTransport:
        return GuardedTransport(network, context, self._settings.connections + POSTS, IDLE)

    def _request(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes | None = None
    ) -> httpx.Request:
        told = {"accept-encoding": "gzip", "user-agent": self._settings.user_agent, **headers}
        return httpx.Request(method, url, headers=_bytes(told), content=body)

    async def _follow(self, request: Request) -> Response:
        first = url = checked(request.url)
        moved: str | None = None
        steady = True
        deadline = Deadline(self._settings.deadline)
        for _ in range(REDIRECTS + 1):
            answer = await self._send(self._ask(request, url, first), deadline, private=_private(request, url, first))
            if answer.status not in _PERMANENT | _TEMPORARY or "location" not in answer.headers:
                return self._judged(request, answer, moved)
            url = redirected(url, answer.headers["location"])
            if request.may_follow is not None:
                await request.may_follow(str(url))
            steady = steady and answer.status in _PERMANENT
            moved = str(url) if steady else moved
        raise FetchError("redirects", f"the server redirects in a circle, or over {REDIRECTS} times")

    def _ask(self, request: Request, url: httpx.URL, first: httpx.URL) -> httpx.Request:
        headers = {"accept": request.accept or ACCEPT, **conditions(request)}
        if same_origin(url, first):
            own = {name.lower(): value for name, value in request.headers.items()}
            headers |= {**own, **_authorization(request.auth)}
        return self._request("GET", url, headers)

    async def _send(self, sent: httpx.Request, deadline: Deadline, *, private: bool) -> Response:
        """Send one request, wait for its turn at the host, and read the answer before the deadline; waiting does not count."""
        host = sent.url.host
        transport = self._private if private else self._public
        async with self._hosts.turn(host):
            try:
                async with deadline.spend():
                    return await _exchange(transport, sent, self._settings.max_size)
            except FAILURES as error:
                raise failure(error, host) from None

    def _judged(self, request: Request, answer: Response, moved: str | None) -> Response:
        # Some caches say "not modified" to whoever asks; without a validator of ours that says nothing.
        unchanged = answer.status == _NOT_MODIFIED and bool(conditions(request))
        if not unchanged and not _succeeded(answer.status):
            raise refusal(answer.status, answer.headers, self._clock())
        return replace(answer, permanent_url=moved)


async def _exchange(transport: httpx.AsyncBaseTransport, sent: httpx.Request, limit: int) -> Response:
    """Send a request and read the answer. The body of a refused GET is of no use and stays unread.

    Straight through the transport: an httpx client would keep cookies, read proxies from the environment, log addresses.
    """
    answer = await transport.handle_async_request(sent)
    try:
        wanted = sent.method == "POST" or _succeeded(answer.status_code)
        body = await read_body(answer, limit) if wanted else b""
    finally:
        await answer.aclose()
    return Response(answer.status_code, dict(answer.headers), body, str(sent.url))


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


def _bytes(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as they go over the wire; httpx itself takes ASCII only."""
    return [(name.lower().encode("ascii", "ignore"), value.encode()) for name, value in headers.items()]
