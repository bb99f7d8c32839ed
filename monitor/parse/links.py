"""Addresses in feeds: what is fit to be linked."""

import re
from urllib.parse import urljoin, urlsplit

#: Characters of an address that are kept; a longer one is no address people follow.
LONGEST = 2000

_SPACES = re.compile(r"[\t\r\n]+")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f<>\"\\^`{|}\ud800-\udfff]")


NOWHERE = "https://nowhere.invalid/1/2/3/"
"""The base that feedparser is given. It resolves addresses and ids alike, and forgets an inner `xml:base` only for another base."""

_ABOVE = (
    "https://nowhere.invalid/1/2/3/",
    "https://nowhere.invalid/1/2/",
    "https://nowhere.invalid/1/",
    "https://nowhere.invalid/",
)


def as_stated(address: str) -> str:
    """Return an address that feedparser resolved from `NOWHERE` as it stood in the document, or so that it means the same."""
    for level, above in enumerate(_ABOVE):
        if address.startswith(above):
            rest = address.removeprefix(above)
            return f"/{rest}" if level == len(_ABOVE) - 1 else "../" * level + rest
    return address


def resolved(base: str, address: str) -> str:
    """Return the absolute http(s) address that `address` is, seen from `base`; "" where it leads nowhere."""
    try:
        return web_url(urljoin(base, address.strip())) if address.strip() else ""
    except ValueError:
        return ""


def web_url(text: object) -> str:
    """Return an absolute http(s) address with a host and without user name or password; "" for anything else.

    Spaces inside are written as %20, as browsers do.
    """
    if not isinstance(text, str):
        return ""
    url = _SPACES.sub("", text.strip()).replace(" ", "%20")
    if len(url) > LONGEST or _UNFIT.search(url):
        return ""
    try:
        parts = urlsplit(url)
        fit = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        parts.port  # noqa: B018  raises for one that is no number
    except ValueError:
        return ""
    return url if fit else ""
