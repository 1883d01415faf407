"""The shipped tables: they load, they keep to the model they were rounded from, and the reports' figures come out again on real data."""

import json
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.scoring import measures
from credit.scoring.facts import Fact
from credit.scoring.scorecard import Scorecard, probability, score, total
from credit.scoring.table import dump, load
from tools.scorecards.samples import NotInstalled, Sample, folds, german, give_me_some_credit

pytestmark = pytest.mark.xdist_group("scorecards")  # 150,000 rows are read once
ROOT = Path(__file__).resolve().parents[3]
SAMPLES = {"german": german, "give_me_some_credit": give_me_some_credit}
GOALS = {"german": (0.765, 0.42, None), "give_me_some_credit": (0.855, 0.54, 0.1)}
NAMES = sorted(SAMPLES)


def read(path: str) -> Any:
    return json.loads((ROOT / path).read_text())


@cache
def table(name: str) -> Scorecard:
    return load(read(f"credit/scoring/tables/{name}.json"))


@cache
def report(name: str) -> Any:
    return read(f"docs/scorecards/{name}.json")


@cache
def sample(name: str) -> Sample:
    try:
        return SAMPLES[name]()
    except NotInstalled as why:
        pytest.skip(str(why))


@cache
def out_of_fold(name: str) -> list[int]:
    """Each row's points by the kept table of its fold."""
    found = sample(name)
    cards = [load(row) for row in read(f"docs/scorecards/{name}.folds.json")]
    return [total(cards[fold], row) for fold, row in zip(folds(found.bad), found.rows, strict=True)]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_table_is_whole_and_in_both_languages(name: str) -> None:
    card = table(name)
    assert card.name == name
    assert dump(card) == read(f"credit/scoring/tables/{name}.json")
    assert not {"personal_status_and_sex", "foreign_worker"} & set(card.facts)
    for each in card.characteristics:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in each.zh)
        known = each.bins[: -2 if each.category else -1]
        assert len({one.en for one in known}) == len(known)
        assert len({one.zh for one in known}) == len(known)


@pytest.mark.parametrize("name", NAMES)
def test_each_number_is_the_models_rounded(name: str) -> None:
    exact = report(name)["exact"]
    card = table(name)
    assert set(exact) == {"", *card.facts}
    assert abs(card.base_points - exact[""][0]) <= 0.5
    for each in card.characteristics:
        for one, model in zip(each.bins, exact[each.name], strict=True):
            assert abs(one.points - model) <= 0.5


def bins(name: str) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*(st.integers(0, len(each.bins) - 1) for each in table(name).characteristics))


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_points_order_as_the_model_does_beyond_the_rounding(name: str, data: st.DataObject) -> None:
    """Half a point for each number that was rounded; the base is the same for both, so that it parts nobody."""
    card, exact = table(name), report(name)["exact"]
    found = []
    for chosen in (data.draw(bins(name)), data.draw(bins(name))):
        rows = list(zip(card.characteristics, chosen, strict=True))
        points = card.base_points + sum(each.bins[place].points for each, place in rows)
        model = exact[""][0] + sum(exact[each.name][place] for each, place in rows)
        assert abs(points - model) <= (len(rows) + 1) / 2
        found.append((points, model))
    (points, model), (others, other_model) = found
    if abs(model - other_model) > len(card.characteristics):
        assert (points > others) == (model > other_model)


@pytest.mark.parametrize("name", NAMES)
def test_the_report_reaches_what_is_wanted(name: str) -> None:
    auc, ks, psi = GOALS[name]
    found = report(name)["out_of_fold"]
    assert found["auc"] >= auc
    assert found["ks"] >= ks
    assert found["psi_of_fifths"] < 0.1
    if psi:
        assert found["psi_of_folds"] < psi


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_out_of_fold_come_out_again_on_the_real_data(name: str) -> None:
    points, bad, found = out_of_fold(name), sample(name).bad, report(name)["out_of_fold"]
    assert float(measures.auc(points, bad)) == pytest.approx(found["auc"], abs=1e-6)
    assert float(measures.ks(points, bad)) == pytest.approx(found["ks"], abs=1e-6)
    said = {one: float(probability(table(name), one)) for one in set(points)}
    bands = [vars(band) | {"expected_bad": pytest.approx(band.expected_bad, abs=1e-5)} for band in measures.calibration(points, bad, said)]
    assert found["calibration"] == bands
    fold_of = folds(bad)
    for fold, one in enumerate(found["folds"]):
        mine = [place for place, its in enumerate(fold_of) if its == fold]
        scores, outcomes = [points[place] for place in mine], [bad[place] for place in mine]
        assert len(mine) == one["rows"]
        assert float(measures.auc(scores, outcomes)) == pytest.approx(one["auc"], abs=1e-6)
        assert float(measures.ks(scores, outcomes)) == pytest.approx(one["ks"], abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_shift_to_a_fold_comes_out_again(name: str) -> None:
    """The first fold: what its table gives the rows it was made from, against those it never saw."""
    found = sample(name)
    card = load(read(f"docs/scorecards/{name}.folds.json")[0])
    fold_of = folds(found.bad)
    seen = [total(card, row) for row, its in zip(found.rows, fold_of, strict=True) if its != 0]
    unseen = [points for points, its in zip(out_of_fold(name), fold_of, strict=True) if its == 0]
    begins = measures.edges(seen)
    shift = measures.psi(measures.in_bands(seen, begins), measures.in_bands(unseen, begins))
    assert shift == pytest.approx(report(name)["out_of_fold"]["folds"][0]["psi"], abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_tables_figures_come_out_again_on_the_rows_it_has_seen(name: str) -> None:
    found, card = sample(name), table(name)
    points = [total(card, row) for row in found.rows]
    assert float(measures.auc(points, found.bad)) == pytest.approx(report(name)["in_sample"]["auc"], abs=1e-6)
    assert float(measures.ks(points, found.bad)) == pytest.approx(report(name)["in_sample"]["ks"], abs=1e-6)
    for row, one in list(zip(found.rows, points, strict=True))[::97]:
        assert score(card, row).points == one


@pytest.mark.parametrize("seed", [1, 2])
def test_folds_share_out_the_bad_and_stay_as_they_are(seed: int) -> None:
    bad = [int(row % 7 == 0) for row in range(1_000)]
    dealt = folds(bad, seed=seed)
    assert dealt == folds(bad, seed=seed)
    assert dealt != folds(bad, seed=seed + 1)
    for outcome in (0, 1):
        sizes = [sum(its == fold and one == outcome for its, one in zip(dealt, bad, strict=True)) for fold in range(5)]
        assert max(sizes) - min(sizes) <= 1


def test_training_again_gives_the_shipped_table() -> None:
    if not find_spec("sklearn"):
        pytest.skip("scikit-learn is not installed: requirements-scorecards.txt")
    trained = pytest.importorskip("tools.scorecards.training")
    settings = pytest.importorskip("tools.scorecards.__main__").TASKS["german"].settings
    assert dump(trained.train(sample("german"), settings).card) == read("credit/scoring/tables/german.json")


def borrower(**changed: Fact) -> dict[str, Fact]:
    careful: dict[str, Fact] = {
        "utilisation": Decimal("0.05"),
        "age_years": 60,
        "times_late": 0,
        "times_late_60": 0,
        "times_late_90": 0,
        "debt_ratio": Decimal("0.1"),
        "monthly_income": Decimal(7000),
        "property_loans": 1,
        "dependents": 0,
    }
    return careful | changed


def test_who_pays_late_and_uses_every_limit_is_told_so() -> None:
    card = table("give_me_some_credit")
    careful = score(card, borrower())
    late = score(card, borrower(times_late=4, times_late_60=2, times_late_90=1, utilisation=Decimal("0.99")))
    assert probability(card, careful.points) < Decimal("0.02") < Decimal("0.4") < probability(card, late.points)
    assert {"score.times_late", "score.utilisation"} <= {one.code for one in late.reasons}
    assert all(one.help_en and one.help_zh for one in late.reasons[:2])
