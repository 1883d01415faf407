"""`python -m tools.scorecards [german] [give_me_some_credit] [--into FOLDER]` (with PYTHONPATH=platform): train the points tables on the
real data of the development packages, measure them out of fold, and write tables, reports, charts and docs/scorecards.md.

Needs requirements-scorecards.txt; what it writes is all that a run needs.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import sklearn

from credit.scoring.scorecard import Scorecard, total
from credit.scoring.table import dump, load
from tools.scorecards import report, samples
from tools.scorecards.charts import sheet
from tools.scorecards.page import page
from tools.scorecards.report import Goal
from tools.scorecards.samples import Sample, folds
from tools.scorecards.training import Settings, Trained, train
from tools.scorecards.words import GERMAN, SOME_CREDIT

ROOT = Path(__file__).resolve().parents[3]
TABLES, REPORTS, PAGE = "credit/scoring/tables", "docs/scorecards", "docs/scorecards.md"
VERSIONS = {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__}


@dataclass(frozen=True)
class Task:
    sample: Callable[[], Sample]
    settings: Settings
    goal: Goal
    foldings: int


@dataclass(frozen=True)
class HeldOut:
    """Each row's points by a table made from the other folds alone (cuts, evidence, weights, rounding); these tables; and how far the
    scores of each shift from the rows it was made from to its own fold."""

    points: list[int]
    cards: list[Scorecard]
    shifts: list[dict[str, float]]


TASKS = {
    "german": Task(samples.german, Settings("german", 1, GERMAN), Goal(0.765, 0.42, None), foldings=10),
    "give_me_some_credit": Task(
        samples.give_me_some_credit,
        Settings("give_me_some_credit", 1, SOME_CREDIT, free=frozenset({"property_loans"}), least_share=0.005),
        Goal(0.855, 0.54),
        foldings=0,
    ),
}


def main(words: list[str]) -> int:
    asked = argparse.ArgumentParser(description="Train and measure the points tables.")
    asked.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(TASKS)}; all when none is named")
    asked.add_argument("--into", type=Path, default=ROOT, help="write there instead of into the repository")
    chosen = asked.parse_args(words)
    if set(chosen.names) - set(TASKS):
        asked.error(f"no table of that name; there are: {', '.join(TASKS)}")
    reached = [make(name, TASKS[name], chosen.into) for name in chosen.names or TASKS]
    reports = {name: read(chosen.into / REPORTS / f"{name}.json") for name in TASKS if (chosen.into / REPORTS / f"{name}.json").exists()}
    tables = {name: load(read(chosen.into / TABLES / f"{name}.json")) for name in reports}
    (chosen.into / PAGE).write_text(page(reports, tables))
    return 0 if all(reached) else 1


def make(name: str, task: Task, into: Path) -> bool:
    """Whether the goals are reached."""
    sample = task.sample()
    whole = train(sample, task.settings)
    prove(whole, sample)
    fold_of = folds(sample.bad)
    held = held_out(sample, task.settings, fold_of)
    found: dict[str, Any] = {
        "name": name,
        "method": report.method(sample, task.settings, VERSIONS),
        "out_of_fold": report.out_of_fold(whole.card, held.points, sample.bad, fold_of, held.shifts),
        "in_sample": report.in_sample(whole.points(sample).tolist(), sample.bad),
        "goal": vars(task.goal),
        "weights": {each: report.figure(weight) for each, weight in whole.weights.items()},
        "information": {each: report.figure(value) for each, value in whole.information.items()},
        "exact": {each: [report.figure(one) for one in values] for each, values in whole.exact.items()},
    }
    if task.foldings:
        found["other_foldings"] = report.repeated(task.foldings, lambda seed: again(sample, task.settings, seed))
    for folder in (TABLES, REPORTS):
        (into / folder).mkdir(parents=True, exist_ok=True)
    write(into / TABLES / f"{name}.json", dump(whole.card))
    write(into / REPORTS / f"{name}.json", found)
    (into / REPORTS / f"{name}.folds.json").write_text(json.dumps([dump(card) for card in held.cards], ensure_ascii=False) + "\n")
    (into / REPORTS / f"{name}.svg").write_text(sheet(held.points, sample.bad, found["out_of_fold"]))
    got = found["out_of_fold"]
    sys.stdout.write(f"{name}: AUC {got['auc']:.4f}, KS {got['ks']:.4f}, PSI {got['psi_of_folds']:.4f} out of fold\n")
    return got["auc"] >= task.goal.auc and got["ks"] >= task.goal.ks and (task.goal.psi is None or got["psi_of_folds"] < task.goal.psi)


def held_out(sample: Sample, settings: Settings, fold_of: Sequence[int]) -> HeldOut:
    points, cards, shifts = [0] * len(fold_of), [], []
    for fold in range(max(fold_of) + 1):
        others, mine = chosen(sample, fold_of, fold, inside=False), chosen(sample, fold_of, fold, inside=True)
        trained = train(others, settings)
        scored = trained.points(mine).tolist()
        rows = (row for row, its in enumerate(fold_of) if its == fold)
        for row, one in zip(rows, scored, strict=True):
            points[row] = one
        cards.append(trained.card)
        shifts.append(report.shift(trained.points(others).tolist(), scored))
    return HeldOut(points, cards, shifts)


def again(sample: Sample, settings: Settings, seed: int) -> tuple[list[int], Sequence[int]]:
    return held_out(sample, settings, folds(sample.bad, seed=seed)).points, sample.bad


def chosen(sample: Sample, fold_of: Sequence[int], fold: int, *, inside: bool) -> Sample:
    kept = [row for row, its in enumerate(fold_of) if (its == fold) == inside]
    return Sample(tuple(sample.rows[row] for row in kept), tuple(sample.bad[row] for row in kept))


def prove(trained: Trained, sample: Sample) -> None:
    """The table that is written gives every applicant exactly the points of the model's own bins, and no more than half a point a number
    away from what the model says before rounding."""
    card = load(json.loads(json.dumps(dump(trained.card))))
    points = trained.points(sample)
    assert [total(card, row) for row in sample.rows] == points.tolist(), "the table does not score as the model does"
    assert abs(points - trained.exact_points(sample)).max() <= (len(card.characteristics) + 1) / 2


def write(file: Path, found: dict[str, Any]) -> None:
    file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def read(file: Path) -> Any:
    return json.loads(file.read_text())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
