"""The scenarios of rules, played: do the editions come that they expect?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

from monitor.core.articles import article, document
from monitor.core.digest import DigestSpec
from monitor.core.match import Hit, Matcher
from monitor.core.model import Article, Document, Entry, Feed
from monitor.core.rules import Rule
from monitor.diagnostics import Diagnostic
from monitor.rulebook.faults import shown
from monitor.rulebook.scenarios import Arrival, Expected, Scenario
from monitor.rulebook.tree import YamlValue
from monitor.workshop.rehearsal import Coming, Rehearsal, Told

#: Editions of a scenario that a message shows.
MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Newsroom:
    """What scenarios take place in: the digests and feeds of the configuration, by id, and the zone of its clock."""

    digests: Mapping[str, DigestSpec]
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Staged:
    """A scenario's article as the daemon would store it, its feed, and what queries see of it."""

    article: Article
    feed: Feed
    document: Document


class Stage:
    """One scenario, ready to be played by its rule, or by a rule that differs from it in its query and its gates."""

    def __init__(self, scenario: Scenario, newsroom: Newsroom) -> None:
        self.scenario = scenario
        self._newsroom = newsroom
        self.staged = tuple(_staged(each, newsroom) for each in scenario.arrivals)
        self._told: dict[frozenset[int], list[Told]] = {}

    def hits(self, matcher: Matcher, rule: Rule) -> list[tuple[Hit, ...]]:
        """Return, for each article, the hits of `rule`, which is one of the matcher's."""
        return [tuple(hit for hit in matcher.match(each.document) if hit.rule is rule) for each in self.staged]

    def told(self, hits: Sequence[tuple[Hit, ...]], rule: Rule, rehearsal: Rehearsal) -> list[Told]:
        """Return the editions that come, given the hits of each article."""
        matched = frozenset(number for number, found in enumerate(hits) if found)
        if matched not in self._told:
            coming = [Coming(each.article, each.feed, found) for each, found in zip(self.staged, hits, strict=True)]
            self._told[matched] = rehearsal.play(rule, coming) if matched else []
        return self._told[matched]

    def fault(self, told: Sequence[Told], *, matches: bool = True) -> Diagnostic | None:
        """Return what is wrong with the editions that came; `matches`: the rule does match some article."""
        for each in self.scenario.expected:
            if self._moment(each) < self.staged[0].article.seen_at:
                return self._premature(each)
        if self.holds(told):
            return None
        value = self._first_wrong(told) or self.scenario.value.pairs[0][1]
        expected = [_line(each.at, each.digest, each.items) for each in self.scenario.expected]
        got = [_line(each.at, each.digest, each.items) for each in told]
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(expected, got, strict=False)))
        hint = f"got: {_listed(got, same)}" + ("" if matches else "; the rule matches none of its articles")
        message = f"scenario {shown(self.scenario.name)} expects {_listed(expected, same)}"
        return value.source.diagnostic("PW213", message, value.start, value.end, hint)

    def holds(self, told: Sequence[Told]) -> bool:
        """Whether exactly the editions came that are expected."""
        expected = sorted(self.scenario.expected, key=_place)
        came = sorted(told, key=_place)
        return len(expected) == len(came) and all(map(_is_met, expected, came))

    def _moment(self, expected: Expected) -> datetime:
        zone = ZoneInfo(self._newsroom.digests[expected.digest].zone)
        return expected.at.replace(tzinfo=zone).astimezone(UTC)

    def _premature(self, expected: Expected) -> Diagnostic:
        first = self.staged[0].article.seen_at.astimezone(ZoneInfo(self._newsroom.zone))
        message = f"scenario {shown(self.scenario.name)} expects an edition before anything has come"
        value = expected.value
        return value.source.diagnostic(
            "PW214",
            message,
            value.start,
            value.end,
            f"its first article comes at {first:%Y-%m-%d %H:%M} ({self._newsroom.zone})",
        )

    def _first_wrong(self, told: Sequence[Told]) -> YamlValue | None:
        came = list(told)
        for each in self.scenario.expected:
            found = next((one for one in came if _place(one) == _place(each) and _is_met(each, one)), None)
            if found is None:
                return each.value
            came.remove(found)
        return None


def _staged(arrival: Arrival, newsroom: Newsroom) -> Staged:
    given = arrival.document
    seen_at = arrival.at.replace(tzinfo=ZoneInfo(newsroom.zone)).astimezone(UTC)
    feed = newsroom.feeds.get(given.source) or Feed(given.source, "", tags=given.source_tags)
    entry = Entry(
        given.title, url=given.url, summary=given.summary, body=given.body, author=given.author,
        language=given.language.lower(), tags=given.tags,
    )  # fmt: skip
    made = article(entry, feed.id, seen_at)
    return Staged(made, feed, document(made, feed))


def _place(edition: Expected | Told) -> tuple[datetime, str]:
    return edition.at, edition.digest


def _is_met(expected: Expected, came: Told) -> bool:
    return _place(expected) == _place(came) and expected.items in (None, came.items)


def _line(at: datetime, digest: str, items: int | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} {digest}" + (f" ({items})" if items else "")


def _listed(lines: Sequence[str], same: int) -> str:
    """Return editions in a line: where they are many, from the first that differs."""
    if not lines:
        return "nothing"
    first = same if len(lines) > MOST_SHOWN else 0
    more = len(lines) - first - MOST_SHOWN
    listed = ", ".join(lines[first : first + MOST_SHOWN])
    return ("… " if first else "") + (listed or "nothing more") + (f" and {more} more" if more > 0 else "")
