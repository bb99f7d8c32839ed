"""Writes small feed documents."""

from xml.sax.saxutils import escape


def rss(*items: str, head: str = "<title>Coast</title>") -> bytes:
    """An RSS document with these inner parts of items."""
    told = "".join(f"<item>{each}</item>" for each in items)
    return f'<rss version="2.0"><channel>{head}{told}</channel></rss>'.encode()


def atom(*entries: str, head: str = "<title>Coast</title>") -> bytes:
    """An Atom document with these inner parts of entries."""
    told = "".join(f"<entry>{each}</entry>" for each in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{told}</feed>'.encode()


def element(name: str, text: str, attributes: str = "") -> str:
    """An element with this text."""
    return f"<{name}{attributes and ' ' + attributes}>{escape(text)}</{name}>"
