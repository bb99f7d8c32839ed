"""Quiet polls: those that changed nothing but when and how a feed was last asked are written many at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from monitor.store.feeds import ERROR_LENGTH, Claim, PollResult
from monitor.store.schema import feeds
from monitor.store.tx import Tx

_PASSING = ("failures", "error_kind", "error", "last_polled_at", "last_good_at")
_OF = {
    "of_id": feeds.c.id,
    "of_token": feeds.c.lease_token,
    "of_every": feeds.c.every,
    "of_max_every": feeds.c.max_every,
}
_NEW = {f"new_{name}": feeds.c[name] for name in (*_PASSING, "next_poll_at", "next_poll_reason")}


def is_quiet(claim: Claim, result: PollResult) -> bool:
    """Tell whether a poll changed nothing but when and how the feed was last asked: nine in ten do not."""
    told = (result.title, result.marks, result.host_until)
    same = all(getattr(result, each) in (None, getattr(claim, each)) for each in ("etag", "last_modified", "body_hash"))
    before = replace(claim.state, **{name: getattr(result.state, name) for name in _PASSING})
    return same and told == (None, None, None) and result.next_poll_at is not None and before == result.state


def complete(tx: Tx, polls: Sequence[tuple[Claim, PollResult]]) -> bool:
    """Store how many quiet polls ended in one statement for all, a third of the cost of each by itself.

    False, with nothing stored: a lease was lost among them or a feed was configured anew, so each is for `feeds.complete`.
    """
    rows = [_passing(claim, result) for claim, result in polls]
    if not rows:
        return True
    with tx.savepoint() as point:
        if _written(tx, rows) == len(rows):
            return True
        point.rollback()
    return False


def _written(tx: Tx, rows: Sequence[dict[str, Any]]) -> int:
    """Write what quiet polls passed on where their leases hold; return how many that was."""
    if tx.conn.dialect.name == "sqlite":
        return int(tx.conn.execute(_quiet(), rows).rowcount)
    # One array a column: a statement for every row costs both sides a multiple of it.
    arrays = {f"all_{name}": [row[name] for row in rows] for name in rows[0]}
    return int(tx.conn.execute(_quiet_together(), arrays).rowcount)


@cache
def _quiet() -> sa.Update:
    return _passed({name: sa.bindparam(name) for name in (*_OF, *_NEW)})


@cache
def _quiet_together() -> sa.Update:
    kinds = {name: column.type for name, column in (_OF | _NEW).items()}
    arrays = (sa.bindparam(f"all_{name}", type_=sa.ARRAY(kind)) for name, kind in kinds.items())
    told = sa.func.unnest(*arrays).table_valued(*(sa.column(name, kind) for name, kind in kinds.items()))
    return _passed(dict(told.render_derived().c.items()))


def _passed(told: Mapping[str, Any]) -> sa.Update:
    mine = sa.and_(*(column == told[name] for name, column in _OF.items()))
    return sa.update(feeds).where(mine).values({column.name: told[name] for name, column in _NEW.items()})


def _passing(claim: Claim, result: PollResult) -> dict[str, Any]:
    state = result.state
    return {
        "of_id": claim.feed_id,
        "of_token": claim.token,
        "of_every": claim.feed.every,
        "of_max_every": claim.feed.max_every,
        **{f"new_{name}": getattr(state, name) for name in _PASSING},
        "new_error": state.error[:ERROR_LENGTH],
        "new_next_poll_at": result.next_poll_at,
        "new_next_poll_reason": result.reason,
    }
