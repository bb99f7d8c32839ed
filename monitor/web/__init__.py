"""The small HTTP listener: is the daemon alive, its figures for Prometheus, and its Atom feeds."""

from monitor.web.pages import Health, pages
from monitor.web.server import Listener

__all__ = ["Health", "Listener", "pages"]
