"""How much an instalment asks: the level that repays a balance in the rows that are left."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from credit.engine.money import CENT, ZERO
from credit.engine.terms import Method, Terms

DIGITS = 50
SMOOTHINGS = 3


@dataclass(frozen=True)
class View:
    """The rows that are left as the one that falls due sees them: its scheduled principal and interest in yuan; `grown`, both without
    rounding; what a balance grows by in each row after it; the flat interest of it and each row after it."""

    terms: Terms
    principal: Decimal
    interest: Decimal
    grown: Fraction
    factors: list[Fraction]
    flat: list[Decimal]

    @property
    def rows(self) -> int:
        return 1 + len(self.factors)

    def interest_of(self, place: int, balance: Decimal) -> Decimal:
        """Of this row (0) or one after it."""
        if place == 0:
            return self.interest
        return self.flat[place] if self.flat else self.terms.money(Fraction(balance) * self.factors[place - 1])


def level(view: View) -> Decimal:
    """Of EQUAL_INSTALMENT: what each row asks so that the unrounded balance ends at 0, grown / (1 + sum of the discounts of the rows after
    this one). Of EQUAL_PRINCIPAL: the principal of each row; of FLAT, too, unless what a row asks is a multiple of more than a cent."""
    if levels_principal(view.terms):
        return view.terms.money(Fraction(view.principal) / view.rows)
    if view.terms.method is Method.FLAT:
        return view.terms.instalments((Fraction(view.principal) + sum(map(Fraction, view.flat))) / view.rows)
    with localcontext(prec=DIGITS):
        discount = worth = Decimal(1)
        for factor in view.factors:
            discount /= 1 + Decimal(factor.numerator) / Decimal(factor.denominator)
            worth += discount
        asked = Decimal(view.grown.numerator) / Decimal(view.grown.denominator) / worth
    found = view.terms.instalments(Fraction(asked))
    return smoothed(view, found) if view.terms.smoothing else found


def levels_principal(terms: Terms) -> bool:
    """Whether the level is one of principal, not of all a row asks."""
    return terms.method is Method.EQUAL_PRINCIPAL or (terms.method is Method.FLAT and terms.multiple_of == CENT)


def principal(terms: Terms, asked: Decimal, scheduled: Decimal, interest: Decimal) -> Decimal:
    """What a row that is not the last asks of the `scheduled` principal; never less than nothing, where its interest is more."""
    if levels_principal(terms):
        return min(scheduled, asked)
    return min(scheduled, max(ZERO, asked - interest))


def projected(view: View, asked: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
    """(principal, interest) of this row and those after it, if nothing changes."""
    left = view.principal
    for place in range(view.rows):
        interest = view.interest_of(place, left)
        part = left if place == len(view.factors) else principal(view.terms, asked, left, interest)
        left -= part
        yield part, interest


def rows_needed(view: View, asked: Decimal) -> int:
    """How many of the rows after this one a level of `asked` needs for the principal; all of them at most."""
    left = view.principal
    for place in range(1, view.rows):
        if not left:
            return place - 1
        left -= principal(view.terms, asked, left, view.interest_of(place, left))
    return len(view.factors)


def smoothed(view: View, asked: Decimal) -> Decimal:
    """The level moved by its share of what the last row differs, as long as that makes the last row differ less: up to three times, and not
    for a difference in cents of half the rows or less. Source: Apache Fineract, EMI adjustment of the progressive loan schedule."""
    for _ in range(SMOOTHINGS):
        differs = last_differs(view, asked)
        if view.rows < 2 or abs(differs) * 100 <= view.rows // 2:
            return asked
        moved = view.terms.instalments(Fraction(asked) + Fraction(differs) / view.rows)
        if moved == asked or abs(last_differs(view, moved)) >= abs(differs):
            return asked
        asked = moved
    return asked


def last_differs(view: View, asked: Decimal) -> Decimal:
    part, interest = list(projected(view, asked))[-1]
    return part + interest - asked
