"""What the pipeline works with: feeds, rules, digests and channels, immutable and swapped whole on reload."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.channels.making import Channel
from monitor.core.digest import DigestSpec
from monitor.core.match import Matcher
from monitor.core.model import Feed
from monitor.core.rules import Rule
from monitor.secret import Secret


@dataclass(frozen=True, slots=True)
class Source:
    """A feed and what a request for it needs beyond its address."""

    feed: Feed
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: tuple[str, Secret] | None = None
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything people configured, in force together. Keys are the ids of what they lead to.

    `detecting`: articles are given a language where their feeds state none, since a rule asks for it and the detector is there.
    """

    sources: Mapping[str, Source]
    rules: tuple[Rule, ...]
    matcher: Matcher
    digests: Mapping[str, DigestSpec]
    channels: Mapping[str, Channel]
    detecting: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the pipeline does at once, and how long it keeps what it took. Leases count on the database's clock.

    A lease outlives the longest exchange it covers (a fetch 60 s and a parse 10 s; an SMTP attempt 60 s), so that only a
    dead process ever loses one. `entries` is the number of new articles that one poll takes at the most; what is beyond
    comes with the next poll.
    """

    polls: int = 32
    entries: int = 500
    parse_seconds: float = 10.0
    poll_lease: timedelta = timedelta(seconds=120)
    sends: int = 32
    sends_per_channel: int = 4
    delivery_lease: timedelta = timedelta(seconds=120)
    catch_up: timedelta = timedelta(0)
