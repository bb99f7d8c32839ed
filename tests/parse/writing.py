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


def sitemap(*pages: str) -> bytes:
    """A news sitemap with these pages."""
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f"<?xml version='1.0' encoding='UTF-8'?><urlset {spaces}>{''.join(pages)}</urlset>".encode()


def page(title: str, more: str = "") -> str:
    """A page of a news sitemap."""
    place = "<news:publication><news:name>Coast</news:name><news:language>en</news:language></news:publication>"
    dated = "<news:publication_date>2026-03-02T07:15:00+02:00</news:publication_date>"
    told = f"<news:news>{place}{dated}<news:title>{escape(title)}</news:title>{more}</news:news>"
    return f"<url><loc>https://coast.example/{escape(title).replace(' ', '-')}</loc>{told}</url>"
