"""Legs of a journal: pure values, checked before they reach the database."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from accounts.ledger.accounts import AccountRef

LARGEST = 2**50
"""Minor units in one leg at most: what a CHECK allows, far below what a sum of bigints can hold."""


class BadLegs(ValueError):
    """The caller built a journal that can never balance: a defect, not a refusal."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a journal: signed minor units of the account's asset; positive is credit."""

    account: AccountRef
    amount: int


def debit(account: AccountRef, amount: int) -> Leg:
    """`amount` minor units (at least 1) out of a liability, or into an asset."""
    return Leg(account, -positive(amount))


def credit(account: AccountRef, amount: int) -> Leg:
    """`amount` minor units (at least 1) into a liability, or out of an asset."""
    return Leg(account, positive(amount))


def positive(amount: int) -> int:
    if type(amount) is not int or amount < 1:
        raise BadLegs(f"a leg needs at least one whole minor unit, not {amount!r}")
    return amount


def check(legs: Sequence[Leg]) -> None:
    """Raises BadLegs unless there are two legs or more, none zero or beyond LARGEST, and zero per asset."""
    sums: dict[str, int] = defaultdict(int)
    for leg in legs:
        if type(leg.amount) is not int or not 0 < abs(leg.amount) <= LARGEST:
            raise BadLegs(f"a leg of {leg.amount!r} minor units on {leg.account.name}")
        sums[leg.account.asset] += leg.amount
    if len(legs) < 2 or any(sums.values()):
        raise BadLegs(f"{len(legs)} legs that sum to {dict(sums)}: a journal needs two or more, and zero per asset")


@dataclass(frozen=True, slots=True)
class Draft:
    """A journal to be posted, as `post_many` and `post_all` take it; fields as in `services.post`."""

    journal_id: UUID
    event: str
    legs: Sequence[Leg]
    reference: str = ""
    effective_on: date | None = None
    metadata: dict[str, Any] | None = None
