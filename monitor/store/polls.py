"""How polls ended: written many at a time, each where its lease still holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from monitor.core.hosts import host_of
from monitor.store import gates
from monitor.store.feeds import DOCUMENT, STATE, Claim, PollResult
from monitor.store.schema import feed_changes, feeds
from monitor.store.tx import Tx, batches

ERROR_LENGTH = 500
TITLE_LENGTH = 300

Ended = tuple[Claim, PollResult]

_PASSING = ("failures", "error_kind", "error", "last_polled_at", "last_good_at")
_OF = {
    "of_id": feeds.c.id,
    "of_token": feeds.c.lease_token,
    "of_every": feeds.c.every,
    "of_max_every": feeds.c.max_every,
}
_NEW = {f"new_{name}": feeds.c[name] for name in (*_PASSING, "next_poll_at", "next_poll_reason")}
_STATE = tuple(column.name for column in STATE)
_KEPT = ("own_title", *DOCUMENT)
"""What stays as it is where a poll says nothing of it."""


def complete(tx: Tx, ended: Sequence[Ended]) -> list[bool]:
    """Store how polls ended, at most one of each feed's under its lease; return for each whether its lease still held.

    Of one that had lost its lease nothing is stored, and the caller stores nothing else of it. Call it before the articles of the
    polls are stored: it locks the feeds' rows, so two polls of one feed never cross.
    """
    quiet = [pair for pair in ended if is_quiet(*pair)]
    done = {claim.feed_id: claim.token for claim, _ in quiet} if _passed_on(tx, quiet) else {}
    rest = [pair for pair in ended if done.get(pair[0].feed_id) != pair[0].token]
    held = _written(tx, rest) | done
    return [held.get(claim.feed_id) == claim.token for claim, _ in ended]


def is_quiet(claim: Claim, result: PollResult) -> bool:
    """Tell whether a poll changed nothing but when and how the feed was last asked: nine in ten do not."""
    told = (result.title, result.marks, result.host_until)
    same = all(getattr(result, each) in (None, getattr(claim, each)) for each in ("etag", "last_modified", "body_hash"))
    before = replace(claim.state, **{name: getattr(result.state, name) for name in _PASSING})
    return same and told == (None, None, None) and result.next_poll_at is not None and before == result.state


def _passed_on(tx: Tx, polls: Sequence[Ended]) -> bool:
    """Store how many quiet polls ended in one statement for all, a third of the cost of each by itself.

    False, with nothing stored: a lease was lost among them or a feed was configured anew, so each is looked at.
    """
    rows = [_passing(claim, result) for claim, result in polls]
    if not rows:
        return True
    with tx.savepoint() as point:
        if _passed(tx, rows) == len(rows):
            return True
        point.rollback()
    return False


def _passed(tx: Tx, rows: Sequence[dict[str, Any]]) -> int:
    """Write what quiet polls passed on where their leases hold; return how many that was."""
    if tx.conn.dialect.name == "sqlite":
        return int(tx.conn.execute(_quiet(), rows).rowcount)
    # One array a column: a statement for every row costs both sides a multiple of it.
    arrays = {f"all_{name}": [row[name] for row in rows] for name in rows[0]}
    return int(tx.conn.execute(_quiet_together(), arrays).rowcount)


@cache
def _quiet() -> sa.Update:
    return _passing_on({name: sa.bindparam(name) for name in (*_OF, *_NEW)})


@cache
def _quiet_together() -> sa.Update:
    kinds = {name: column.type for name, column in (_OF | _NEW).items()}
    arrays = (sa.bindparam(f"all_{name}", type_=sa.ARRAY(kind)) for name, kind in kinds.items())
    told = sa.func.unnest(*arrays).table_valued(*(sa.column(name, kind) for name, kind in kinds.items()))
    return _passing_on(dict(told.render_derived().c.items()))


def _passing_on(told: Mapping[str, Any]) -> sa.Update:
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


def _written(tx: Tx, polls: Sequence[Ended]) -> dict[str, int]:
    """Write how polls ended that still hold their leases; return the leases, by feed."""
    rows = _locked(tx, sorted({claim.feed_id for claim, _ in polls}))
    mine = [pair for pair in polls if (row := rows.get(pair[0].feed_id)) and row.lease_token == pair[0].token]
    tx.many(_written_down(), [_row(claim, result) for claim, result in mine])
    for claim, result in mine:
        _follow_up(tx, claim, result, rows[claim.feed_id])
    changes = [_change(tx, claim, result) for claim, result in mine if result.state.health != claim.state.health]
    tx.many(sa.insert(feed_changes), changes)
    return {claim.feed_id: claim.token for claim, _ in mine}


def _locked(tx: Tx, ids: Iterable[str]) -> dict[str, sa.Row[Any]]:
    found: dict[str, sa.Row[Any]] = {}
    for some in batches(ids):
        found |= {row.id: row for row in tx.conn.execute(_leases(), {"some": some})}
    return found


@cache
def _leases() -> sa.Select[tuple[Any, ...]]:
    named = feeds.c.id.in_(sa.bindparam("some", expanding=True))
    # In order, so that two daemons never wait for one another.
    return sa.select(*_OF.values()).where(named).order_by(feeds.c.id).with_for_update()


@cache
def _written_down() -> sa.Update:
    told = {name: sa.bindparam(f"new_{name}", type_=feeds.c[name].type) for name in (*_STATE, *_KEPT)}
    kept = {name: sa.func.coalesce(told[name], feeds.c[name]) for name in _KEPT}
    due: dict[str, sa.BindParameter[Any]] = {
        name: sa.bindparam(f"new_{name}") for name in ("host", "next_poll_at", "next_poll_reason")
    }
    return sa.update(feeds).where(feeds.c.id == sa.bindparam("of_id")).values(told | kept | due)


def _row(claim: Claim, result: PollResult) -> dict[str, Any]:
    state = result.state
    title = None if result.title is None else result.title[:TITLE_LENGTH]
    return {
        "of_id": claim.feed_id,
        **{f"new_{name}": getattr(state, name) for name in _STATE},
        **{f"new_{name}": getattr(result, name) for name in DOCUMENT},
        "new_error": state.error[:ERROR_LENGTH],
        "new_own_title": title,
        "new_host": host_of(state.moved_to if state.followed else claim.feed.url),
        "new_next_poll_at": result.next_poll_at,
        "new_next_poll_reason": result.reason,
    }


def _follow_up(tx: Tx, claim: Claim, result: PollResult, row: sa.Row[Any]) -> None:
    """Do what few polls ask for: stop the feed, leave its host alone, or heed an interval that was changed meanwhile."""
    state = result.state
    if result.next_poll_at is None:
        stopped = {"stopped": state.health, "stopped_at": tx.now, "stopped_why": state.health_why}
        tx.run(sa.update(feeds).where(feeds.c.id == claim.feed_id).values(**stopped))
    if result.host_until is not None:
        gates.put(tx, gates.host(result.host or claim.host), result.host_until, result.reason)
    elif result.next_poll_at and (row.every, row.max_every) != (claim.feed.every, claim.feed.max_every):
        at = tx.now + (row.max_every if state.failures else row.every)
        if at < result.next_poll_at:
            hurried = {"next_poll_at": at, "next_poll_reason": "to be asked more often now"}
            tx.run(sa.update(feeds).where(feeds.c.id == claim.feed_id).values(**hurried))


def _change(tx: Tx, claim: Claim, result: PollResult) -> dict[str, Any]:
    state = result.state
    return {"feed_id": claim.feed_id, "at": tx.now, "health": state.health, "why": state.health_why}
