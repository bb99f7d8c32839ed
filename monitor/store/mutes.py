"""Mutes: rules that people want to hear nothing of for a while; who, why, and always an end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.digest import Reason
from monitor.core.model import FateState
from monitor.store import suppressing
from monitor.store.schema import fates, matches, mutes, rule_versions
from monitor.store.tx import Tx, columns

SILENCED = sa.and_(fates.c.state == FateState.SILENCED, fates.c.reason.startswith(Reason.MUTED.sentence))
"""The condition that a mute silenced a match: where everyone has unsubscribed nobody hears of it either."""


@dataclass(frozen=True, slots=True)
class Mute:
    """A rule that is silent from `made_at` to `until` (UTC). `made_by`: who asked for it, "" where that is not known."""

    id: int
    rule_id: str
    until: datetime
    reason: str
    made_at: datetime
    made_by: str = ""

    @property
    def sentence(self) -> str:
        """Why a match of the rule is silenced, in words."""
        by = f" by {self.made_by}" if self.made_by else ""
        return f"{Reason.MUTED.sentence}{by} until {self.until:%Y-%m-%d %H:%M} UTC: {self.reason}"


def add(tx: Tx, rule_id: str, until: datetime, reason: str, made_by: str = "") -> None:
    """Mute a rule until a time; a mute that it has ends with that, whichever is longer."""
    end(tx, rule_id)
    add_beside(tx, rule_id, until, reason, made_by)


def add_beside(tx: Tx, rule_id: str, until: datetime, reason: str, made_by: str) -> None:
    """Mute a rule until a time, and let a mute that it has go on: it is silent until the last of them ends. What waits to be sent of it is not."""
    values = {"rule_id": rule_id, "until": until, "reason": reason, "made_at": tx.now, "made_by": made_by}
    tx.conn.execute(sa.insert(mutes).values(**values))
    reach(tx)


def reach(tx: Tx, edition_id: str | None = None) -> None:
    """Let the mutes in force reach the messages that wait: all of them, or those of an edition."""
    suppressing.silence(tx, {each.rule_id: each.sentence for each in active(tx)}, edition_id)


def end(tx: Tx, rule_id: str) -> bool:
    """Let a rule be heard again; return whether it was muted. The mute stays on record."""
    mine = sa.and_(mutes.c.rule_id == rule_id, mutes.c.until > tx.now)
    return tx.run(sa.update(mutes).where(mine).values(until=tx.now)) > 0


def end_own(tx: Tx, rule_id: str, reason: str, made_by: str) -> bool:
    """End a mute that was made so, and no other of the rule; return whether there was one."""
    own = sa.and_(mutes.c.rule_id == rule_id, mutes.c.reason == reason, mutes.c.made_by == made_by)
    return tx.run(sa.update(mutes).where(own, mutes.c.until > tx.now).values(until=tx.now)) > 0


def longest(tx: Tx, rule_id: str) -> Mute | None:
    """Return the mute of a rule that ends last, None where it is heard."""
    ours = [each for each in active(tx) if each.rule_id == rule_id]
    return ours[-1] if ours else None


def active(tx: Tx) -> list[Mute]:
    """Return the mutes in force, the first to end first."""
    return tx.rows(Mute, sa.select(*columns(mutes, Mute)).where(mutes.c.until > tx.now).order_by(mutes.c.until))


def recent(tx: Tx, limit: int) -> list[Mute]:
    """Return the mutes that were made last, in force or not, the newest first."""
    return tx.rows(Mute, sa.select(*columns(mutes, Mute)).order_by(mutes.c.id.desc()).limit(limit))


def revive(tx: Tx, rule_id: str) -> int:
    """Let wait again what mutes silenced in a rule's last time of silence, whose mute may have been changed on the way; return how many fates that were."""
    since = _silent_since(tx, rule_id)
    if since is None:
        return 0
    revived = suppressing.revive(tx, rule_id, since)
    ours = sa.select(matches.c.id).where(matches.c.id == fates.c.match_id, matches.c.rule_id == rule_id).exists()
    silenced = sa.and_(SILENCED, fates.c.changed_at >= since, fates.c.edition_id.is_(None), ours)
    values = {"state": FateState.PENDING, "reason": "", "changed_at": tx.now}
    return revived + tx.run(sa.update(fates).where(silenced).values(**values))


def _silent_since(tx: Tx, rule_id: str) -> datetime | None:
    """Return when the last unbroken time of silence of a rule began: a mute may take the place of another, or go on beside it."""
    since: datetime | None = None
    ours = sa.select(mutes.c.made_at, mutes.c.until).where(mutes.c.rule_id == rule_id).order_by(mutes.c.id.desc())
    for made_at, until in tx.conn.execute(ours):
        if since is None or until >= since:
            since = made_at
    return since


def known_rules(tx: Tx) -> Sequence[str]:
    """Return the ids of all rules that ever were in force."""
    return (
        tx.conn.execute(sa.select(rule_versions.c.rule_id).distinct().order_by(rule_versions.c.rule_id)).scalars().all()
    )
