"""The partitions of `articles` on PostgreSQL, one for each month of first sight. SQLite has none.

They are made months ahead, and what lies outside them all, as after a clock that jumped, goes to one more, so no article is ever
refused. When a month's own partition is made, it takes over what lies there.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

from monitor.store.schema import articles
from monitor.store.tx import Tx

AHEAD = 3
"""Months for which there are partitions before they begin."""

REST = "articles_rest"
_OURS = sa.text(
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
    "WHERE i.inhparent = 'articles'::regclass AND c.relname LIKE 'articles\\_2%' ORDER BY 1"
)


def months(tx: Tx) -> list[str]:
    """Return the names of the months' partitions, the oldest first; none on SQLite."""
    return list(tx.conn.execute(_OURS).scalars()) if tx.conn.dialect.name == "postgresql" else []


def make(tx: Tx) -> int:
    """Make the partitions of this month and the next ones where they are missing; return how many were made."""
    if tx.conn.dialect.name != "postgresql" or not _missing(tx):
        return 0
    # In the order in which a poll takes them when it is stored, or the two would wait for each other. Of two daemons that come to
    # this at once the second finds nothing missing any more.
    tx.conn.exec_driver_sql("LOCK TABLE feeds, stories IN SHARE ROW EXCLUSIVE MODE")
    tx.conn.exec_driver_sql(f"LOCK TABLE {REST} IN ACCESS EXCLUSIVE MODE")
    missing = _missing(tx)
    for start in missing:
        _make(tx, start)
    return len(missing)


def drop_empty(tx: Tx) -> int:
    """Drop the partitions of months before the last one that hold nothing any more; return how many.

    Raises what `Store` makes StoreUnavailable of where others keep the tables for too long: another time will do.
    """
    last = _name(_month(tx.now, -1))
    if not any(_empty(tx, name) for name in months(tx) if name < last):
        return 0
    tx.conn.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
    tx.conn.exec_driver_sql("LOCK TABLE feeds, stories, articles IN ACCESS EXCLUSIVE MODE")
    empty = [name for name in months(tx) if name < last and _empty(tx, name)]
    for name in empty:
        tx.conn.exec_driver_sql(f"DROP TABLE {name}")
    return len(empty)


def _missing(tx: Tx) -> list[datetime]:
    made = months(tx)
    return [start for start in (_month(tx.now, number) for number in range(AHEAD + 1)) if _name(start) not in made]


def _make(tx: Tx, start: datetime) -> None:
    name, end = _name(start), _month(start, 1)
    tx.conn.exec_driver_sql(f"CREATE TABLE {name} (LIKE articles INCLUDING DEFAULTS)")
    rest, partition = _like_articles(REST), _like_articles(name)
    moved = sa.delete(rest).where(rest.c.seen_at >= start, rest.c.seen_at < end).returning(*rest.c).cte("moved")
    tx.conn.execute(sa.insert(partition).from_select([each.name for each in rest.c], sa.select(*moved.c)))
    within = f"FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
    tx.conn.exec_driver_sql(f"ALTER TABLE articles ATTACH PARTITION {name} FOR VALUES {within}")


def _like_articles(name: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(each.name, each.type) for each in articles.c))


def _empty(tx: Tx, name: str) -> bool:
    return not tx.conn.execute(sa.select(sa.exists().select_from(sa.table(name)))).scalar_one()


def _month(moment: datetime, later: int) -> datetime:
    """Return the beginning (UTC) of the month so many after that of `moment`."""
    count = moment.year * 12 + moment.month - 1 + later
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)


def _name(start: datetime) -> str:
    return f"articles_{start:%Y_%m}"
