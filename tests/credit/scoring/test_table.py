"""A table that cannot score everybody is refused, by the field that is wrong."""

import copy
import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from credit.scoring.scorecard import Scorecard, total
from credit.scoring.table import BadScorecard, dump, load
from tests.credit.scoring.cards import card, table

AGE, WORK, DEBT = 0, 1, 2
GONE = object()


def test_what_is_dumped_is_loaded_again_through_json() -> None:
    found = json.loads(json.dumps(dump(card())))
    assert load(found) == card()
    assert isinstance(load(found), Scorecard)


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    row = copy.deepcopy(table())
    at: Any = row
    for step in path[:-1]:
        at = at[step]
    if value is GONE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return row


def age(*path: Any) -> tuple[Any, ...]:
    return ("characteristics", AGE, "bins", *path)


def work(*path: Any) -> tuple[Any, ...]:
    return ("characteristics", WORK, "bins", *path)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("name",), "", "name"),
        (("name",), GONE, "name"),
        (("version",), 0, "version"),
        (("version",), "1", "version"),
        (("base_points",), 1.5, "base_points"),
        (("base_points",), True, "base_points"),
        (("pdo",), 0, "pdo"),
        (("odds_at",), "nothing", "odds_at"),
        (("odds_at",), 0.5, "odds_at"),
        (("odds_at",), "NaN", "odds_at"),
        (("odds_at",), "-1", "odds_at"),
        (("odds_at",), GONE, "odds_at"),
        (("score_at",), None, "score_at"),
        (("sort",), 1, "sort"),
        (("characteristics",), [], "characteristics"),
        (("characteristics",), {}, "characteristics"),
        (("characteristics", AGE), "age", "characteristics[0]"),
        (("characteristics", AGE, "name"), GONE, "characteristics[0].name"),
        (("characteristics", AGE, "name"), "work", "work"),
        (("characteristics", AGE, "zh"), " ", "age_years.zh"),
        (("characteristics", AGE, "help_en"), "Grow older.", "age_years.help_zh"),
        (("characteristics", WORK, "help_en"), GONE, "work.help_en"),
        (("characteristics", AGE, "weight"), 1, "characteristics[0].weight"),
        (("characteristics", AGE, "bins"), [], "age_years.bins"),
        (age(0, "points"), 1.5, "age_years.bins[0].points"),
        (age(0, "points"), GONE, "age_years.bins[0].points"),
        (age(0, "en"), GONE, "age_years.bins[0].en"),
        (age(0, "low"), 18, "age_years.bins[0].low"),
        (age(1, "low"), 26, "age_years.bins[1].low"),
        (age(1, "low"), 24, "age_years.bins[1].low"),
        (age(1, "high"), GONE, "age_years.bins[2].low"),
        (age(1, "high"), 20, "age_years.bins[1].high"),
        (age(2, "high"), 90, "age_years.bins[2].high"),
        (age(2, "high"), "ninety", "age_years.bins[2].high"),
        (age(2, "missing"), True, "age_years.bins[2]"),
        (age(3, "missing"), GONE, "age_years.bins"),
        (age(3, "missing"), "yes", "age_years.bins[3].missing"),
        (age(3), {"points": 0, "en": "x", "zh": "x", "low": 90}, "age_years.bins"),
        (age(0), {"points": 0, "en": "x", "zh": "x", "missing": True}, "age_years.bins"),
        (work(0, "values"), [], "work.bins[0].values"),
        (work(0, "values"), [1], "work.bins[0].values[0]"),
        (work(0, "values"), ["office", "office"], "work.bins[0].values"),
        (work(1, "values"), ["office"], "work.bins[1].values"),
        (work(1), {"points": 0, "en": "x", "zh": "x", "high": 4}, "work.bins[1].values"),
        (work(2, "other"), GONE, "work.bins"),
        (work(1, "other"), True, "work.bins[1]"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_by_its_field(path: tuple[Any, ...], value: Any, field: str) -> None:
    with pytest.raises(BadScorecard) as refused:
        load(changed(path, value))
    assert refused.value.field == field
    assert str(refused.value).startswith(field)


def test_what_is_no_table_at_all_is_refused() -> None:
    with pytest.raises(BadScorecard, match="an object"):
        load([])  # type: ignore[arg-type]


def test_a_number_that_says_nothing_apart_has_one_bin_and_the_missing_one() -> None:
    row = changed(
        ("characteristics", AGE, "bins"), [{"points": 5, "en": "any", "zh": "x"}, {"points": 0, "en": "x", "zh": "x", "missing": True}]
    )
    assert [one.points for one in load(row).characteristics[AGE].bins] == [5, 0]


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [*([path] if path else []), *(found for name, one in inner for found in places(one, (*path, name)))]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-50, 50) | st.floats() | st.text(max_size=4) | st.sampled_from(["25", "0.35", "1e3", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["points", "low", "high", "values"]), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(places(table())), JSON | st.just(GONE), st.none() | st.integers(-99, 99), st.none() | st.text(max_size=6))
def test_whatever_is_changed_the_table_is_refused_by_name_or_scores_everybody(
    path: tuple[Any, ...], value: Any, number: int | None, word: str | None
) -> None:
    try:
        found = load(changed(path, value))
    except BadScorecard as refused:
        event(f"refused: {refused.field}")
        return
    facts = {each.name: word if each.category else number for each in found.characteristics}
    assert found.least_points <= total(found, facts) <= found.most_points
    assert load(json.loads(json.dumps(dump(found)))) == found
