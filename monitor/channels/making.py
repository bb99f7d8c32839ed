"""What a channel is, and which one its settings make."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from monitor.channels.apprise import AppriseChannel
from monitor.channels.atom import AtomChannel
from monitor.channels.email import EmailChannel
from monitor.channels.outbox import OutboxChannel
from monitor.channels.post import Post
from monitor.channels.settings import (
    AppriseSettings,
    AtomSettings,
    EmailSettings,
    OutboxSettings,
    Settings,
    SlackSettings,
    WebhookSettings,
)
from monitor.channels.slack import SlackChannel
from monitor.channels.webhook import WebhookChannel
from monitor.core.links import Links
from monitor.core.model import EditionRef, Message, Parcel, Receipt


class Channel(Protocol):
    """A place that editions are sent to."""

    id: str

    @property
    def kind(self) -> str:
        """The word for it in config.toml."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who gets each edition; every one has deliveries of its own."""

    def compose(self, message: Message, edition: EditionRef, recipient: str) -> list[Parcel]:
        """Return what to send to one recipient, ready and final: the same parcels for the same arguments."""

    async def send(self, parcel: Parcel, *, again: bool = False) -> Receipt:
        """Make one attempt of bounded length; whatever the other side does ends in a receipt, never in an exception.

        `again` says that an earlier attempt at this parcel may have arrived.
        """


def channel(
    channel_id: str, settings: Settings, post: Post, clock: Callable[[], datetime], links: Links | None = None
) -> Channel:
    """Return the channel of these settings; `post` is the way out by HTTP for those that need one, `clock` dates signatures.

    `links` makes the links by which recipients unsubscribe, where there are any.

    Raises ValueError when an address or a key in the settings is none.
    """
    match settings:
        case EmailSettings():
            return EmailChannel(channel_id, settings, links=links)
        case SlackSettings():
            return SlackChannel(channel_id, settings, post)
        case WebhookSettings():
            return WebhookChannel(channel_id, settings, post, clock)
        case AppriseSettings():
            return AppriseChannel(channel_id, settings)
        case AtomSettings():
            return AtomChannel(channel_id, settings)
        case OutboxSettings():
            return OutboxChannel(channel_id, settings)
