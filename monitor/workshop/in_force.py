"""The version of a rule that the daemon works with, to compare an edited one with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from monitor.app.rules import files_in_force
from monitor.core.query import QueryError, parse
from monitor.core.rules import Rule
from monitor.errors import RulesError
from monitor.rulebook import Known, load
from monitor.store.rule_versions import RuleVersion

Stored: TypeAlias = Callable[[str], RuleVersion | None]
"""Gives the newest version of a rule that the database knows, by the rule's id."""


@dataclass(frozen=True, slots=True)
class InForce:
    """What the daemon has of a rule; `rule` is None where it has none. `told` says what that is in words."""

    rule: Rule | None
    told: str


def in_force(rule: Rule, kept: Path, known: Known, stored: Stored) -> InForce:
    """Find the version in force of a rule: in the copies of rule files in `kept`, else by its id among the `stored` versions."""
    try:
        files = files_in_force(kept)
        if files:
            found = next((each for each in load(files, known).rules if each.id == rule.id), None)
            return InForce(found, _told(rule, found))
    except RulesError:
        # The configuration has changed since: the copies name what it does not have any more.
        pass
    return _stored(rule, stored(rule.id))


def _told(rule: Rule, found: Rule | None) -> str:
    if found is None:
        return "nothing to compare with: the rule is not in force yet"
    return f"compared with the version in force{', which is the same' if found.version == rule.version else ''}"


def _stored(rule: Rule, version: RuleVersion | None) -> InForce:
    if version is None:
        return InForce(None, "nothing to compare with: no daemon has worked with the rule yet")
    try:
        before = replace(rule, query=parse(version.query), version=version.version)
    except QueryError:
        return InForce(None, "nothing to compare with: the version in force cannot be read any more")
    told = f"compared with the version in the database of {version.first_seen_at:%Y-%m-%d}, with the languages and sources of today"
    return InForce(before, told)
