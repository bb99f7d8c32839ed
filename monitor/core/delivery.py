"""What becomes of a delivery after an attempt: sent, tried again later, given up, or waiting for its channel.

The same edition to the same recipient always has the same key, made before the first attempt; so a repeat, wherever the
process died, is recognisable as one.
"""

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.core.model import DeliveryState, Outcome, Receipt

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)
LONGEST_ASKED = timedelta(hours=24)
ALERT_MAX_AGE = timedelta(hours=24)
DIGEST_MAX_AGE = timedelta(hours=48)
FEWEST = 8
"""Attempts before a message is given up, however old it is: over a quarter of an hour to an hour."""

OPENS_AFTER = 5
"""Messages of a channel that fail one after the other before the rest wait for one that gets through."""
LONGEST_PROBE_WAIT = timedelta(minutes=5)
"""Between two attempts at a channel whose breaker is open: when it is back, nobody waits longer for the news."""

_KEY_LENGTH = 26  # of base32: 130 bits, and still a comfortable local part of a Message-ID
_SHORTEST_WAIT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to write down after an attempt.

    `next_at` is when the delivery is due again, None when it never is. `attempts` is the count to store: an attempt that the
    other side asked us to postpone is not counted. `reason` is a stable word for logs and status. Where `channel_paused`, no
    delivery of this channel may be tried until a person mends it; where `channel_until` is set, none before that time.
    """

    state: DeliveryState
    next_at: datetime | None
    reason: str
    attempts: int
    channel_paused: bool = False
    channel_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """How many messages of a channel failed one after the other, and the last of them. Open, only one is tried at a time."""

    failures: int = 0
    delivery_id: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the channel seems to be down."""
        return self.failures >= OPENS_AFTER


def breaker(before: Breaker, receipt: Receipt, delivery_id: int) -> Breaker:
    """Return how a channel is doing after a receipt for one of its messages."""
    if receipt.outcome not in (Outcome.RETRY, Outcome.UNCERTAIN):
        return Breaker()  # it answers
    if receipt.retry_after is not None or receipt.stage == "rcpt":
        return before  # it answers too, though not as one would like: greylisting is about one recipient
    if delivery_id == before.delivery_id and not before.is_open:
        return before  # one message that fails again and again says nothing of the others
    return Breaker(before.failures + 1, delivery_id)


def probe_wait(channel_id: str, failed: Breaker) -> timedelta:
    """Return how long a channel is left alone whose breaker is open."""
    return min(backoff(channel_id, failed.failures - OPENS_AFTER), LONGEST_PROBE_WAIT)


def delivery_key(channel_id: str, recipient: str, edition_id: str, part: int) -> str:
    """Return 26 characters [a-z2-7] that are equal for equal arguments and for no others."""
    fields = (channel_id, recipient, edition_id, str(part))
    framed = "".join(f"{len(each)}:{each}" for each in fields)
    digest = sha256(framed.encode("utf-8", "surrogatepass")).digest()
    return b32encode(digest).decode("ascii").lower()[:_KEY_LENGTH]


def backoff(key: str, attempts: int) -> timedelta:
    """Return the wait after `attempts` earlier failures: 1 s to 15 s·2ⁿ, at most 30 minutes, anywhere between (full jitter).

    Deterministic: the place between comes from the key and the count, so that a restart does not draw again.
    """
    ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempts, 10))
    drawn = sha256(f"{key}/{attempts}".encode()).digest()
    share = int.from_bytes(drawn[:4], "big") / 2**32
    return max(_SHORTEST_WAIT, ceiling * share)


def after(
    receipt: Receipt, attempts: int, first_at: datetime, now: datetime, key: str, max_age: timedelta = DIGEST_MAX_AGE
) -> Verdict:
    """Decide what follows from a receipt.

    `attempts` counts the earlier attempts that counted; `first_at` is since when it was tried (UTC). After `first_at + max_age` nothing is
    tried again that was tried FEWEST times, but for a delivery whose channel is paused: that one waits as long as it takes.
    """
    match receipt.outcome:
        case Outcome.SENT:
            reason = "sent-degraded" if receipt.degraded else "sent"
            return Verdict(DeliveryState.SENT, None, reason, attempts + 1)
        case Outcome.REFUSED:
            return Verdict(DeliveryState.DEAD, None, "refused", attempts + 1)
        case Outcome.PAUSED:
            return Verdict(DeliveryState.PENDING, now, "channel-paused", attempts, channel_paused=True)
        case Outcome.RETRY | Outcome.UNCERTAIN:
            return _again(receipt, attempts, first_at + max_age, now, key)


def _again(receipt: Receipt, attempts: int, last_at: datetime, now: datetime, key: str) -> Verdict:
    """Try once more, at the latest at `last_at`; given up when that is past and it was tried often enough."""
    uncertain = receipt.outcome is Outcome.UNCERTAIN
    late = now >= last_at
    if late and attempts + 1 >= FEWEST:
        return Verdict(DeliveryState.DEAD, None, "expired-uncertain" if uncertain else "expired", attempts + 1)
    state = DeliveryState.UNCERTAIN if uncertain else DeliveryState.PENDING
    if receipt.retry_after is not None:
        asked_at = now + min(max(receipt.retry_after, _SHORTEST_WAIT), LONGEST_ASKED)
        # Who asks for ever is not waited for for ever.
        return Verdict(state, asked_at, "asked-to-wait", attempts + late, channel_until=asked_at)
    next_at = now + backoff(key, attempts)
    next_at = next_at if late else min(next_at, last_at)
    return Verdict(state, next_at, "uncertain" if uncertain else "backoff", attempts + 1)
