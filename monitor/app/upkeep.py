"""What keeps the daemon fit for years: heartbeat, gauges, the lag of its loop, pruning and checkpoints."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from monitor.core.delivery import LONGEST_ASKED
from monitor.core.model import DeliveryState, Health, Retention
from monitor.core.pages import OLDEST
from monitor.core.rules import Rule
from monitor.diagnostics import Diagnostic, Severity
from monitor.metrics import Metrics
from monitor.store import (
    Store,
    Tx,
    deliveries,
    feeds,
    gates,
    instances,
    ledger,
    notices,
    orphans,
    pages,
    partitions,
    proof,
    retention,
)
from monitor.store.instances import Instance

log = logging.getLogger(__name__)

#: A feed put off further than this was put off by a clock that was wrong; no interval is longer than seven days.
HORIZON = timedelta(days=8)
#: How often the ledger of fates is gone over.
DAILY = timedelta(days=1)
#: Bytes of write-ahead log that a reader kept from being written back: somebody holds the database open.
LARGE_LOG = 64_000_000
#: Faults of refused files that `status` tells.
MOST_TOLD = 3
#: Seconds between two looks at how late the event loop comes back.
LAG_EVERY = 0.25
#: How long a notice stands that each beat renews.
RENEWED = timedelta(minutes=1)
#: After a standstill, feeds overdue by more than `LATE` are asked so many a second, or all of them within `SPREAD`.
LATE, A_SECOND, SPREAD = timedelta(minutes=1), 20, timedelta(minutes=10)


async def beat(store: Store, instance: Instance, metrics: Metrics) -> None:
    """Write down that this daemon lives, and bring the gauges up to date."""
    await store.run(instances.beat, instance)
    standing = await store.read(proof.standing)
    for state in (*Health, feeds.PAUSED):
        metrics.feeds.labels(str(state)).set(standing.feeds.get(state, 0))
    for waiting in (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.UNCERTAIN):
        metrics.outbox.labels(waiting.value).set(standing.deliveries.get(waiting, 0))
    metrics.outbox_dead.set(standing.dead)
    metrics.outbox_oldest_age.set(standing.oldest.total_seconds())
    metrics.ledger_broken.set(not standing.ledger_closes)


def first_told(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the first errors of many, and how many more there are."""
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    more = [f"and {len(errors) - MOST_TOLD} more"] if len(errors) > MOST_TOLD else []
    return "; ".join([*map(str, errors[:MOST_TOLD]), *more])


def tell_switched_off(tx: Tx, rules: Iterable[str]) -> None:
    """Put up a notice for each rule that was switched off."""
    for each in rules:
        notices.put(tx, f"{notices.OFF}{each}", "its regular expression ran out of time again and again")


def recover(tx: Tx) -> None:
    """Take up at once what a daemon that died had under way, and what a wrong clock put off."""
    deliveries.recover(tx)
    if deliveries.stood_still(tx):
        deliveries.begin_anew(tx)
    feeds.recover(tx)
    pages.recover(tx)
    partitions.make(tx)
    _due_again(tx)


def stagger(tx: Tx) -> None:
    """Let feeds that a standstill made overdue come one after the other."""
    if late := feeds.stagger(tx, LATE, A_SECOND, SPREAD):
        log.info("%d feeds are overdue; they are asked within %d s", late, min(late / A_SECOND, SPREAD.total_seconds()))


def hand_over(tx: Tx, digests: Collection[str], rules: Iterable[Rule]) -> None:
    """Let what waits for digests that are not configured any more be told by those that its rules deliver to now, and say what cannot be."""
    for (gone, heirs), number in sorted(
        orphans.hand_on(tx, digests, {each.id: each.deliver for each in rules}).items()
    ):
        told = ", ".join(f"'{each}'" for each in heirs)
        log.warning(
            "digest '%s' is not configured any more: %d matches that waited for it go to %s", gone, number, told
        )
    for each in orphans.listing(tx, digests):
        log.warning(
            "%d matches wait for digest '%s', which is not configured, and their rules deliver to no other: they are given up from %s UTC on",
            each.waiting, each.digest_id, f"{each.until:%Y-%m-%d %H:%M}",
        )  # fmt: skip


def _due_again(tx: Tx) -> None:
    put_off = feeds.clamp(tx, HORIZON)
    if put_off:
        log.warning("%d feeds had been put off for more than %d days; they are due now", put_off, HORIZON.days)
    gates.clamp(tx, gates.CHANNEL, LONGEST_ASKED)
    if put_off := deliveries.clamp(tx, LONGEST_ASKED):
        log.warning("%d messages had been put off for more than a day; they are due now", put_off)


async def housekeeping(store: Store, keep: Retention, digests: Collection[str]) -> None:
    """Delete what is old in small steps, mend what a wrong clock put off, and write the log of the database back."""
    while await store.run(retention.prune, keep):
        pass
    await store.run(_mend, tuple(digests))
    await store.run(partitions.drop_empty)
    await go_over_ledger(store, digests)
    left = await store.maintain()
    if left > LARGE_LOG:
        log.warning("the database's log holds %d MB: another program keeps it open", left // 1_000_000)


def _mend(tx: Tx, digests: tuple[str, ...]) -> None:
    _due_again(tx)
    partitions.make(tx)
    orphans.expire(tx, digests)
    pages.expire(tx, tx.now - OLDEST)


async def go_over_ledger(store: Store, digests: Collection[str]) -> None:
    """Look once a day whether every match has its fate, and say what does not add up; it stays told until it does."""
    if not await store.read(ledger.due):
        return
    found = await store.read(ledger.findings, digests, orphans.PATIENCE + DAILY)
    for each in found:
        log.error("the ledger of fates does not close: %s", each)
    await store.run(ledger.write_down, found, DAILY)


async def watch_lag(metrics: Metrics) -> None:
    """Measure for ever how late the event loop comes back."""
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time()
        await asyncio.sleep(LAG_EVERY)
        metrics.loop_lag.observe(max(0.0, loop.time() - asked - LAG_EVERY))
