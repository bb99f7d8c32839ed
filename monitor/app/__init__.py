"""The composition root: builds every part once, runs the daemon, reloads and stops it. Tests and the demo start it too."""

from monitor.app.clock import utc_now
from monitor.app.daemon import App, Round, Terms

__all__ = ["App", "Round", "Terms", "utc_now"]
