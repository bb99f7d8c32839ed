"""Matching: every rule against one article, by way of an index from rare required terms to rules."""

from monitor.core.match.frequencies import COMMON, counted
from monitor.core.match.gates import asks_language
from monitor.core.match.matcher import Hit, Hits, Matcher
from monitor.core.match.origins import could_match

__all__ = ["COMMON", "Hit", "Hits", "Matcher", "asks_language", "could_match", "counted"]
