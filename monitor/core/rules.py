"""A rule: a query, where it looks, and where its matches go."""

from dataclasses import dataclass
from datetime import timedelta

from monitor.core.model import Priority, When
from monitor.core.query import Node

MAX_AGE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its file has it.

    `languages` are lower-case BCP 47 tags; `sources` are feed ids, feed tags as "tag:wire", and globs of hosts as "*.gov.ua";
    empty means any. An article older than `max_age` by its own date is stored but never alerted. `deliver` names digests.
    `when`: only waves, or spikes, are told, None is every match. After it was told in an instant digest it is not told there again for the time `cooldown`.
    `path` and `line` say where the rule stands. `version` is a hash of everything that decides matching and delivery.
    """

    id: str
    query: Node
    title: str = ""
    description: str = ""
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    max_age: timedelta = MAX_AGE
    priority: Priority = Priority.NORMAL
    deliver: tuple[str, ...] = ()
    when: When | None = None
    cooldown: timedelta = timedelta(0)
    path: str = ""
    line: int = 0
    version: str = ""

    def __post_init__(self) -> None:
        if not self.title:
            object.__setattr__(self, "title", self.id)
