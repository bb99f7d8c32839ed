"""A measured figure, what it is held against, and the table of all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.table import Table

Goal = tuple[Literal["at least", "at most"], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    `goal` bounds it ("at least" or "at most", in the same unit); `baseline` is the same thing measured in the same run on
    the stack that `against` names, so that the ratio holds on any machine.
    """

    what: str
    value: float
    unit: str
    goal: Goal | None = None
    against: str = ""
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the baseline the value is; None without a baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def met(self) -> bool:
        """Whether the goal is reached; true where there is none."""
        if self.goal is None:
            return True
        bound, wanted = self.goal
        return self.value >= wanted if bound == "at least" else self.value <= wanted


def show(figures: Iterable[tuple[str, Figure, float | None]], console: Console) -> None:
    """Print one table of benchmarks, their figures, and how many times what was kept of an earlier run each is."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("benchmark", "figure", "value", "goal", "baseline", "ratio", "", "kept"):
        table.add_column(heading, justify="right" if heading in ("value", "ratio", "kept") else "left", overflow="fold")
    for benchmark, figure, change in figures:
        table.add_row(benchmark, *_cells(figure), "" if change is None else f"{change:.2f} x")
    console.print(table)


def _cells(figure: Figure) -> tuple[str, ...]:
    goal = "" if figure.goal is None else f"{figure.goal[0]} {number(figure.goal[1])}"
    baseline = "" if figure.baseline is None else f"{number(figure.baseline)}  {figure.against}"
    ratio = "" if figure.ratio is None else f"{number(figure.ratio)} x"
    verdict = "" if figure.goal is None else ("met" if figure.met else "MISSED")
    return figure.what, f"{number(figure.value)} {figure.unit}".strip(), goal, baseline, ratio, verdict


def number(value: float) -> str:
    """Write a number with three significant digits, thousands parted by commas."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
