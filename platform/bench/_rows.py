"""A benchmark's rows: figure, baseline, ratio, goal, met or not; for people as a table, for machines as JSON."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal

Goal = tuple[Literal[">=", "<="], float]


@dataclass(frozen=True)
class Row:
    """One measurement. `ratio` is figure / baseline where there is a baseline; the goal is set for `aim`."""

    name: str
    figure: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    goal: Goal | None = None
    aim: Literal["ratio", "figure"] = "ratio"

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        value = self.ratio if self.aim == "ratio" else self.figure
        sign, bound = self.goal
        return value is not None and (value >= bound if sign == ">=" else value <= bound)


def against(name: str, figures: Sequence[float], unit: str, baselines: Sequence[float], goal: Goal | None = None) -> Row:
    """A row of rounds: the medians, and the median of the ratios within each round, which what else runs here moves least."""
    ratio = median(figure / baseline for figure, baseline in zip(figures, baselines, strict=True))
    return Row(name, median(figures), unit, median(baselines), ratio, goal)


def plain(name: str, figure: float, unit: str, bound: float | None = None) -> Row:
    """A row that stands for itself; `bound` is the most it may be."""
    return Row(name, figure, unit, goal=("<=", bound) if bound is not None else None, aim="figure")


def show(rows: Sequence[Row], *, as_json: bool) -> None:
    """Print the rows, with the machine's load: another program's work shows in every figure, less in ratios."""
    if as_json:
        told = [asdict(row) | {"met": row.met} for row in rows]
        sys.stdout.write(json.dumps({"load": os.getloadavg()[0], "cores": os.cpu_count(), "rows": told}) + "\n")
        return
    sys.stdout.write(f"{'':<60} {'figure':>8} {'':<10} {'baseline':>8} {'ratio':>6}  goal\n")
    sys.stdout.writelines(line(row) for row in rows)
    sys.stdout.write(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")


def line(row: Row) -> str:
    baseline = number(row.baseline) if row.baseline is not None else ""
    ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
    return f"{row.name:<60} {number(row.figure):>8} {row.unit:<10} {baseline:>8} {ratio:>6}  {verdict(row)}\n"


def verdict(row: Row) -> str:
    if row.goal is None:
        return ""
    sign, bound = row.goal
    unit = f" {row.unit}" if row.aim == "figure" else ""
    return f"{sign} {bound:g}{unit}: {'met' if row.met else 'MISSED'}"


def number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"
