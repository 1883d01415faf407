"""A points table from applicants with known outcomes: bins, weight of evidence, logistic regression, whole points."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from credit.scoring.facts import Fact
from credit.scoring.scorecard import Characteristic, Scorecard
from tools.scorecards.binning import Cut, cut, evidence, information
from tools.scorecards.samples import Sample
from tools.scorecards.words import Wording, bins_of

PDO, ODDS_AT, SCORE_AT = 40, 20, 600
FACTOR = PDO / math.log(2)


@dataclass(frozen=True)
class Settings:
    """`free`: numbers whose risk may rise and fall."""

    name: str
    version: int
    wording: Mapping[str, Wording]
    free: frozenset[str] = frozenset()
    least_share: float = 0.05
    strength: float = 1.0


@dataclass(frozen=True)
class Trained:
    """`exact`: what the model gives each bin before its points are made whole, with the base under the empty name."""

    card: Scorecard
    exact: Mapping[str, Sequence[float]]
    weights: Mapping[str, float]
    information: Mapping[str, float]
    cuts: Sequence[Cut]

    def points(self, sample: Sample) -> Any:
        """Of all rows at once, by the model's own bins: what `credit.scoring.scorecard.total` has to come to as well."""
        found = np.full(len(sample.rows), self.card.base_points)
        for each, one in zip(self.card.characteristics, self.cuts, strict=True):
            found += np.array([each_bin.points for each_bin in each.bins])[one.codes(column(sample.rows, each.name))]
        return found

    def exact_points(self, sample: Sample) -> Any:
        found = np.full(len(sample.rows), self.exact[""][0])
        for one in self.cuts:
            found += np.array(self.exact[one.name])[one.codes(column(sample.rows, one.name))]
        return found


def column(rows: Sequence[Mapping[str, Fact]], name: str) -> list[Fact]:
    return [row[name] for row in rows]


def train(sample: Sample, settings: Settings) -> Trained:
    """A characteristic whose weight is not above nought (it says the opposite of what it says by itself) is left out, the worst first."""
    bad = np.array(sample.bad)
    names = list(sample.rows[0])
    cuts = {
        name: cut(name, column(sample.rows, name), bad, least_share=settings.least_share, one_way=name not in settings.free)
        for name in names
    }
    codes = {name: cuts[name].codes(column(sample.rows, name)) for name in names}
    weighed = {name: evidence(codes[name], bad, cuts[name].missing + 1) for name in names}
    names = [name for name in names if cuts[name].ends or len(cuts[name].groups) > 1]
    while True:
        model = LogisticRegression(C=settings.strength, max_iter=1_000, tol=1e-9)
        model.fit(np.column_stack([weighed[name][codes[name]] for name in names]), bad)
        weights = dict(zip(names, model.coef_[0], strict=True))
        worst = min(names, key=lambda name: weights[name])
        if weights[worst] > 0:
            break
        names.remove(worst)
    exact = {name: exact_of(weighed[name], weights[name], codes[name]) for name in names}
    exact[""] = [SCORE_AT - FACTOR * (math.log(ODDS_AT) + float(model.intercept_[0]))]
    return Trained(
        card=table(settings, [cuts[name] for name in names], exact),
        exact=exact,
        weights={name: float(weights[name]) for name in names},
        information={name: information(codes[name], bad, cuts[name].missing + 1) for name in names},
        cuts=[cuts[name] for name in names],
    )


def exact_of(weighed: Any, weight: float, codes: Any) -> list[float]:
    """What nobody of the data said (another text, or nothing) has the fewest points: keeping silent never helps."""
    found = -FACTOR * weight * weighed
    seen = np.bincount(codes, minlength=len(found)) > 0
    return [float(one) for one in np.where(seen, found, found[seen].min())]


def table(settings: Settings, cuts: Sequence[Cut], exact: Mapping[str, Sequence[float]]) -> Scorecard:
    return Scorecard(
        name=settings.name,
        version=settings.version,
        base_points=round(exact[""][0]),
        characteristics=tuple(characteristic(settings.wording[one.name], one, exact[one.name]) for one in cuts),
        pdo=PDO,
        odds_at=Decimal(ODDS_AT),
        score_at=SCORE_AT,
    )


def characteristic(wording: Wording, found: Cut, exact: Sequence[float]) -> Characteristic:
    return Characteristic(
        name=found.name,
        en=wording.en,
        zh=wording.zh,
        bins=bins_of(wording, found.ends, found.groups, [round(one) for one in exact]),
        help_en=wording.help_en,
        help_zh=wording.help_zh,
    )
