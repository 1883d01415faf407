"""From a fact to bins: a decision tree on that fact alone finds the cuts, which go one way where risk should."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.tree import DecisionTreeClassifier

MOST_BINS = 8
SMOOTHING = 5
"""Rows of the average outcome that each bin is given, so that a small one says little."""


@dataclass(frozen=True)
class Cut:
    """How a fact is cut: `ends` of ranges of numbers, or groups of texts from the safest on. Codes of bins are places in them; the other
    texts come after the groups, and what is not known comes last."""

    name: str
    ends: tuple[Decimal, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()

    @property
    def missing(self) -> int:
        return len(self.groups) + 1 if self.groups else len(self.ends) + 1

    def codes(self, facts: Sequence[Any]) -> Any:
        if self.groups:
            places = {text: place for place, group in enumerate(self.groups) for text in group}
            return np.array([self.missing if one is None else places.get(one, len(self.groups)) for one in facts])
        values = numbers(facts)
        found = np.searchsorted(np.array([float(end) for end in self.ends]), values, side="right")
        return np.where(np.isnan(values), self.missing, found)


def numbers(facts: Sequence[Any]) -> Any:
    return np.array([np.nan if one is None else float(one) for one in facts])


def cut(name: str, facts: Sequence[Any], bad: Any, *, least_share: float, one_way: bool) -> Cut:
    """No bin has less than `least_share` of the rows. `one_way`: risk rises or falls over all the bins of a number."""
    if any(isinstance(one, str) for one in facts):
        return Cut(name, groups=grouped(facts, bad, least_share))
    values = numbers(facts)
    there = ~np.isnan(values)
    way = int(np.sign(np.corrcoef(ranks(values[there]), bad[there])[0, 1])) if one_way else 0
    found = thresholds(values[there], bad[there], least_share, way)
    return Cut(name, ends=tuple(sorted({readable(one, whole=bool(np.all(values[there] % 1 == 0))) for one in found})))


def ranks(values: Any) -> Any:
    """Equal values have equal ranks."""
    return np.unique(values, return_inverse=True)[1]


def thresholds(values: Any, bad: Any, least_share: float, way: int) -> list[float]:
    tree = DecisionTreeClassifier(
        criterion="entropy", max_leaf_nodes=MOST_BINS, min_samples_leaf=least_share, monotonic_cst=[way], random_state=0
    )
    tree.fit(values[:, None], bad)
    return sorted(tree.tree_.threshold[tree.tree_.feature >= 0])


def readable(threshold: float, *, whole: bool) -> Decimal:
    """Where a bin begins: the next whole number, or three significant digits."""
    if whole:
        return Decimal(int(np.ceil(threshold)))
    return Decimal(format(Decimal(f"{threshold:.3g}"), "f"))


def grouped(facts: Sequence[Any], bad: Any, least_share: float) -> tuple[tuple[str, ...], ...]:
    """Texts in the order of their risk, cut like a number."""
    words = np.array([str(one) for one in facts])
    average = bad.mean()
    risk = {text: (bad[words == text].sum() + SMOOTHING * average) / ((words == text).sum() + SMOOTHING) for text in set(words)}
    order = sorted(risk, key=lambda text: (risk[text], text))
    places = {text: float(place) for place, text in enumerate(order)}
    ends = thresholds(np.array([places[text] for text in words]), bad, least_share, 0)
    begins = [0, *(int(np.ceil(end)) for end in ends), len(order)]
    return tuple(tuple(order[low:high]) for low, high in pairwise(begins))


def evidence(codes: Any, bad: Any, bins: int) -> Any:
    """The weight of evidence of each bin for bad: ln((bad in it / all bad) / (good in it / all good)), smoothed; 0 where nobody was."""
    average = bad.mean()
    turned = np.bincount(codes, weights=bad, minlength=bins)
    everybody = np.bincount(codes, minlength=bins)
    bads, goods = turned + SMOOTHING * average, everybody - turned + SMOOTHING * (1 - average)
    return np.where(everybody == 0, 0.0, np.log((bads / bad.sum()) / (goods / (len(bad) - bad.sum()))))


def information(codes: Any, bad: Any, bins: int) -> float:
    """The information value: how much a characteristic says by itself."""
    turned = np.bincount(codes, weights=bad, minlength=bins) / bad.sum()
    good = np.bincount(codes, weights=1 - bad, minlength=bins) / (1 - bad).sum()
    return float(((turned - good) * evidence(codes, bad, bins)).sum())
