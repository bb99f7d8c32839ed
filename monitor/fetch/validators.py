"""Conditional requests: "send it only if it has changed since you said this"."""

from collections.abc import Mapping

from monitor.fetch.exchange import Request

_PACKED = '-gzip"'
_LONGEST = 1000  # characters


def conditions(request: Request) -> Mapping[str, str]:
    """Return the headers that ask for a 304. Both validators go back byte for byte: nginx compares dates exactly."""
    asked = {}
    if _sendable(request.etag):
        asked["if-none-match"] = _etags(request.etag)
    if _sendable(request.last_modified):
        asked["if-modified-since"] = request.last_modified
    return asked


def _sendable(validator: str) -> bool:
    return 0 < len(validator) <= _LONGEST and validator.isascii() and validator.isprintable()


def _etags(etag: str) -> str:
    """Return the value of If-None-Match for the ETag that was received.

    Apache's mod_deflate sends `"x-gzip"` and does not know it again (its bug 45023); it does know the `"x"` beside it.
    """
    if etag.endswith(_PACKED) and not etag.startswith("W/"):
        return f'{etag}, {etag.removesuffix(_PACKED)}"'
    return etag
