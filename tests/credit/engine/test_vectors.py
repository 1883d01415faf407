"""Every published case, by the rule it is about."""

from decimal import Decimal
from typing import Any

import pytest

from tests.credit.engine.vectors import CASES, PROGRESSIVE, RULES, Case


def agrees(got: Any, want: Any, tolerance: Decimal) -> bool:
    """Rows and lists part by part; a number that is printed with so many decimals is one that rounds to it, or lies within the case's
    tolerance."""
    if isinstance(want, dict):
        return all(agrees(got[name], part, tolerance) for name, part in want.items())
    if isinstance(want, list):
        return len(got) == len(want) and all(agrees(one, other, tolerance) for one, other in zip(got, want, strict=True))
    if not isinstance(got, Decimal):
        return bool(got == want)
    wanted = Decimal(str(want))
    if tolerance:
        return abs(got - wanted) <= tolerance
    return got == wanted or got.quantize(wanted, rounding="ROUND_HALF_UP") == wanted


def answered(case: Case) -> Case:
    """What comes out; a question that stands in the expectation (the days of a case) is put beside the inputs, and of which of Fineract's
    two schedules a case is."""
    asked = {**case["inputs"], **({"cases": case["expected"]["cases"]} if "cases" in case["expected"] else {})}
    if PROGRESSIVE in case["source"]:
        asked["stretches"] = "together"
    found = RULES[case["kind"]](asked)
    for name, want in case["expected"].items():
        if name.startswith("first_"):
            found[name] = found[name][: len(want)]
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_published_case_comes_out_as_published(case: Case) -> None:
    got = answered(case)
    tolerance = Decimal(case["tolerance"])
    differing = {name: (got[name], want) for name, want in case["expected"].items() if not agrees(got[name], want, tolerance)}
    assert not differing, "got and want"
    if case["kind"] == "apr_us_actuarial":
        assert got["counted"] == got["to_first"]
        assert abs(got["by_days"] - Decimal(case["expected"]["apr_pct"])) <= tolerance


def test_no_case_is_left_out() -> None:
    assert {case["kind"] for case in CASES} == set(RULES)
    assert len({case["id"] for case in CASES}) == len(CASES)
