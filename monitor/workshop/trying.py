"""A rule tried on the archive or on a file: the readings that a trial takes, one after another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TypeAlias
from zoneinfo import ZoneInfo

from monitor.app import assembly
from monitor.config import Config
from monitor.core.digest import DigestSpec
from monitor.core.match.narrowing import Formula, narrow
from monitor.core.query import Or
from monitor.core.rules import Rule
from monitor.store import Store, rule_versions
from monitor.workshop.archived import Stretch, from_archive, stretch
from monitor.workshop.backtest import Findings, Trial
from monitor.workshop.in_force import InForce, Stored, in_force
from monitor.workshop.lines import BadLine
from monitor.workshop.past import Past

Shown: TypeAlias = Callable[[Iterable[Past], int], Iterable[Past]]
"""Passes articles on and shows how far of about so many it has come."""

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be tried. `since` is how far back, None where it was not said; `samples` how many articles are kept to be shown."""

    rule: Rule
    since: timedelta | None
    compare: bool
    samples: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What was found. `against` is what it was compared with, `stretch` what the archive had; None where there was neither."""

    found: Findings
    against: InForce | None
    stretch: Stretch | None = None
    bad_lines: int = 0


def on_archive(config: Config, wanted: Wanted, shown: Shown) -> Tried:
    """Try a rule on the archive of a configuration. Raises StoreError."""
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store:
        with store.reading() as tx:
            against = _against(config, wanted, lambda id: rule_versions.newest(tx, id))
            formula = _formula(wanted.rule, against)
            there = stretch(tx, formula, wanted.since or MONTH, config.retention().articles)
        trial = _trial(config, wanted, against)
        for past in shown(from_archive(store.reading, formula, there), there.candidates):
            trial.look(past)
            if trial.runs_away:
                break
    return Tried(trial.findings(there.articles, there.since, there.until, _digests(config)), against, there)


def on_articles(
    config: Config, wanted: Wanted, read: Iterable[Past | BadLine], now: datetime, tell: Callable[[BadLine], None]
) -> Tried:
    """Try a rule on the articles of a file. Those that say no time count only where all times are wanted."""
    against = _against(config, wanted, lambda _: None)
    trial, since, bad_lines = _trial(config, wanted, against), now - wanted.since if wanted.since else None, 0
    for past in takewhile(lambda _: not trial.runs_away, read):
        if isinstance(past, BadLine):
            bad_lines += 1
            tell(past)
        elif since is None or (past.seen_at and since <= past.seen_at <= now):
            trial.look(past)
    return Tried(trial.findings(trial.read, None, None, _digests(config)), against, bad_lines=bad_lines)


def _against(config: Config, wanted: Wanted, stored: Stored) -> InForce | None:
    known = assembly.known(config)
    return in_force(wanted.rule, config.rules_in_force, known, stored) if wanted.compare else None


def _formula(rule: Rule, against: InForce | None) -> Formula:
    """Return what admits every article that either version finds."""
    return narrow(Or((rule.query, against.rule.query)) if against and against.rule else rule.query)


def _trial(config: Config, wanted: Wanted, against: InForce | None) -> Trial:
    zone = ZoneInfo(config.settings.service.timezone)
    return Trial(wanted.rule, against.rule if against else None, zone, wanted.samples)


def _digests(config: Config) -> dict[str, DigestSpec]:
    return {each.id: each for each in config.digests()}
