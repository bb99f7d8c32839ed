"""What is new among the articles of a poll, and which rules it matches."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.core.articles import document
from monitor.core.identity import Known, sorted_out
from monitor.core.match import Hit, Hits, Matcher
from monitor.core.model import Article, Document, Feed
from monitor.core.pages import Wish, bounded, wish
from monitor.core.rules import Rule
from monitor.pipeline.setup import Setup

log = logging.getLogger(__name__)

#: So often within so many seconds may a rule's regular expression run out of time.
LIMIT, WINDOW = 3, 3600.0


@dataclass(frozen=True, slots=True)
class Finding:
    """An article that is new, or whose text changed, the rules it matches, and whether its page is wanted (`pages.wish`)."""

    article: Article
    hits: tuple[Hit, ...]
    wish: Wish | None = None


def unseen(articles: Sequence[Article], known: Mapping[str, Known]) -> list[Article]:
    """Return those of a document's articles that are new, changed, or go by another key than before, given what is known by key."""
    return [
        each
        for each, stored in sorted_out(articles, known)
        if stored is None or stored.content_hash != each.content_hash or not known.keys() >= set(each.keys)
    ]


class Lookout:
    """Matches by the rules in force, but for those whose regular expressions have shown that they run away.

    A rule that runs out of time LIMIT times within WINDOW is left out until the rules are loaded anew; no other rule notices.
    Safe to use from several threads. `clock` tells seconds that never go back.
    """

    def __init__(self, setup: Callable[[], Setup], clock: Callable[[], float] = time.monotonic) -> None:
        self._setup = setup
        self._clock = clock
        self._lock = threading.Lock()
        self._of: Setup | None = None
        self._matcher = Matcher(())
        self._overruns: dict[str, list[float]] = {}

    def switched_off(self) -> tuple[str, ...]:
        """Return the ids of the rules in force that are left out."""
        setup = self._setup()
        with self._lock:
            if setup is not self._of:
                return ()
            used = {each.id for each in self._matcher.rules}
            return tuple(each.id for each in setup.rules if each.id not in used) if self._overruns else ()

    def find(self, articles: Sequence[Article], feed: Feed) -> list[Finding]:
        """Match each article of a poll against every rule that is not left out."""
        found = [self._finding(each, feed) for each in articles]
        wishes = bounded([(each.article, each.wish) for each in found])
        return [
            each if wish is each.wish else replace(each, wish=wish) for each, wish in zip(found, wishes, strict=True)
        ]

    def _finding(self, article: Article, feed: Feed) -> Finding:
        hits = self._match(document(article, feed))
        wanted = wish(article, feed, lambda: hits.maybe) if self._setup().full_text else None
        return Finding(article, tuple(hits), wanted)

    def _match(self, seen: Document) -> Hits:
        hits = self._in_use().match(seen)
        for rule in hits.overrun:
            self._note(rule)
        return hits

    def _in_use(self) -> Matcher:
        setup = self._setup()
        with self._lock:
            if setup is not self._of:
                self._of, self._matcher, self._overruns = setup, setup.matcher, {}
            return self._matcher

    def _note(self, rule: Rule) -> None:
        with self._lock:
            now = self._clock()
            times = [each for each in self._overruns.get(rule.id, []) if now - each < WINDOW] + [now]
            self._overruns[rule.id] = times
            if len(times) < LIMIT or rule not in self._matcher.rules:
                log.warning("rule %s: a regular expression ran out of time", rule.id)
                return
            log.error(
                "rule %s is switched off until the rules are loaded anew: its regular expression ran out of time %d times"
                " within an hour; make it simpler, or say it in words",
                rule.id,
                LIMIT,
            )
            self._matcher = self._matcher.edited(removed=[rule.id])
