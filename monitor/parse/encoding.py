"""The character set of a document: what its bytes say counts more than what its labels say."""

import re

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_MARKS = (b"\xff\xfe", b"\xfe\xff")


def content_type(body: bytes, stated: str) -> str:
    """Return the media type under which feedparser reads `body` right, given the Content-Type the server stated.

    Bytes that form UTF-8 and are not ASCII are UTF-8, whatever header and prolog say: no other text looks like it by
    chance, and wrong labels are common. Else the header's charset counts, then the prolog's. Never `text/xml`, which
    would make it ASCII (RFC 3023).
    """
    charset = "utf-8" if is_utf8(body) else _stated(stated)
    return f"application/xml; charset={charset}" if charset else "application/xml"


def is_utf8(body: bytes) -> bool:
    """Tell whether the bytes are UTF-8 and could not be plain ASCII, UTF-16 or UTF-32 as well."""
    if body.isascii() or body.startswith(_MARKS) or b"\0" in body[:100]:
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _stated(header: str) -> str:
    found = _CHARSET.search(header)
    return found[1] if found else ""
