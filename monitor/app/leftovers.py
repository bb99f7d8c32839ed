"""What the database still holds of digests that are not configured any more: whether they go by another name now, nobody can know."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from monitor.channels.letter import mailbox
from monitor.channels.settings import EmailSettings
from monitor.config import Config
from monitor.pipeline.troubles import HOUSE
from monitor.store import Tx, unsubscribed
from monitor.store.unsubscribed import Unsubscribed

#: Sentences that are told where there could be many.
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Leftovers:
    """`astray`: who unsubscribed from what is not configured any more, and still gets mail."""

    astray: tuple[Unsubscribed, ...] = ()

    def told(self) -> Iterator[str]:
        """Say each in words, with what to do."""
        for each in self.astray[:MOST_TOLD]:
            who, digest = each.recipient, each.digest_id
            yield (
                f"{who} unsubscribed from '{digest}', and no digest is called so any more. Where it goes by another name now: "
                f"`presswatch unsubscribe {who} --digest NAME`. To forget it: `presswatch resubscribe {who} --digest {digest}`"
            )
        if len(self.astray) > MOST_TOLD:
            yield f"{len(self.astray) - MOST_TOLD} more have unsubscribed from what is not configured any more: `presswatch unsubscribed`"


def addresses(config: Config) -> Collection[str]:
    """Return the bare addresses that the configured channels write to."""
    mail = (each for each in config.channels().values() if isinstance(each, EmailSettings))
    return {mailbox(recipient).addr_spec for settings in mail for recipient in settings.recipients}


def left_over(tx: Tx, config: Config) -> Leftovers:
    """Return what is left over by this configuration."""
    known = {*(each.id for each in config.digests()), HOUSE, unsubscribed.EVERY}
    to = addresses(config)
    gone = unsubscribed.listing(tx)
    return Leftovers(tuple(each for each in gone if each.digest_id not in known and each.recipient in to))
