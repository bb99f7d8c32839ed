"""config.toml: found, read, checked as a whole, and turned into what the parts of the daemon are built with."""

from monitor.config.codes import CODES
from monitor.config.config import Config
from monitor.config.finding import find, nowhere
from monitor.config.loading import load

__all__ = ["CODES", "Config", "find", "load", "nowhere"]
