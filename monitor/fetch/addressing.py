"""Which URLs the door opens: of a feed, of a redirect, of a webhook."""

from urllib.parse import urlsplit

import httpx

from monitor.errors import FetchError

_SCHEMES = frozenset({"http", "https"})


def checked(url: str) -> httpx.URL:
    """Read a URL. Raises FetchError ("bad-url") unless it is http(s) with a host and without user name and password."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise FetchError("bad-url", "this is not a web address", retry=False) from None
    if parsed.scheme not in _SCHEMES or not parsed.host:
        raise FetchError(
            "bad-url", f"only http and https addresses are fetched, not {parsed.scheme[:20]!r}", retry=False
        )
    if parsed.port is not None and not 0 < parsed.port < 1 << 16:
        raise FetchError("bad-url", "the address has a port that cannot be", retry=False)
    if parsed.userinfo:
        raise FetchError("bad-url", "the address holds a user name or password", retry=False)
    return parsed


def redirected(url: httpx.URL, location: str) -> httpx.URL:
    """Return where a Location header leads from `url`. Raises FetchError as `checked` does, with a word of the redirect."""
    try:
        return checked(str(url.join(location)))
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise FetchError("bad-redirect", "the server redirects to what is no web address") from None
    except FetchError as error:
        raise FetchError("bad-redirect", f"the server redirects, but {error}") from None


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Tell whether secrets meant for one URL may be sent to the other: same scheme, host and port."""
    return one is other or (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def same_host(one: str, other: str) -> bool:
    """Tell whether leave that was given for one address, to be private say, holds for the other. Raises ValueError for what is no address."""
    return one == other or urlsplit(one).hostname == urlsplit(other).hostname
