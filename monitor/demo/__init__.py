"""The demo: an hour of made-up news, told in seconds to the real daemon, with no network, mail or configuration."""

from monitor.demo.folder import DemoFolder
from monitor.demo.stage import perform

__all__ = ["DemoFolder", "perform"]
