"""What the database still holds of digests and channels that are not configured any more: whether they go by another name now, nobody can know."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from monitor.channels.letter import mailbox
from monitor.channels.settings import EmailSettings
from monitor.config import Config
from monitor.pipeline.troubles import HOUSE
from monitor.store import Tx, deliveries, gates, notices, unsubscribed
from monitor.store.unsubscribed import Unsubscribed

#: Sentences that are told where there could be many.
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Leftovers:
    """`astray`: who unsubscribed from what is not configured any more, and still gets mail. `stranded`: how many messages wait at each channel that is not."""

    astray: tuple[Unsubscribed, ...] = ()
    stranded: Mapping[str, int] = field(default_factory=dict)

    def told(self) -> Iterator[str]:
        """Say each in words, with what to do."""
        yield from self.told_of_channels()
        yield from self.told_of_addresses()

    def told_of_addresses(self) -> Iterator[str]:
        """Say who unsubscribed from what, with what to do."""
        for each in self.astray[:MOST_TOLD]:
            who, digest = each.recipient, each.digest_id
            yield (
                f"{who} unsubscribed from '{digest}', and nothing is sent by that name any more. Where it goes by another name now: "
                f"`presswatch unsubscribe {who} --digest NAME`. To forget it: `presswatch resubscribe {who} --digest {digest}`"
            )
        if len(self.astray) > MOST_TOLD:
            yield f"{len(self.astray) - MOST_TOLD} more have unsubscribed from what is not configured any more: `presswatch unsubscribed`"

    def told_of_channels(self) -> Iterator[str]:
        """Say what waits, with what to do."""
        for name, count in self.stranded.items():
            wait = "1 message waits" if count == 1 else f"{count} messages wait"
            yield (
                f"{wait} at channel '{name}', which is not configured. "
                f"Name a channel so again and they go out; `presswatch outbox drop --channel {name}` gives them up"
            )


def addresses(config: Config) -> Collection[str]:
    """Return the bare addresses that the configured channels write to, as they are known."""
    mail = (each for each in config.channels().values() if isinstance(each, EmailSettings))
    return {
        unsubscribed.known_as(mailbox(recipient).addr_spec) for settings in mail for recipient in settings.recipients
    }


def left_over(tx: Tx, config: Config) -> Leftovers:
    """Return what is left over by this configuration."""
    known = {*_told(tx, config), HOUSE, unsubscribed.EVERY}
    to = addresses(config)
    astray = [each for each in unsubscribed.listing(tx) if each.digest_id not in known and each.recipient in to]
    there = config.channels()
    return Leftovers(
        tuple(astray), {name: count for name, count in deliveries.waiting(tx).items() if name not in there}
    )


def _told(tx: Tx, config: Config) -> Collection[str]:
    """Return the digests that rules deliver to: one may be configured still, whether or not there is anything in it."""
    configured = {each.id for each in config.digests()}
    filled = gates.get(tx, notices.DELIVER)
    return configured & set(filled.why.split()) if filled else configured
