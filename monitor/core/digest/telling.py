"""Matches put together as people are told them: one story once, however many outlets and rules it came by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.core.digest.records import PendingMatch
from monitor.core.model import Priority, Span


@dataclass(frozen=True, slots=True)
class Telling:
    """One story of an edition.

    `articles` has one match for each article, best first: heaviest feed, own before listed, then earliest. `by_rule` has the matches of each
    rule, the rule with the highest priority first; that rule heads the story.
    """

    story_id: int
    articles: tuple[PendingMatch, ...]
    by_rule: tuple[tuple[PendingMatch, ...], ...]

    @property
    def main(self) -> PendingMatch:
        """The best copy, as the heading rule sees it."""
        return self.articles[0]

    @property
    def spans(self) -> tuple[Span, ...]:
        """What any of its rules hit in the copy shown."""
        shown = self.main.article_id
        return tuple(
            span for matches in self.by_rule for each in matches if each.article_id == shown for span in each.spans
        )

    @property
    def others(self) -> tuple[PendingMatch, ...]:
        """The best copy of every other outlet, earliest first. An outlet whose own feed has the story is not another for being listed."""
        own = {each.feed_title.casefold() for each in self.articles if not each.publisher}
        best = {each.outlet: each for each in reversed(self.articles) if each.publisher.casefold() not in own - {""}}
        rest = (each for outlet, each in best.items() if outlet != self.main.outlet)
        return tuple(sorted(rest, key=lambda each: (each.published, each.article_id)))

    @property
    def rule_id(self) -> str:
        """The heading rule."""
        return self.by_rule[0][0].rule_id

    @property
    def rule_title(self) -> str:
        """The heading rule's title."""
        return self.by_rule[0][0].rule_title

    @property
    def priority(self) -> Priority:
        """The highest priority of its rules."""
        return self.by_rule[0][0].priority


def tellings(matches: Iterable[PendingMatch]) -> list[Telling]:
    """Group matches by story; the order of `matches` does not matter."""
    stories: dict[int, list[PendingMatch]] = {}
    for match in sorted(matches, key=lambda each: each.match_id):
        stories.setdefault(match.story_id, []).append(match)
    return [_telling(story_id, stories[story_id]) for story_id in sorted(stories)]


def _telling(story_id: int, matches: Sequence[PendingMatch]) -> Telling:
    rules: dict[str, list[PendingMatch]] = {}
    for match in sorted(matches, key=_rank):
        rules.setdefault(match.rule_id, []).append(match)
    by_rule = tuple(tuple(each) for each in rules.values())
    articles: dict[int, PendingMatch] = {}
    for match in (each for group in by_rule for each in group):
        articles.setdefault(match.article_id, match)
    # The copy shown is one that the heading rule matched: its hits are the reason the story is here.
    heading = by_rule[0][0].rule_id
    in_order = sorted(articles.values(), key=lambda each: (each.rule_id != heading, *_quality(each)))
    return Telling(story_id, tuple(in_order), by_rule)


def _rank(match: PendingMatch) -> tuple[object, ...]:
    return (match.priority.rank, match.rule_title, match.rule_id, *_quality(match))


def _quality(match: PendingMatch) -> tuple[object, ...]:
    # An outlet's own entry before one that an aggregator lists: it has a text, and a link that leads straight there.
    return (-match.weight, match.publisher != "", match.published, match.article_id)
