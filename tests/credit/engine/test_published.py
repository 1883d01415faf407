"""Schedules of Apache Fineract beyond those of vectors.json: the repayment features (RS, RP) and the progressive calculator's tests."""

from decimal import Decimal

import pytest

from tests.credit.engine.vectors import Case, of_prepayment, of_schedule

FIVE_THOUSAND: Case = {
    "principal": "5000.00", "annual_rate_pct": "12", "day_count": "ACT/365", "periods": 6, "start": "2022-11-01",
    "instalment_multiple_of": "1", "emi": "862.00",
}  # fmt: skip
UNNAMED = {name: value for name, value in FIVE_THOUSAND.items() if name != "emi"}
PROGRESSIVE: Case = {"annual_rate_pct": "9.4822", "periods": 6, "start": "2024-01-01", "stretches": "together"}


def parts(rows: list[Case]) -> list[str]:
    return [f"{row['principal']} {row['interest']}" for row in rows]


def test_rs02_equal_instalments_of_whole_euros() -> None:
    got = of_schedule({**FIVE_THOUSAND, "emi": "305", "day_count": "30/360", "periods": 18})
    assert parts(got["rows"])[:3] == ["255.00 50.00", "257.55 47.45", "260.13 44.87"]
    assert (got["last_due"], got["total_interest"]) == (Decimal("303.22"), Decimal("488.22"))


def test_rs03_the_same_with_interest_by_days() -> None:
    got = of_schedule({**UNNAMED, "periods": 18})
    assert parts(got["rows"])[:4] == ["255.68 49.32", "256.65 48.35", "259.26 45.74", "266.08 38.92"]
    assert (got["last_due"], got["total_interest"]) == (Decimal("302.33"), Decimal("487.33"))


def test_rs04_equal_principal_is_no_multiple_of_a_euro() -> None:
    got = of_schedule({**UNNAMED, "method": "equal_principal", "day_count": "30/360", "periods": 18})
    assert got["principal"] == [Decimal("277.78")] * 17 + [Decimal("277.74")]
    assert got["interest"][:4] == [Decimal("50.00"), Decimal("47.22"), Decimal("44.44"), Decimal("41.67")]
    assert got["total_interest"] == Decimal("475.00")


def test_a_flat_loan_of_three_instalments() -> None:
    inputs = {"method": "flat", "principal": "1000", "annual_rate_pct": "12", "periods": 3, "instalment_multiple_of": "1"}
    assert parts(of_schedule(inputs)["rows"]) == ["333.00 10.00", "333.00 10.00", "334.00 10.00"]


@pytest.mark.parametrize(
    ("paid", "strategy", "rows", "interest"),
    [
        # RP06, RP09: before the due day. RP13: what is skipped.
        (
            [["2022-11-27", "200"]], "reduce_instalment",
            ["812.95 49.05", "819.33 42.67", "827.68 34.32", "838.62 23.38", "844.66 17.34", "856.76 8.45"], "175.21",
        ),
        (
            [["2022-11-27", "1500"]], "reduce_instalment",
            ["1500.00 47.34", "685.33 35.67", "692.31 28.69", "701.46 19.54", "706.52 14.48", "714.38 7.05"], "152.77",
        ),
        (
            [["2022-12-01", "1000"], ["2023-01-01", "2000"]], "skip_next",
            ["950.68 49.32", "1958.73 41.27", "0.00 21.31", "407.45 19.24", "844.85 17.15", "838.29 8.27"], "156.56",
        ),
    ],
)  # fmt: skip
def test_a_prepayment_before_the_due_day_or_to_skip(paid: list[list[str]], strategy: str, rows: list[str], interest: str) -> None:
    got = of_prepayment({**FIVE_THOUSAND, "payments": paid, "strategy": strategy})
    assert parts(got["rows"]) == rows
    assert got["total_interest"] == Decimal(interest)


@pytest.mark.parametrize(
    ("inputs", "rows"),
    [
        (
            {"disbursements": [["2024-01-01", "100"], ["2024-03-01", "100"]]},
            ["16.34 0.79", "16.47 0.66", "41.31 1.32", "41.64 0.99", "41.96 0.67", "42.28 0.33"],
        ),
        (
            {"disbursements": [["2024-01-01", "100"], ["2024-01-08", "200"]]},
            ["49.32 2.01", "49.35 1.98", "49.74 1.59", "50.13 1.20", "50.53 0.80", "50.93 0.40"],
        ),
        (
            {"disbursements": [["2024-01-05", "100"], ["2024-01-08", "50"], ["2024-01-08", "25"]]},
            ["28.79 1.15", "28.78 1.16", "29.01 0.93", "29.24 0.70", "29.47 0.47", "29.71 0.23"],
        ),
        (
            {"principal": "100", "day_count": "ACT/364", "frequency": "1W"},
            ["16.59 0.18", "16.62 0.15", "16.65 0.12", "16.68 0.09", "16.71 0.06", "16.75 0.03"],
        ),
        (
            {"principal": "100", "day_count": "ACT/364", "frequency": "2W", "periods": 3, "emi_smoothing": "fineract"},
            ["33.21 0.36", "33.33 0.24", "33.46 0.12"],
        ),
    ],
)  # fmt: skip
def test_a_progressive_schedule(inputs: Case, rows: list[str]) -> None:
    assert parts(of_schedule({**PROGRESSIVE, **inputs})["rows"]) == rows


def test_each_stretch_rounded_by_itself_asks_another_cent_than_all_together() -> None:
    inputs = {**PROGRESSIVE, "disbursements": [["2024-01-01", "100"], ["2024-01-08", "200"]]}
    assert of_schedule({**inputs, "stretches": "each"})["interest"][0] == Decimal("2.02")
