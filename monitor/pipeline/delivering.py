"""The third stage: due deliveries are claimed, sent, and settled with what the other side answered."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.channels.making import Channel
from monitor.core.delivery import ALERT_MAX_AGE, DIGEST_MAX_AGE, Verdict, after
from monitor.core.model import DeliveryState, Outcome, Receipt
from monitor.errors import StoreUnavailable
from monitor.metrics import Metrics
from monitor.pipeline.editions import digest_of
from monitor.pipeline.setup import Limits, Setup
from monitor.store import Store, breakers, deliveries, gates, mutes, outbox, unsubscribed
from monitor.store.deliveries import Attempt, DeliveryRow
from monitor.store.tx import Tx

log = logging.getLogger(__name__)


class Sender:
    """Sends what is due, a few messages of each channel at a time, so that one that hangs delays no other."""

    def __init__(
        self,
        store: Store,
        setup: Callable[[], Setup],
        metrics: Metrics,
        clock: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        self._store = store
        self._setup = setup
        self._metrics = metrics
        self._clock = clock
        self._limits = limits
        self._deliveries: set[asyncio.Task[None]] = set()
        self._sending: dict[DeliveryRow, asyncio.Task[None]] = {}
        self._claiming = asyncio.Lock()
        self._more_due = False
        self._stopping = False

    async def deliver_due(self) -> int:
        """Claim what is due and begin to send it; return how many. While more waits, each that ends brings in the next."""
        # Whoever asks may be cut off; a claim of which nobody knew would keep its messages waiting until its lease ends.
        return await asyncio.shield(asyncio.create_task(self._begin(), name="claim deliveries"))

    async def _begin(self) -> int:
        async with self._claiming:  # two that claim at once would each fill the same room
            room = 0 if self._stopping else self._limits.sends - len(self._sending)
            if room <= 0:
                return 0
            rows = await self._store.run(
                deliveries.claim, room, self._limits.delivery_lease, self._limits.sends_per_channel
            )
            if self._stopping:  # since we asked
                await self._store.run(deliveries.release, rows)
                return 0
            # What is being settled at this moment may have kept a place that another message of its channel waits for.
            self._more_due = bool(rows) or len(self._deliveries) > 1
            for row in rows:
                task = asyncio.create_task(self._deliver(row), name=f"deliver {row.key}")
                self._sending[row] = task
                self._deliveries.add(task)
                task.add_done_callback(self._deliveries.discard)
            return len(rows)

    async def settle(self) -> None:
        """Wait until nothing is being sent."""
        while self._deliveries:
            await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def stop(self, patience: float) -> None:
        """Take no more; let what is being sent end for `patience` seconds, then give the rest back as uncertain."""
        self._stopping = True
        async with self._claiming:  # a claim under way ends first, or nobody would know of it
            deliveries_under_way = set(self._deliveries)
        if deliveries_under_way:
            await asyncio.wait(deliveries_under_way, timeout=patience)
        for task in self._sending.values():
            task.cancel()
        await self.settle()
        # A message that was cut off may have arrived; it goes out again under its key after the restart.
        await self._store.run(deliveries.release, list(self._sending))

    async def _deliver(self, row: DeliveryRow) -> None:
        channel = self._setup().channels.get(row.channel_id)
        struck = channel is not None and _struck(channel, row)
        attempt = await self._attempt(channel, row) if channel and not struck else None
        # From here on nothing cuts it off: what was answered must be stored.
        del self._sending[row]
        try:
            await self._conclude(row, attempt, struck=struck)
            if self._more_due:
                await self.deliver_due()
        except StoreUnavailable as error:
            log.error("what became of %s could not be stored; it goes out again: %s", row.edition_id, error)  # noqa: TRY400
        except Exception:
            log.exception("what became of %s could not be stored; it goes out again", row.edition_id)

    async def _conclude(self, row: DeliveryRow, attempt: Attempt | None, *, struck: bool) -> None:
        if struck:
            await self._store.run(_strike, row)
            log.warning("%s is not sent to %s: %s", row.edition_id, row.recipient, outbox.STRUCK)
            return
        if attempt is None:
            await self._store.run(_shelve, row)
            log.warning("channel %s is not configured; its messages wait", row.channel_id)
            return
        verdict = after(
            attempt.receipt,
            attempts=row.attempts,
            first_at=row.first_at,
            now=self._clock(),
            key=row.key,
            max_age=self._max_age(row),
        )
        if not await self._store.run(_conclude, row, attempt, verdict):
            log.warning("%s was sent under a lease that had been lost, and may go out twice", row.edition_id)
        self._tell(row, attempt, verdict)

    def _max_age(self, row: DeliveryRow) -> timedelta:
        """Return how long a message is worth trying: an alert is news for a day, a digest for two."""
        digest = self._setup().digests.get(digest_of(row.edition_id))
        return ALERT_MAX_AGE if digest is not None and digest.instant else DIGEST_MAX_AGE

    async def _attempt(self, channel: Channel, row: DeliveryRow) -> Attempt:
        at, started = self._clock(), asyncio.get_running_loop().time()
        try:
            # Any lease before this one may have ended in a message that arrived.
            receipt = await channel.send(row.parcel, again=row.token > 1)
        except Exception as error:
            # A channel answers every fault with a receipt; what it did not foresee must not lose the message.
            log.exception("channel %s failed in an unforeseen way", row.channel_id)
            receipt = Receipt(Outcome.RETRY, stage="internal", text=type(error).__name__)
        return Attempt(at, timedelta(seconds=asyncio.get_running_loop().time() - started), receipt)

    def _tell(self, row: DeliveryRow, attempt: Attempt, verdict: Verdict) -> None:
        receipt = attempt.receipt
        self._metrics.deliveries.labels(row.channel_id, _result(receipt, verdict)).inc()
        self._metrics.delivery_seconds.labels(row.channel_id).observe(attempt.duration.total_seconds())
        level = logging.INFO if receipt.outcome is Outcome.SENT else logging.WARNING
        if receipt.degraded or verdict.state is DeliveryState.DEAD:
            level = logging.ERROR
        log.log(
            level,
            "%s: %s to %s: %s",
            receipt.outcome.value,
            row.edition_id,
            row.channel_id,
            " ".join(filter(None, (receipt.told, verdict.reason))),
        )


def _result(receipt: Receipt, verdict: Verdict) -> str:
    """Return what the metric calls it: "dead" where the message was given up, "degraded" where it went out as plain text."""
    if verdict.state is DeliveryState.DEAD:
        return verdict.state.value
    return "degraded" if receipt.degraded else receipt.outcome.value


def _conclude(tx: Tx, row: DeliveryRow, attempt: Attempt, verdict: Verdict) -> bool:
    """Store an attempt, what follows from it, and the pause it may put on its whole channel. False: its lease was lost."""
    kept = deliveries.settle(tx, row.id, row.token, attempt, verdict)
    if kept and attempt.receipt.outcome is Outcome.REFUSED and unsubscribed.bounced(tx, row.recipient):
        log.error("nothing more is sent to %s: it was refused again and again", row.recipient)
    if kept:
        breakers.note(tx, row.channel_id, row.id, attempt.receipt)
        if verdict.state is DeliveryState.PENDING:
            mutes.reach(tx, row.edition_id)  # one that came while it was being sent
    gate, receipt = gates.channel(row.channel_id), attempt.receipt
    if verdict.channel_paused:
        gates.put(tx, gate, None, receipt.told)
    elif verdict.channel_until is not None:
        gates.put(tx, gate, verdict.channel_until, "asked to wait")
    return kept


def _struck(channel: Channel, row: DeliveryRow) -> bool:
    """Whether a message is for somebody who was taken out of its channel: private, where an address is a person. What else
    a channel sends to goes by its settings, and the news must not be lost when those change.
    """
    known = map(unsubscribed.known_as, channel.recipients)
    return channel.kind == "email" and unsubscribed.known_as(row.recipient) not in known


def _strike(tx: Tx, row: DeliveryRow) -> None:
    verdict = Verdict(DeliveryState.DEAD, None, outbox.STRUCK, row.attempts)
    deliveries.settle(tx, row.id, row.token, None, verdict)


def _shelve(tx: Tx, row: DeliveryRow) -> None:
    """Keep the messages of a channel that is not configured until it is, or a person drops them."""
    # Written down as an attempt, so that it is known that nothing of it has left.
    attempt = Attempt(tx.now, timedelta(0), Receipt(Outcome.PAUSED, text=gates.NOT_CONFIGURED))
    deliveries.settle(
        tx, row.id, row.token, attempt, Verdict(DeliveryState.PENDING, tx.now, "channel-paused", row.attempts)
    )
    gates.put(tx, gates.channel(row.channel_id), None, gates.NOT_CONFIGURED)
