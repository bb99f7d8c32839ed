"""Gates: the languages and sources that a rule is open to."""

from dataclasses import dataclass

from monitor.core.match.values import fits, host, languages
from monitor.core.model import DETECTED, Document
from monitor.core.query import Node, Value
from monitor.core.query.nodes import parts
from monitor.core.rules import Rule
from monitor.core.text import fold


@dataclass(frozen=True, slots=True)
class Gate:
    """What an article has to be for a rule to look at it; empty lets everything through."""

    languages: tuple[str, ...]
    sources: tuple[str, ...]

    def admits(self, document: Document) -> bool:
        """Whether the rule looks at `document`."""
        return self._admits_language(document) and self._admits_source(document)

    def _admits_language(self, document: Document) -> bool:
        # Many feeds do not say their language: an alert too many is better than one that never comes.
        if not self.languages or not document.language:
            return True
        wanted = {fold(each) for each in self.languages}
        if document.language.endswith(DETECTED):
            # Words tell Portuguese, but neither its country nor its script.
            wanted = {each.partition("-")[0] for each in wanted}
        return not wanted.isdisjoint(languages(document.language))

    def _admits_source(self, document: Document) -> bool:
        return not self.sources or any(_is_of(source, document) for source in self.sources)


def gate(rule: Rule) -> Gate | None:
    """Return the gate of `rule`; None where it is open to everything."""
    return Gate(rule.languages, rule.sources) if rule.languages or rule.sources else None


def asks_language(rule: Rule) -> bool:
    """Whether what `rule` matches depends on the languages of articles."""
    return bool(rule.languages) or _has_language(rule.query)


def _has_language(query: Node) -> bool:
    return (isinstance(query, Value) and query.field == "lang") or any(map(_has_language, parts(query)))


def _is_of(source: str, document: Document) -> bool:
    """Whether `document` is of `source`: a feed's id, "tag:" and a feed's tag, or a pattern of hosts."""
    if source.startswith("tag:"):
        return source.removeprefix("tag:") in document.source_tags
    return source == document.source or fits(source.lower(), host(document.url))
