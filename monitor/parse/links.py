"""Addresses in feeds: what is fit to be linked."""

import re
from urllib.parse import urlsplit

#: Characters of an address that are kept; a longer one is no address people follow.
LONGEST = 2000

_SPACES = re.compile(r"[\t\r\n]+")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f<>\"\\^`{|}\ud800-\udfff]")


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
