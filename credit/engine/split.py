"""Who bears which part of a loan: lenders' shares of every instalment, first loss, repayments pro rata; to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from credit.engine.money import ZERO, BadAmount, BadRate, checked, fen, in_proportion, yuan
from credit.engine.terms import Row


@dataclass(frozen=True)
class Part:
    """One lender's part of an instalment, in yuan."""

    number: int
    principal: Decimal
    interest: Decimal
    fee: Decimal

    @property
    def due(self) -> Decimal:
        return self.principal + self.interest + self.fee


Share = Decimal | Fraction
"""A part of 1; a Fraction where no Decimal is exact, such as a third."""


def exact(shares: Sequence[Share]) -> list[Fraction]:
    """Raises BadRate when they are negative or do not add up to 1."""
    found = [Fraction(share) for share in shares]
    if any(share < 0 for share in found) or sum(found) != 1:
        raise BadRate("shares", "they are at least 0 and add up to 1")
    return found


def in_turn(amounts: Sequence[Decimal], shares: Sequence[Share]) -> list[list[Decimal]]:
    """Each amount by `shares` (0.7, 0.3), by lender and in the order of the amounts: what rounding gave one too much of the amounts before
    it is made up for, so that every lender's sum is their share of the whole but for less than a cent; cents go to whoever lacks most, of
    equals to the earlier. Raises BadRate, BadAmount."""
    of = exact(shares)
    so_far, given = 0, [0] * len(of)
    parts: list[list[Decimal]] = [[] for _ in shares]
    for amount in amounts:
        whole = fen(checked(amount, "amounts"))
        so_far += whole
        wanted = [share * so_far - had for share, had in zip(of, given, strict=True)]
        mine = [max(0, int(want)) for want in wanted]
        for place in sorted(range(len(of)), key=lambda place: (mine[place] - wanted[place], place))[: max(0, whole - sum(mine))]:
            mine[place] += 1
        while sum(mine) > whole:
            most = max(range(len(of)), key=lambda place: (mine[place] - wanted[place] if mine[place] else Fraction(-2), place))
            mine[most] -= 1
        for place, part in enumerate(mine):
            given[place] += part
            parts[place].append(yuan(part))
    return parts


def split_rows(rows: Sequence[Row], principal: Sequence[Share], charges: Sequence[Share] | None = None) -> list[list[Part]]:
    """Each lender's parts of every row: principal by one set of shares, interest and fee by `charges` (the same unless told: a platform
    that keeps a spread has more of them). Raises BadRate, BadAmount."""
    of_charges = charges or principal
    if len(of_charges) != len(principal):
        raise BadRate("charges", "as many shares as lenders")
    columns = [
        in_turn([row.principal for row in rows], principal),
        in_turn([row.interest for row in rows], of_charges),
        in_turn([row.fee for row in rows], of_charges),
    ]
    return [
        [Part(row.number, *(column[lender][place] for column in columns)) for place, row in enumerate(rows)]
        for lender in range(len(principal))
    ]


@dataclass(frozen=True)
class Loss:
    """Yuan: what the guarantor bears and what is left of the guarantee; what each lender bears."""

    guarantor: Decimal
    guarantee_left: Decimal
    lenders: list[Decimal]


def first_loss(loss: Decimal, guarantee: Decimal, held: Sequence[Decimal]) -> Loss:
    """A loss is the guarantor's until the guarantee (yuan left of it) is used up; the rest is the lenders' in proportion to what they hold,
    by the largest remainder. Raises BadAmount for a loss above all that is held."""
    if checked(loss, "loss") > sum(held, ZERO):
        raise BadAmount("loss", f"{loss} is more than is held")
    borne = min(loss, checked(guarantee, "guarantee"))
    return Loss(borne, guarantee - borne, distributed(loss - borne, held))


def distributed(amount: Decimal, held: Sequence[Decimal]) -> list[Decimal]:
    """A repayment or recovery by what each lender holds, to the cent, largest remainder, the earlier one of equals. Raises BadAmount when
    nobody holds anything and something is to be given."""
    if not any(held):
        if amount:
            raise BadAmount("held", "nobody holds anything")
        return [ZERO for _ in held]
    return in_proportion(checked(amount, "amount"), held)
