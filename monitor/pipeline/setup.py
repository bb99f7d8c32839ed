"""What the pipeline works with: feeds, rules, digests and channels, immutable and swapped whole on reload."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.channels.making import Channel
from monitor.core.digest import DigestSpec
from monitor.core.links import Links
from monitor.core.match import Matcher
from monitor.core.model import Distinct, Feed, Silence, Spike, Wave, When
from monitor.core.rules import Rule
from monitor.fetch import is_public_host
from monitor.secret import Secret
from monitor.store.hosts import Turns


@dataclass(frozen=True, slots=True)
class Access:
    """What a request for the feed at `url` needs beyond that address; nobody else may have it."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: tuple[str, Secret] | None = None
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Conditions:
    """When the rules fire that do not tell every match, by rule id. `by_outlet`: those whose waves are counted by outlet.
    `silent` are those that tell when nothing comes, `rules` all that are in force.
    """

    waves: Mapping[str, When] = field(default_factory=dict)
    cooldowns: Mapping[str, timedelta] = field(default_factory=dict)
    by_outlet: frozenset[str] = frozenset()
    silent: tuple[Rule, ...] = ()
    rules: frozenset[str] = frozenset()

    @property
    def spikes(self) -> Mapping[str, Spike]:
        """The rules that tell what is more than usual."""
        return {rule_id: when for rule_id, when in self.waves.items() if isinstance(when, Spike)}


def conditions(rules: Collection[Rule]) -> Conditions:
    """Return when rules fire."""
    some = [each for each in rules if each.when or each.cooldown]
    waves = {each.id: each.when for each in some if each.when}
    names = frozenset(each.id for each in rules)
    silent = tuple(each for each in some if isinstance(each.when, Silence))
    by_outlet = frozenset(
        rule_id for rule_id, wave in waves.items() if isinstance(wave, Wave) and wave.distinct is Distinct.SOURCE
    )
    return Conditions(waves, {each.id: each.cooldown for each in some if each.cooldown}, by_outlet, silent, names)


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything people configured but the feeds, in force together. Keys are the ids of what they lead to.

    Feeds are rows of the database, so that a hundred thousand of them take no memory; `access` has those of the files that
    need more than their address, `allow_private` is what holds for all others, and `own_access` resolves what the database says of its own.
    `full_text`: pages of articles are read, since what reads them is there.
    `links` makes those in messages by which people mute rules. `operators`: the channel that is told of other channels, "" for the first that works.
    `detecting`: articles are given a language where their feeds state none, since a rule asks for it and the detector is there.
    """

    access: Mapping[str, Access]
    rules: tuple[Rule, ...]
    matcher: Matcher
    digests: Mapping[str, DigestSpec]
    channels: Mapping[str, Channel]
    detecting: bool = False
    allow_private: bool = False
    full_text: bool = False
    own_access: Callable[[str, str], Access] | None = None
    links: Links | None = None
    operators: str = ""
    conditions: Conditions = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", conditions(self.rules))

    def access_to(self, feed: Feed, entry: str) -> Access:
        """Return what a request for a feed needs. `entry`: what the database says of one of its own.

        Raises FetchError ("secret") where a secret that the entry names is not there.
        """
        if entry and self.own_access is not None:
            return self.own_access(feed.url, entry)
        return self.access.get(feed.id) or Access(feed.url, allow_private=self.allow_private)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the pipeline does at once, and how long it keeps what it took. Leases count on the database's clock.

    A lease outlives the longest exchange it covers (a fetch 60 s and a parse 10 s; an SMTP attempt 60 s), so that only a
    dead process ever loses one. `entries` is the number of new articles that one poll takes at the most; what is beyond
    comes with the next poll. A public host gets `per_host` requests a second; None: as many as come. What a poll
    that found nothing leaves behind may wait `linger` seconds for others, to be stored with them. `pages` are read at once at the most; one takes two exchanges (robots.txt, the page), each after its turn.
    """

    polls: int = 32
    per_host: int | None = None
    linger: float = 0.0
    entries: int = 500
    parse_seconds: float = 10.0
    poll_lease: timedelta = timedelta(seconds=120)
    pages: int = 8
    page_lease: timedelta = timedelta(seconds=300)
    sends: int = 32
    sends_per_channel: int = 4
    delivery_lease: timedelta = timedelta(seconds=120)
    catch_up: timedelta = timedelta(0)


def turns(limits: Limits) -> Turns | None:
    """Return how public hosts are spared; None where they are not."""
    return None if limits.per_host is None else Turns(limits.per_host, is_public_host)
