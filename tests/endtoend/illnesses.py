"""The ways in which a feed can be ill, each as an answer of the news server."""

import gzip
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from tests.endtoend.newsstand import Answer, Newsstand, body, hang, status

HTML = b"<!doctype html><html><head><title>Please sign in</title></head><body><p>Welcome back.</p></body></html>"
POISON = b"<rss version='2.0'><channel><title>t</title><item %s><title>x</title></item></channel></rss>"


def _circle(stand: Newsstand) -> Answer:
    return status(302, Location=stand.url("redirects-in-a-circle"))


def _bomb(_: Newsstand) -> Answer:
    return body(gzip.compress(bytes(300_000_000), mtime=0), Content_Encoding="gzip")


def _attributes(_: Newsstand) -> Answer:
    return body(POISON % b" ".join(b"a%d='1'" % number for number in range(200_000)))


def _endless(_: Newsstand) -> Answer:
    """A hundred megabytes, announced as nothing at all."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/rss+xml")
        request.send_header("Connection", "close")
        request.end_headers()
        request.close_connection = True
        try:
            for _ in range(1600):
                request.wfile.write(bytes(65536))
        except OSError:
            return

    return answer


ILLNESSES: dict[str, Callable[[Newsstand], Answer]] = {
    "is-a-web-page": lambda _: body(HTML, "text/html"),
    "is-empty": lambda _: body(b""),
    "answers-500": lambda _: status(500),
    "hangs": lambda _: hang(60),
    "redirects-in-a-circle": _circle,
    "is-endless": _endless,
    "is-a-gzip-bomb": _bomb,
    "has-200000-attributes": _attributes,
}
