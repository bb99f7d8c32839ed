"""What answers other than success mean, and how long the other side asks to be left alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.errors import FetchError
from monitor.fetch.dates import http_date

#: Statuses that no waiting mends: the address or the credentials are wrong.
_FINAL = frozenset({401, 402, 407, 410, 451})

_WORDS = {
    400: "the server does not understand the request",
    401: "the server wants a user name and password",
    403: "the server refuses access",
    404: "there is no such document",
    410: "the document is gone for good",
    429: "the server asks to be polled less often",
    451: "the document is withheld for legal reasons",
    500: "the server failed",
    502: "the server behind the gateway failed",
    503: "the server is not available",
    504: "the server behind the gateway does not answer",
}


def refusal(status: int, headers: Mapping[str, str], host: str, now: datetime) -> FetchError:
    """Return the error that an answer of `host` with this status is; `now` is what a Retry-After date counts from."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return FetchError(
            "blocked", "Cloudflare asks for proof of a human visitor; the site must let us in", retry=False, host=host
        )
    told = _WORDS.get(status, "the server answers with an error")
    if status == 403 and headers.get("server", "").lower() == "cloudflare":
        told = "Cloudflare, which stands before the site, refuses access; the site must let us in"
    wait = retry_after(headers, now)
    final = status in _FINAL
    return FetchError(f"http-{status}", f"HTTP {status}: {told}", retry=not final, retry_after=wait, host=host)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date), None where there is none.

    A date counts from the answer's own Date, if it has one: clocks differ.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return timedelta(seconds=min(int(asked[:9]), 10**8))
    until = http_date(asked)
    if until is None:
        return None
    return max(until - (http_date(headers.get("date", "")) or now), timedelta(0))
