"""From a configuration and its rules to what the pipeline works with."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor import __version__
from monitor.app import upkeep
from monitor.channels.making import Channel, channel
from monitor.channels.post import Post
from monitor.channels.settings import OutboxSettings
from monitor.config import Config, names
from monitor.core.links import Links
from monitor.core.match import asks_language
from monitor.core.model import Feed
from monitor.errors import FetchError
from monitor.fetch import DoorSettings
from monitor.parse.extraction import can_extract
from monitor.parse.languages import can_detect
from monitor.pipeline import Access, Setup
from monitor.rulebook import Known, Rulebook
from monitor.store import Tx, deliveries, feeds, notices, rule_versions

#: Rules that are named where many could be.
MOST_NAMED = 20
#: What publishers see who are not told a contact address in [fetch] user_agent.
USER_AGENT = f"presswatch/{__version__} (news alerts; feed reader)"


def door_settings(config: Config) -> DoorSettings:
    """Return the limits of the HTTP door as configured."""
    fetch = config.settings.fetch
    return DoorSettings(
        user_agent=fetch.user_agent or USER_AGENT,
        deadline=fetch.timeout.total_seconds(),
        max_size=fetch.max_size,
        per_host=fetch.per_host,
        connections=fetch.concurrency,
    )


def known(config: Config) -> Known:
    """Return the names that rules may refer to."""
    found = names(config.written)
    return Known(found.digests, found.feeds, found.tags, found.tags_of)


def answered_at(config: Config) -> str:
    """Return where the links of messages are answered, "" where nobody would."""
    return config.settings.web.base_url if config.listen else ""


def setup(
    config: Config,
    rulebook: Rulebook,
    post: Post,
    clock: Callable[[], datetime],
    outbox: Path | None,
    links: Links | None = None,
) -> Setup:
    """Put rules, digests and channels together. `outbox`: every channel is replaced by files in that folder. `links` makes those in messages."""
    urls = {each.id: each.url for each in config.feeds()}
    access = config.accesses()
    return Setup(
        access={id: Access(urls[id], each.headers, each.auth, each.allow_private) for id, each in access.items()},
        rules=rulebook.rules,
        matcher=rulebook.matcher,
        digests={each.id: each for each in config.digests()},
        channels=_channels(config, post, clock, outbox, links),
        links=links,
        detecting=can_detect() and any(map(asks_language, rulebook.rules)),
        allow_private=config.settings.fetch.allow_private,
        own_access=partial(_own_access, config.without_feeds()),
        full_text=can_extract(),
        operators=config.settings.service.operators,
    )


def _own_access(config: Config, url: str, entry: str) -> Access:
    try:
        found = config.own_access(entry, os.environ)
    except ValueError as error:
        raise FetchError("secret", str(error), retry=False) from None
    return Access(url, found.headers, found.auth, found.allow_private)


def _channels(
    config: Config, post: Post, clock: Callable[[], datetime], outbox: Path | None, links: Links | None
) -> Mapping[str, Channel]:
    wanted = config.channels()
    if outbox is not None:
        wanted = {id: OutboxSettings(outbox) for id in wanted}
    return {id: channel(id, settings, post, clock, links) for id, settings in wanted.items()}


def always_told(setup: Setup) -> str:
    """Return which rules have to be tried on every article, in words; "" where none has."""
    names = [each.id for each in setup.matcher.always]
    shown = ", ".join(names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{len(names)} of {len(setup.rules)}, which no word could rule out: {shown}{more}" if names else ""


def adopt(tx: Tx, configured: Sequence[Feed], setup: Setup) -> int:
    """Let the database know the feeds and rules, return how many feeds it has now, and give what only a person can mend a new chance: who mends it reloads."""
    feeds.sync(tx, configured)
    feeds.try_again(tx)
    rule_versions.record(tx, setup.rules)
    upkeep.hand_over(tx, setup.digests, setup.rules)
    notices.clear(tx)
    if always := always_told(setup):
        notices.put(tx, notices.ALWAYS, always)
    notices.put(tx, notices.DELIVER, " ".join(sorted({digest for rule in setup.rules for digest in rule.deliver})))
    for channel_id in setup.channels:
        deliveries.resume(tx, channel_id)
    return feeds.count(tx)
