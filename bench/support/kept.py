"""The figures of an earlier run, kept in a file, so that a change can be held against them.

What has a baseline of its own run is compared by its ratio to that, which holds on any machine; the rest by its value, which holds
on the machine that kept it.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.support.figures import Figure

KEPT = Path(__file__).resolve().parents[1] / "kept.json"

Named = tuple[str, Figure]


def read(file: Path = KEPT) -> dict[str, float]:
    """Return what is kept: a number by benchmark and figure; nothing where no run was kept."""
    if not file.exists():
        return {}
    found: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    return found


def keep(figures: Iterable[Named], file: Path = KEPT) -> None:
    """Keep the figures in the place of those of the same name."""
    fresh = {_name(benchmark, figure): _number(figure) for benchmark, figure in figures}
    text = json.dumps({**read(file), **fresh}, ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(f"{text}\n", encoding="utf-8")


def change(benchmark: str, figure: Figure, kept: Mapping[str, float]) -> float | None:
    """Return how many times what was kept a figure is; None where it was not kept."""
    before = kept.get(_name(benchmark, figure))
    return _number(figure) / before if before else None


def _name(benchmark: str, figure: Figure) -> str:
    return f"{benchmark}: {figure.what}"


def _number(figure: Figure) -> float:
    return float(f"{figure.value if figure.ratio is None else figure.ratio:.4g}")
