"""Trying a rule on months of news: a rare, an ordinary and a common one, against reading everything through the matcher."""

import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from bench.support.figures import Figure, Goal
from bench.support.press import broad_query, notices
from bench.support.stock import fill, term
from monitor.config import Config, load
from monitor.core.match import Matcher
from monitor.core.match.narrowing import EVERYTHING
from monitor.core.query import parse
from monitor.core.rules import Rule
from monitor.store import Store
from monitor.workshop.archived import from_archive, stretch
from monitor.workshop.past import Past
from monitor.workshop.trying import Wanted, on_archive

ARTICLES = 600_000
DIFFERENT = 20_000
"""Made-up articles; the archive holds each of them many times over."""
MONTHS = timedelta(days=90)
SHARES = {"a rare": 0.0005, "an ordinary": 0.01}
"""Which share of all articles the rule finds."""
GOALS: dict[str, Goal] = {"an ordinary": ("at most", 10)}
SAMPLED = 10_000
"""Articles that are read without the index, to tell how long it would take for all."""


def measure() -> Iterator[Figure]:
    """Fill an archive and yield the seconds that each rule takes, forecast included."""
    documents = notices(DIFFERENT)
    with tempfile.TemporaryDirectory() as folder:
        config = _configured(Path(folder))
        fill(Path(folder) / "presswatch.db", documents, ARTICLES, MONTHS)
        queries = {kind: term(documents, share) for kind, share in SHARES.items()}
        for kind, query in {**queries, "a common": broad_query()}.items():
            rule = Rule("tried", parse(query), deliver=("instant", "morning"))
            took, matches = _tried(config, rule)
            everything = _read(config, rule) * ARTICLES / SAMPLED
            what = f"{kind} rule ({matches:,} hits) on {ARTICLES:,} articles"
            yield Figure(what, took, "s", GOALS.get(kind), "everything read (extrapolated)", everything)


def _configured(folder: Path) -> Config:
    path = folder / "config.toml"
    path.write_text(
        f'[database]\nurl = "sqlite:///{folder}/presswatch.db"\n[digests.instant]\n[digests.morning]\nat = "07:00"\n'
    )
    return load(path, {})


def _tried(config: Config, rule: Rule) -> tuple[float, int]:
    started = time.perf_counter()
    tried = on_archive(config, Wanted(rule, MONTHS + timedelta(hours=1), compare=False, samples=5), _unseen)
    return time.perf_counter() - started, tried.found.matches


def _unseen(read: Iterable[Past], _total: int) -> Iterable[Past]:
    return read


def _read(config: Config, rule: Rule) -> float:
    """Return the seconds that it takes to match some articles without asking the index."""
    matcher = Matcher([rule])
    store = Store(config.database_url)
    store.open(exclusive=False)
    with store:
        with store.reading() as tx:
            there = stretch(tx, EVERYTHING, MONTHS, MONTHS)
        started = time.perf_counter()
        for past in islice(from_archive(store.reading, EVERYTHING, there), SAMPLED):
            matcher.match(past.document)
        return time.perf_counter() - started
