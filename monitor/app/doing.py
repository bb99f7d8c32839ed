"""What is done by whoever has a signed link of a message."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from monitor.core.links import Deed, Effect, Mute, Unsubscribe
from monitor.store import Tx, mutes, unsubscribed


def perform(tx: Tx, deed: Deed, span: timedelta | None, zone: ZoneInfo) -> Effect | None:
    """Do what a link says, a mute for `span`, or (None) undo it; return what is so now, times in `zone`, None where the link is too old."""
    if isinstance(deed, Unsubscribe):
        return _unsubscribe(tx, deed, undo=span is None)
    return None if deed.over(tx.now) else _mute(tx, deed, span, zone)


def _mute(tx: Tx, deed: Mute, span: timedelta | None, zone: ZoneInfo) -> Effect:
    """Mute a rule, or hear it again; a mute that somebody else made is neither shortened nor ended."""
    own = (f"from a message of {deed.made}", f"a link in digest '{deed.digest_id}'")
    before = mutes.longest(tx, deed.rule_id)
    if span is None:
        ended = mutes.end_own(tx, deed.rule_id, *own)
        if ended and mutes.longest(tx, deed.rule_id) is None:
            mutes.revive(tx, deed.rule_id)  # undone is as if it had never been
    elif before is None or before.until < tx.now + span:
        before = None
        mutes.add_beside(tx, deed.rule_id, tx.now + span, *own)
    now = mutes.longest(tx, deed.rule_id)
    if now is None:
        return Effect(f"The rule '{deed.rule_id}' is heard again.")
    until = f"until {now.until.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    if (now.reason, now.made_by) == own:
        return Effect(f"The rule '{deed.rule_id}' is muted{' already,' if before else ''} {until}.", undoable=True)
    by = f" by {now.made_by}" if now.made_by else ""
    return Effect(f"The rule '{deed.rule_id}' is muted {'already' if span else 'still'}{by}, {until}: {now.reason}")


def _unsubscribe(tx: Tx, deed: Unsubscribe, *, undo: bool) -> Effect:
    if undo:
        unsubscribed.remove(tx, deed.recipient, deed.digest_id)
        return Effect(f"{deed.recipient} gets '{deed.digest_id}' again.")
    unsubscribed.add(tx, deed.recipient, deed.digest_id, unsubscribed.BY_LINK)
    return Effect(f"{deed.recipient} gets '{deed.digest_id}' no more.", undoable=True)
