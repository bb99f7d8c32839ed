"""Feed documents into entries: pure functions of bytes."""

from monitor.parse.reading import parse_feed

__all__ = ["parse_feed"]
