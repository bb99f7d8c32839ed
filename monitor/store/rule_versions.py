"""Rule versions: what a rule said when it matched, kept for as long as there are matches to explain."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.rules import Rule
from monitor.store.schema import rule_versions
from monitor.store.tx import Tx, columns


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A version of a rule as it was put in force. `query` has its lists written out; languages and sources are not kept."""

    rule_id: str
    version: str
    title: str
    query: str
    first_seen_at: datetime


def newest(tx: Tx, rule_id: str) -> RuleVersion | None:
    """Return the version of a rule that came last; None where there never was one."""
    query = sa.select(*columns(rule_versions, RuleVersion)).where(rule_versions.c.rule_id == rule_id)
    found = tx.rows(RuleVersion, query.order_by(rule_versions.c.first_seen_at.desc()).limit(1))
    return found[0] if found else None


def first_seen(tx: Tx, rule_ids: Iterable[str]) -> dict[str, datetime]:
    """Return since when there are some rules, in whatever version."""
    query = sa.select(rule_versions.c.rule_id, sa.func.min(rule_versions.c.first_seen_at))
    query = query.where(rule_versions.c.rule_id.in_(list(rule_ids))).group_by(rule_versions.c.rule_id)
    return {row[0]: row[1] for row in tx.conn.execute(query)}


def record(tx: Tx, rules: Iterable[Rule]) -> None:
    """Store each rule's version where it is new; a title changed without changing the version is taken over.

    Call it before matches of these rules are added.
    """
    rows = [
        {
            "rule_id": rule.id,
            "version": rule.version,
            "title": rule.title,
            "query": str(rule.query),
            "priority": rule.priority,
            "deliver": rule.deliver,
            "gathers": rule.when is not None,
            "first_seen_at": tx.now,
        }
        for rule in rules
    ]
    statement = tx.insert(rule_versions)
    newer = {"title": statement.excluded.title}
    other = rule_versions.c.title != statement.excluded.title
    tx.many(statement.on_conflict_do_update(index_elements=["rule_id", "version"], set_=newer, where=other), rows)
