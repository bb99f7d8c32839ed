"""robots.txt: which addresses of a site its owner leaves to programs (RFC 9309)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

LONGEST = 500 << 10
"""Bytes that are looked at, as the RFC asks at least."""
MOST_RULES = 5_000
"""Rules that are kept; the longest real files have some hundreds."""
LONGEST_DELAY = 60.0
"""Seconds between pages that are kept to at the most. What asks for more was written to shut out a crawler of whole sites: at a minute,
a page of news still comes in time, and a site that wants no pages read can forbid them."""

_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_TOKEN = re.compile(r"[A-Za-z_-]+")
# What may stand in a path as it is; a percent sign is there already where it was needed.
_PLAIN = "/?&=%:@!$'()*+,;~-._[]#"


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site leaves to one program: patterns of paths, each allowed or not, and the seconds to pause between pages.

    Crawl-delay is in no RFC, but many sites say it and mean it.
    """

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether the page at `url` may be asked for: the longest pattern that fits decides, and of equal ones the one that allows."""
        parts = urlsplit(url)
        path = _normal(parts.path or "/") + (f"?{_normal(parts.query)}" if parts.query else "")
        fitting = [(len(pattern), allowed) for pattern, allowed in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


def robots(body: bytes, agent: str) -> Robots:
    """Return what a file says to the program that calls itself `agent`: in the groups that name it, else in those for all."""
    groups = list(_groups(_beginning(body).decode("utf-8-sig", "replace").splitlines()))
    ours = [each for each in groups if agent.lower() in each.agents]
    chosen = ours or [each for each in groups if "*" in each.agents]
    rules = tuple(rule for group in chosen for rule in group.rules)[:MOST_RULES]
    return Robots(rules, min(max((group.delay for group in chosen), default=0.0), LONGEST_DELAY))


def _beginning(body: bytes) -> bytes:
    """Return what is looked at, without a line that is cut in two: half a pattern forbids more than the whole."""
    return body if len(body) <= LONGEST else body[:LONGEST].rpartition(b"\n")[0]


@dataclass(slots=True)
class _Group:
    agents: set[str] = field(default_factory=set)
    rules: list[tuple[str, bool]] = field(default_factory=list)
    delay: float = 0.0


def _groups(lines: Iterable[str]) -> Iterator[_Group]:
    """Yield each group: names in a row, then rules until the next name."""
    group, closed = _Group(), False
    for key, value in filter(None, map(_said, lines)):
        if key == "user-agent":
            if closed:
                yield group
                group, closed = _Group(), False
            named = _TOKEN.match(value)
            group.agents.add(named[0].lower() if named else value)
        elif key in ("allow", "disallow"):
            closed = True
            if value and group.agents:
                group.rules.append((_normal(value), key == "allow"))
        elif key == "crawl-delay" and _SECONDS.fullmatch(value):
            # A rule as others are: "Crawl-delay: 5" for all, then the name of one that is shut out, must not shut out all.
            closed = True
            group.delay = max(group.delay, float(value))
    yield group


def _said(line: str) -> tuple[str, str] | None:
    key, colon, value = line.partition("#")[0].partition(":")
    return (key.strip().lower(), value.strip()) if colon else None


def _normal(path: str) -> str:
    return quote(path, safe=_PLAIN)


def _fits(pattern: str, path: str) -> bool:
    """Whether `path` begins with `pattern`, in which * stands for anything and $ at the end for the end. Linear in both."""
    ends = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not ends or path == first
    at = len(first)
    *inner, last = rest
    for piece in inner:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return path.endswith(last) and len(path) - len(last) >= at if ends else path.find(last, at) >= 0
