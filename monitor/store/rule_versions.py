"""Rule versions: what a rule said when it matched, kept for as long as there are matches to explain."""

from collections.abc import Iterable

from monitor.core.rules import Rule
from monitor.store.schema import rule_versions
from monitor.store.tx import Tx


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
            "first_seen_at": tx.now,
        }
        for rule in rules
    ]
    statement = tx.insert(rule_versions)
    newer = {"title": statement.excluded.title}
    other = rule_versions.c.title != statement.excluded.title
    tx.many(statement.on_conflict_do_update(index_elements=["rule_id", "version"], set_=newer, where=other), rows)
