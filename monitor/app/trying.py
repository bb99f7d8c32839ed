"""Messages made without the daemon: an edition as it would look now, and a test message through one channel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from monitor.app import assembly
from monitor.app.clock import utc_now
from monitor.channels.making import channel
from monitor.config import Config
from monitor.core.digest import Context, DigestSpec, PendingMatch, stories
from monitor.core.links import Links
from monitor.core.model import EditionRef, Message, Outcome, Receipt
from monitor.fetch import Door
from monitor.pipeline import showing
from monitor.pipeline.editions import edition_id
from monitor.pipeline.showing import Beside
from monitor.render.renderer import Rendered, Renderer
from monitor.render.sample import alert_sample, alert_stories
from monitor.workers import Workers

NOTE = "A test: somebody sent this with `presswatch send-test`, and the news in it is made up."


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one part of a test message for one recipient."""

    recipient: str
    part: int
    receipt: Receipt

    @property
    def arrived(self) -> bool:
        """Whether the other side took it."""
        return self.receipt.outcome is Outcome.SENT


async def edition(
    config: Config,
    spec: DigestSpec,
    taken: Sequence[PendingMatch],
    beside: Beside,
    made_at: datetime,
    key: bytes | None = None,
) -> Rendered:
    """Render an edition of `spec` with the matches `taken`, by the templates in force. `key`: what the daemon signs the links of messages by."""
    links = Links(assembly.answered_at(config), key) if key and assembly.answered_at(config) else None
    context = showing.context(spec, taken, beside, made_at, links, edition_id=edition_id(spec.id, "preview"))
    rendered = await _rendered(config, spec.template, context)
    return replace(rendered, message=replace(rendered.message, stories=partial(stories, spec, taken)))


async def send_test(config: Config, channel_id: str) -> list[Tried]:
    """Send one marked message with made-up news to every recipient of a channel, once. Raises KeyError for a channel that is not there."""
    settings = config.channels()[channel_id]
    rendered = await _rendered(config, "alert", {**alert_sample(), "note": NOTE})
    made_at = utc_now()
    message = _marked(rendered.message)
    ref = EditionRef(f"send-test/{made_at:%Y-%m-%dT%H:%M:%S.%f}", "send-test", "Presswatch test", made_at)
    door = Door(assembly.door_settings(config), clock=utc_now)
    try:
        way = channel(channel_id, settings, door.post, utc_now)
        parcels = [parcel for recipient in way.recipients for parcel in way.compose(message, ref, recipient)]
        return [Tried(each.recipient, each.part, await way.send(each)) for each in parcels]
    finally:
        await door.close()


def _marked(message: Message) -> Message:
    block: dict[str, object] = {"type": "context", "elements": [{"type": "plain_text", "text": NOTE}]}
    return replace(
        message,
        subject=f"Test: {message.subject}",
        text=message.text if NOTE in message.text else f"{NOTE}\n\n{message.text}",
        slack=(block, *message.slack),
        stories=alert_stories,
    )


async def _rendered(config: Config, template: str, context: Context) -> Rendered:
    workers = Workers()
    try:
        return await Renderer(config.template_folders, workers).render(template, context)
    finally:
        workers.close()
