"""What is measured, and on whom: everything said of a table's quality is measured on rows that its fold's table was not made from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from credit.scoring import measures
from credit.scoring.scorecard import Scorecard, probability
from tools.scorecards.samples import FOLDS, SEED, Sample

PLACES = 6


@dataclass(frozen=True)
class Goal:
    auc: float
    ks: float
    psi: float | None = measures.STEADY


def figure(value: Fraction | float) -> float:
    return round(float(value), PLACES)


def part(values: Sequence[int], fold_of: Sequence[int], fold: int, *, inside: bool) -> list[int]:
    return [value for value, its in zip(values, fold_of, strict=True) if (its == fold) == inside]


def shift(expected: Sequence[int], actual: Sequence[int]) -> dict[str, float]:
    """The stability index of one table's scores between the rows it was made from and those of its fold, over tenths of the first; and
    over fifths, for folds of few rows."""
    found = {}
    for name, bands in (("psi", 10), ("psi_of_fifths", 5)):
        begins = measures.edges(expected, bands)
        found[name] = figure(measures.psi(measures.in_bands(expected, begins), measures.in_bands(actual, begins)))
    return found


def out_of_fold(
    card: Scorecard, points: Sequence[int], bad: Sequence[int], fold_of: Sequence[int], shifts: Sequence[dict[str, float]]
) -> dict[str, Any]:
    """`points`: each row's by the table of its fold, which never saw it. `shifts`: see `shift`, one a fold."""
    said = {one: float(probability(card, one)) for one in set(points)}
    each = []
    for fold in range(max(fold_of) + 1):
        mine, turned = part(points, fold_of, fold, inside=True), part(bad, fold_of, fold, inside=True)
        each.append(
            {
                "rows": len(mine),
                "auc": figure(measures.auc(mine, turned)),
                "ks": figure(measures.ks(mine, turned)),
                **shifts[fold],
            }
        )
    return {
        "auc": figure(measures.auc(points, bad)),
        "ks": figure(measures.ks(points, bad)),
        "psi_of_folds": max(one["psi"] for one in each),
        "psi_of_fifths": max(one["psi_of_fifths"] for one in each),
        "folds": each,
        "expected_bad": figure(sum(said[one] for one in points)),
        "bad": sum(bad),
        "calibration": [{**vars(band), "expected_bad": figure(band.expected_bad)} for band in measures.calibration(points, bad, said)],
    }


def in_sample(points: Sequence[int], bad: Sequence[int]) -> dict[str, float]:
    return {"auc": figure(measures.auc(points, bad)), "ks": figure(measures.ks(points, bad))}


def repeated(seeds: int, again: Callable[[int], tuple[list[int], Sequence[int]]]) -> dict[str, Any]:
    """AUC and KS out of fold with other foldings: how far one of them is luck."""
    found = [in_sample(*again(SEED + more)) for more in range(1, seeds + 1)]
    return {
        "foldings": seeds,
        **{f"{name}_{end.__name__}": end(one[name] for one in found) for name in ("auc", "ks") for end in (min, max)},
    }


def method(sample: Sample, settings: Any, versions: dict[str, str]) -> dict[str, Any]:
    return {
        "rows": len(sample.rows),
        "bad": sum(sample.bad),
        "folds": FOLDS,
        "seed": SEED,
        "least_share_of_a_bin": settings.least_share,
        "strength": settings.strength,
        "versions": versions,
    }
