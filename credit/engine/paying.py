"""Payments, what they may be for, and a row while they still come in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from credit.engine.money import ZERO
from credit.engine.terms import Row


class Prepay(StrEnum):
    """What money beyond the current instalment does. FEWER: the instalment stays, the last ones fall away. SMALLER: as many, of less.
    SKIP: the next instalments ask their interest alone until as much principal is skipped, the ones after them what they did."""

    FEWER = "reduce_number_of_instalments"
    SMALLER = "reduce_instalment"
    SKIP = "skip_next"


class Toward(StrEnum):
    """What a payment is for after what is overdue: the current instalment and then `Prepay`, or principal at once."""

    INSTALMENT = "instalment"
    PRINCIPAL = "principal"


@dataclass(frozen=True)
class Payment:
    """`amount` yuan on a day. A payment on a due day is in time. `prepay`: what money ahead does from this payment on; None: what it did
    before."""

    on: date
    amount: Decimal
    toward: Toward = Toward.INSTALMENT
    prepay: Prepay | None = None


class Waived(StrEnum):
    INTEREST = "interest"
    FEE = "fee"


@dataclass(frozen=True)
class Waiver:
    """`amount` yuan let off on a day: of rows that are due, the oldest first, then of the one that runs. What is more than they ask lapses;
    what is paid already stays paid."""

    on: date
    amount: Decimal
    what: Waived = Waived.INTEREST


@dataclass
class Asked:
    """A row while payments still come in."""

    row: Row
    fee: Decimal
    interest: Decimal
    principal: Decimal
    paid_principal: Decimal = ZERO
    paid: Decimal = ZERO
    paid_on: date | None = None

    @property
    def owed(self) -> Decimal:
        return self.fee + self.interest + self.principal - self.paid

    @property
    def owed_principal(self) -> Decimal:
        return self.principal - self.paid_principal

    @property
    def owed_fee(self) -> Decimal:
        return max(ZERO, self.fee - (self.paid - self.paid_principal))

    @property
    def owed_interest(self) -> Decimal:
        return self.owed - self.owed_principal - self.owed_fee

    def let_off(self, amount: Decimal, waiver: Waiver) -> Decimal:
        """What is let off of `amount`."""
        if waiver.what is Waived.FEE:
            part = min(amount, self.owed_fee)
            self.fee -= part
        else:
            part = min(amount, self.owed_interest)
            self.interest -= part
        if part and not self.owed:
            self.paid_on = waiver.on
        return part

    def take(self, amount: Decimal, on: date | None) -> Decimal:
        """What is taken of `amount`: fee, then interest, then principal."""
        taken = min(amount, self.owed)
        beyond = self.owed_fee + self.owed_interest
        self.paid_principal += max(ZERO, taken - beyond)
        self.paid += taken
        if taken and not self.owed:
            self.paid_on = on
        return taken
