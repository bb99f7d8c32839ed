"""What is done by whoever has a signed link of a message."""

from datetime import timedelta

from monitor.core.links import Deed, Unsubscribe
from monitor.store import Tx, mutes, unsubscribed


def perform(tx: Tx, deed: Deed, span: timedelta | None) -> str:
    """Do what a link says, a mute for `span`, or (None) undo it; return what is so now, "" where the link is too old."""
    if isinstance(deed, Unsubscribe):
        return _unsubscribe(tx, deed, undo=span is None)
    if deed.over(tx.now):
        return ""
    if span is None:
        mutes.end(tx, deed.rule_id)
        return f"The rule '{deed.rule_id}' is heard again."
    why = f"by the link in a message of '{deed.digest_id}'"
    mutes.add(tx, deed.rule_id, tx.now + span, why)
    return f"The rule '{deed.rule_id}' is muted until {tx.now + span:%Y-%m-%d %H:%M} UTC."


def _unsubscribe(tx: Tx, deed: Unsubscribe, *, undo: bool) -> str:
    who = deed.recipient or deed.channel_id
    if undo:
        unsubscribed.remove(tx, deed.recipient, deed.digest_id, deed.channel_id)
        return f"{who} gets '{deed.digest_id}' again."
    unsubscribed.add(tx, deed.channel_id, deed.recipient, deed.digest_id, unsubscribed.BY_LINK)
    return f"{who} gets '{deed.digest_id}' no more."
