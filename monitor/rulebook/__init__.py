"""Rule files: read, checked as a whole, tried on their own examples, and compiled into what matches articles."""

from monitor.rulebook.codes import CODES
from monitor.rulebook.loading import Rulebook, load
from monitor.rulebook.rules import Draft
from monitor.rulebook.settings import Known
from monitor.rulebook.sources import LARGEST_FILE, Typed

__all__ = ["CODES", "LARGEST_FILE", "Draft", "Known", "Rulebook", "Typed", "load"]
