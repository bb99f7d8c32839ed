"""Posts editions to one Slack channel: one message a part, one a second, in plain text where Slack refuses the blocks."""

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

from monitor.channels.post import Post, as_json, unanswered
from monitor.channels.receipts import receipt
from monitor.channels.settings import SlackSettings
from monitor.channels.slack.answers import BLOCKS_REFUSED, THREAD_REFUSED
from monitor.channels.slack.peers import EVENT, Body, Bot, Peer, Webhook
from monitor.channels.slack.text import plain_text
from monitor.core.delivery import delivery_key
from monitor.core.digest import Block, slack_parts
from monitor.core.model import EditionRef, Message, Outcome, Parcel, Receipt
from monitor.errors import FetchError

_T = TypeVar("_T")


class SlackChannel:
    """A Slack channel as a place to send editions to."""

    kind = "slack"

    def __init__(self, channel_id: str, settings: SlackSettings, post: Post) -> None:
        self.id = channel_id
        self._channel = settings.channel if settings.token else ""
        self._peer = _peer(settings, post)
        self._deadline = settings.deadline
        self._pace = _Pace(settings.gap)

    @property
    def recipients(self) -> tuple[str, ...]:
        """The Slack channel; the word "webhook" where only the webhook knows it."""
        return (self._channel or "webhook",)

    def compose(self, message: Message, edition: EditionRef, recipient: str) -> list[Parcel]:
        """Return a parcel for each part that Slack's limits make necessary; the payload is the request's JSON body."""
        parts = slack_parts(message.slack or _text_blocks(message))
        return [
            self._parcel(_heading(message, part, len(parts)), blocks, edition, recipient, part)
            for part, blocks in enumerate(parts, 1)
        ]

    async def send(self, parcel: Parcel, *, again: bool = False) -> Receipt:
        """Post one part. With `again` (an earlier attempt may have arrived) a bot first looks for it in the channel."""
        body: Body = json.loads(parcel.payload)
        try:
            if again and (seen := await self._bounded(self._peer.seen(body))):
                return seen
            return await self._deliver(body)
        except FetchError as fault:
            return unanswered(fault)
        except TimeoutError:
            return receipt(Outcome.UNCERTAIN, "post", "timeout", f"no answer within {self._deadline:g} s")

    async def _deliver(self, body: Body) -> Receipt:
        told = await self._paced(body)
        while (cause := _refused(body, told)) is not None:
            body = {key: value for key, value in body.items() if key not in cause}
            told = await self._paced(body)
        return told if "blocks" in body else replace(told, degraded=True)

    async def _paced(self, body: Body) -> Receipt:
        await self._pace.turn()
        return await self._bounded(self._peer.post(body))

    async def _bounded(self, exchange: Awaitable[_T]) -> _T:
        async with asyncio.timeout(self._deadline):
            return await exchange

    def _parcel(self, heading: str, blocks: list[Block], edition: EditionRef, recipient: str, part: int) -> Parcel:
        key = delivery_key(self.id, recipient, edition.id, part)
        body: Body = {
            "text": plain_text(heading, blocks),
            "blocks": blocks,
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {
                "event_type": EVENT,
                "event_payload": {"key": key, "made_at": int(edition.made_at.timestamp())},
            },
        }
        if self._channel:
            body["channel"] = recipient
            if edition.answer:  # what the bot was told when it posted the first message: its time, which is its name
                # A thread is read by those who follow it; what is worth telling again is shown in the channel too.
                body |= {"thread_ts": edition.answer, "reply_broadcast": True}
        return Parcel(key, self.id, recipient, part, as_json(body))


class _Pace:
    """Lets one through every `gap` seconds."""

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._free_at = 0.0
        self._lock = asyncio.Lock()

    async def turn(self) -> None:
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now < self._free_at:
                await asyncio.sleep(self._free_at - now)
            self._free_at = max(now, self._free_at) + self._gap


def _peer(settings: SlackSettings, post: Post) -> Peer:
    if settings.token:
        return Bot(post, settings.token, settings.api, settings.deadline, allow_private=settings.allow_private)
    assert settings.webhook is not None
    return Webhook(post, settings.webhook, settings.deadline, allow_private=settings.allow_private)


def _refused(body: Body, told: Receipt) -> tuple[str, ...] | None:
    """Return the keys without which Slack may take a message that it refused; the readers must not lose the news by them."""
    if "blocks" in body and told.code in BLOCKS_REFUSED:
        return ("blocks",)
    # Somebody may have deleted the message that this one is a reply to.
    if "thread_ts" in body and (told.outcome is Outcome.REFUSED or told.code in THREAD_REFUSED):
        return ("thread_ts", "reply_broadcast")
    return None


def _heading(message: Message, part: int, parts: int) -> str:
    return message.subject if parts == 1 else f"{message.subject} ({part}/{parts})"


def _text_blocks(message: Message) -> tuple[Block, ...]:
    """The text form of an edition as a block, for one that was rendered without any."""
    text = message.text.strip() or message.subject.strip() or "Presswatch"
    return ({"type": "section", "text": {"type": "plain_text", "text": text}},)
