"""Rule files: the whole of `presswatch check`, and how fast very many rules are read, against PyYAML reading the same text."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from bench.support.figures import Figure
from bench.support.press import rules
from monitor.core.query import Node, Not, Term
from monitor.core.query.nodes import parts
from monitor.core.rules import Rule

CHECKED, FILES = 1_000, 4
AT_MOST = 1.0
"""Seconds for the whole command, with four examples a rule."""
MANY, MANY_FILES = 100_000, 100
ROUNDS = 3


def measure() -> Iterator[Figure]:
    """Yield the seconds of a check, and the rate and memory at 100,000 rules."""
    with tempfile.TemporaryDirectory() as folder:
        some = written(Path(folder) / "some", rules(CHECKED), FILES, examples=True)
        took = min(_check(some) for _ in range(ROUNDS))
        what = f"check of {CHECKED:,} rules with {4 * CHECKED:,} examples, the whole command"
        yield Figure(
            what, took, "s", ("at most", AT_MOST), "yaml.load alone", min(_parsed(some) for _ in range(ROUNDS))
        )
        many = written(Path(folder) / "many", rules(MANY), MANY_FILES)
        seconds, megabytes = _loaded(many)
        yield Figure(f"{MANY:,} rules read", MANY / seconds, "rules/s", None, "yaml.load alone", MANY / _parsed(many))
        yield Figure(f"memory for {MANY:,} rules", megabytes, "MB")


def written(folder: Path, some: Sequence[Rule], files: int, *, examples: bool = False) -> Path:
    """Write rules into so many files, and a configuration beside them."""
    (folder / "rules").mkdir(parents=True)
    (folder / "config.toml").touch()
    size = len(some) // files
    for number in range(files):
        text = "rules:\n" + "".join(_rule(each, examples=examples) for each in some[number * size :][:size])
        (folder / f"rules/{number}.yaml").write_text(text)
    return folder


def _rule(rule: Rule, *, examples: bool) -> str:
    text = f"  - id: {rule.id}\n    title: Number {rule.id}\n    match: '{rule.query}'\n"
    if not examples:
        return text
    headline = " ".join(_sought(rule.query))
    return (
        f"{text}    examples:\n      match:\n        - {headline}\n        - {{title: {headline}, body: And so it was.}}\n"
        "      no_match:\n        - Nothing of the kind\n        - {title: Rain, summary: Until Thursday.}\n"
    )


def _sought(query: Node) -> Iterator[str]:
    """Yield words that make a query true in this order."""
    if isinstance(query, Term):
        yield from (word.text for word in query.words)
    elif not isinstance(query, Not):
        for part in parts(query):
            yield from _sought(part)


def _check(folder: Path) -> float:
    """Return the seconds of one core that the command takes, its start included."""
    started = _spent()
    subprocess.run(
        [sys.executable, "-m", "monitor", "-c", folder / "config.toml", "check"], check=True, capture_output=True
    )
    return _spent() - started


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _parsed(folder: Path) -> float:
    started = time.process_time()
    for file in folder.glob("rules/*.yaml"):
        yaml.load(file.read_bytes(), yaml.CSafeLoader)
    return time.process_time() - started


_LOAD = """
import json, resource, sys, time
from pathlib import Path
from monitor.rulebook import Known, load
files = sorted(Path(sys.argv[1]).glob("rules/*.yaml"))
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
book = load(files, Known(digests={"instant"}))
took, after = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([took, (after - before) / 1000]))
"""


def _loaded(folder: Path) -> tuple[float, float]:
    """Return seconds of one core, and megabytes, that it takes to load the rules in a process of their own."""
    done = subprocess.run([sys.executable, "-c", _LOAD, folder], check=True, capture_output=True, text=True)
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes
