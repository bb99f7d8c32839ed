"""`python -m bench [NAME …]`: run the benchmarks (all, or those named) and print one table; 1 when a goal is missed.

The last column holds each figure against the run that was kept last: `--keep` keeps this one, in bench/kept.json.
"""

import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict

from rich.console import Console

import bench
from bench.support import kept
from bench.support.figures import Figure, show

Measure = Callable[[], Iterable[Figure]]


def main(arguments: Sequence[str]) -> int:
    """Run what `arguments` name; `--json` prints the figures as JSON lines instead of a table, `--keep` keeps them."""
    names = [argument for argument in arguments if not argument.startswith("-")]
    chosen = benchmarks()
    if strange := [each for each in arguments if each.startswith("-") and each not in ("--json", "--keep")]:
        print(f"{__doc__}\nThere are: {', '.join(chosen)}")
        return 0 if strange in (["--help"], ["-h"]) else 2
    if unknown := [name for name in names if name not in chosen]:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(chosen)}", file=sys.stderr)
        return 2
    before = kept.read()
    figures = list(run({name: chosen[name] for name in names or chosen}))
    if "--json" in arguments:
        for name, figure in figures:
            print(json.dumps({"benchmark": name, **asdict(figure), "ratio": figure.ratio, "met": figure.met}))
    else:
        told = [(name, figure, kept.change(name, figure, before)) for name, figure in figures]
        show(told, Console(width=None if sys.stdout.isatty() else 160))
    if "--keep" in arguments:
        kept.keep(figures)
    return 0 if all(figure.met for _, figure in figures) else 1


def benchmarks() -> dict[str, Measure]:
    """Return what each module of this package measures, by its name."""
    found = {}
    for module in pkgutil.iter_modules(bench.__path__):
        if not module.ispkg and module.name != "__main__":
            found[module.name] = importlib.import_module(f"bench.{module.name}").measure
    return found


def run(chosen: dict[str, Measure]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures of each benchmark, one after the other."""
    for name, measure in chosen.items():
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        for figure in measure():
            yield name, figure


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
