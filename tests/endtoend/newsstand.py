"""A news server on loopback whose feeds a test writes as it goes, and misbehaves on request."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Story:
    """An item as a feed states it."""

    title: str
    text: str = ""
    guid: str = ""
    published: datetime | None = None
    link: str = ""

    @property
    def address(self) -> str:
        """Where it leads to: unless said otherwise, a page named like it."""
        return self.link or "https://news.example/" + (self.guid or self.title).replace(" ", "-")


@dataclass(slots=True)
class Newsstand:
    """Feeds by name, each a list of stories (newest first) or an answer of its own."""

    stories: dict[str, list[Story]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def url(self, name: str) -> str:
        """Return the address of the feed `name`."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}/{name}"

    def publish(self, name: str, *stories: Story) -> None:
        """Put stories on top of a feed."""
        self.stories[name] = [*stories, *self.stories.get(name, [])]

    def misbehave(self, name: str, answer: Answer) -> None:
        """Let `answer` speak for the feed `name` from now on."""
        self.answers[name] = answer

    def behave(self, name: str) -> None:
        """Serve the stories of `name` again."""
        self.answers.pop(name, None)

    def asked(self, name: str) -> int:
        """Return how often the feed was requested."""
        return self.requests.count(name)

    def document(self, name: str) -> bytes:
        """Return the RSS document of a feed as it stands."""
        return rss(name, self.stories.get(name, []))

    def __enter__(self) -> Self:
        stand = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                name = self.path.lstrip("/")
                stand.requests.append(name)
                stand.answers.get(name, stand.serve)(self)

            def log_message(self, *_: object) -> None:
                """Say nothing on stderr."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        """Answer 200 with the feed, or 304 to a matching ETag."""
        body = self.document(request.path.lstrip("/"))
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            reply(request, 304, b"", {"ETag": etag})
        else:
            reply(request, 200, body, {"ETag": etag, "Content-Type": "application/rss+xml"})


def reply(request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    """Send one complete answer."""
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def status(code: int, **headers: str) -> Answer:
    """An answer that is only a status and headers (underscores stand for hyphens)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: reply(request, code, b"", named)


def body(content: bytes, content_type: str = "application/rss+xml", **headers: str) -> Answer:
    """An answer that is always this body."""
    named = {"Content-Type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return lambda request: reply(request, 200, content, named)


def hang(seconds: float) -> Answer:
    """An answer that never comes while the test lasts."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        threading.Event().wait(seconds)
        request.close_connection = True

    return answer


def rss(title: str, stories: list[Story]) -> bytes:
    """Write an RSS 2.0 document."""
    told = "".join(
        f"<item><title>{escape(story.title)}</title><guid isPermaLink='false'>{escape(story.guid or story.title)}</guid>"
        f"<link>{escape(story.address)}</link>"
        f"<description>{escape(story.text)}</description>"
        f"<pubDate>{format_datetime(story.published or datetime.now(UTC))}</pubDate></item>"
        for story in stories
    )
    head = f"<title>{escape(title)}</title><link>https://news.example/</link><description>-</description>"
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{head}{told}</channel></rss>".encode()
