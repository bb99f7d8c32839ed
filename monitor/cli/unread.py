"""A quiet word where pages of articles would be read, and what reads them is not installed."""

from monitor.config import Config
from monitor.core.model import FullText

HINT = "pip install 'presswatch[fulltext]' adds what reads them"


def unread(config: Config, *, installed: bool) -> str:
    """Return that no page is read, and how to mend it; "" where pages are read, or no feed wants any."""
    if installed:
        return ""
    # The feeds of the database do as [fetch] says.
    wanted = config.settings.fetch.full_text != "never" or any(
        each.full_text is not FullText.NEVER for each in config.feeds()
    )
    return f"not read, rules see what feeds say alone: {HINT}" if wanted else ""
