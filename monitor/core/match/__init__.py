"""Matching: every rule against one article, by way of an index from rare required terms to rules."""

from monitor.core.match.matcher import Hit, Hits, Matcher

__all__ = ["Hit", "Hits", "Matcher"]
