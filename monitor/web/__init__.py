"""The small HTTP listener: is the daemon alive, and its figures for Prometheus."""

from monitor.web.pages import Health, pages
from monitor.web.server import Listener

__all__ = ["Health", "Listener", "pages"]
