"""Which addresses may be written, and what a feed is called by its own."""

import hashlib
import re
from urllib.parse import urlsplit

_LONGEST_NAME = 64


def feed_url(url: str) -> str:
    """Return an address of a feed as it is. Raises ValueError as `web_url` does."""
    if not re.match(r"(https?://|file:/)", url):
        raise ValueError("must begin with http://, https:// or file:/")
    return _plain_url(url)


def web_url(url: str) -> str:
    """Return an address on the web as it is. Raises ValueError, in words that follow the name of its key, for anything else."""
    if not re.match(r"https?://", url):
        raise ValueError("must begin with http:// or https://")
    return _plain_url(url)


def service_url(url: str) -> str:
    """Return an address of Apprise's, such as `json://host/path`, as it is. Raises ValueError as `web_url` does.

    Of several, one that fails would have all of them written to again.
    """
    if not re.match(r"[A-Za-z0-9]+://.", url) or re.search(r"[\x00-\x20\x7f]", url):
        raise ValueError("is not an address such as json://example.org/path")
    if re.search(r",[A-Za-z0-9]+://", url):
        raise ValueError("must be one address; write a channel for each")
    return url


def _plain_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        named = parts.scheme == "file" or parts.hostname
        parts.port  # noqa: B018  raises for one that is no number
    except ValueError:
        raise ValueError("is not a web address") from None
    if not named or re.search(r"[\x00-\x20\x7f]", url):
        raise ValueError("is not a web address")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password")
    return url


def feed_name(url: str) -> str:
    """Return the id of a feed that has none: host and path as words, at most 64 characters."""
    parts = urlsplit(url)
    words = f"{(parts.hostname or '').removeprefix('www.')} {parts.path} {parts.query}".lower()
    name = re.sub(r"[^a-z0-9]+", "-", words).strip("-") or "feed"
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(url.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - 9].strip('-')}-{digest}"
