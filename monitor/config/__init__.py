"""config.toml: found, read, checked as a whole, and turned into what the parts of the daemon are built with."""

from monitor.config.codes import CODES
from monitor.config.config import Config
from monitor.config.documents import Fault, Written
from monitor.config.finding import find, nowhere
from monitor.config.loading import Examined, examine, load, whereabouts
from monitor.config.names import keep_names, names, written_rule_files

__all__ = [
    "CODES",
    "Config",
    "Examined",
    "Fault",
    "Written",
    "examine",
    "find",
    "keep_names",
    "load",
    "names",
    "nowhere",
    "whereabouts",
    "written_rule_files",
]
