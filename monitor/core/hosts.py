"""What the host is that an address asks, under one name however it is written."""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Return the host of an address in lower case, an international name as it goes over the wire; "" for a file, or where there is none."""
    try:
        host = urlsplit(url).hostname or ""
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
    except ValueError:
        return ""
