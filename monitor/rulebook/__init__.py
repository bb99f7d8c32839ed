"""Rule files: read, checked as a whole, tried on their own examples, and compiled into what matches articles."""

from monitor.rulebook.codes import CODES, LINT_CODES
from monitor.rulebook.loading import Compile, Examined, Rulebook, examine, load
from monitor.rulebook.rules import Draft
from monitor.rulebook.settings import ANY_NAME, Known
from monitor.rulebook.sources import LARGEST_FILE, Typed

__all__ = [
    "ANY_NAME",
    "CODES",
    "LARGEST_FILE",
    "LINT_CODES",
    "Compile",
    "Draft",
    "Examined",
    "Known",
    "Rulebook",
    "Typed",
    "examine",
    "load",
]
