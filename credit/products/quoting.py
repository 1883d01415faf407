"""What borrowing would cost, by the very engine that books it: each payment, and the price of all of them a year."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from credit.engine import apr
from credit.engine.money import fen, yuan
from credit.engine.schedule import schedule, simple
from credit.products import terms as terms_of
from credit.products.models import CreditProductVersion
from credit.products.refusals import AmountNotOffered, GradeNotPriced, PeriodsNotOffered, PriceAboveCap
from credit.products.terms import Choice, CreditTerms, per_million

PLACES = Decimal("0.0001")
"""Rates a year are shown as percent with two decimals, and compared so."""


@dataclass(frozen=True)
class Payment:
    """One payment, in fen."""

    number: int
    due_on: date
    principal_fen: int
    interest_fen: int
    fee_fen: int
    left_fen: int

    @property
    def amount_fen(self) -> int:
        return self.principal_fen + self.interest_fen + self.fee_fen


@dataclass(frozen=True)
class Price:
    """A price a year as a ratio, rounded to 4 decimals: `yearly` is twelve times the monthly internal rate of return of all payments (PBOC
    announcement [2021] No. 3), `effective` that monthly rate compounded for a year."""

    periods: int
    yearly: Decimal
    effective: Decimal

    @property
    def percent(self) -> str:
        return shown_percent(self.yearly)


@dataclass(frozen=True)
class CreditQuote:
    """What `amount_fen` in `payments` costs."""

    amount_fen: int
    starts_on: date
    payments: tuple[Payment, ...]
    price: Price

    @property
    def interest_fen(self) -> int:
        return sum(one.interest_fen for one in self.payments)

    @property
    def fee_fen(self) -> int:
        return sum(one.fee_fen for one in self.payments)

    @property
    def total_fen(self) -> int:
        return sum(one.amount_fen for one in self.payments)

    @property
    def cost_fen(self) -> int:
        """Everything paid beyond what was lent."""
        return self.total_fen - self.amount_fen


def shown_percent(ratio: Decimal) -> str:
    """0.1586 -> 15.86."""
    return f"{(ratio * 100).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}"


def quote(version: CreditProductVersion, *, amount_fen: int, periods: int, grade: str, starts_on: date, most_ppm: int) -> CreditQuote:
    """Borrowing now. `grade`: whose price, of a product that asks interest; "": the highest. `most_ppm`: the cap in force. Raises
    AmountNotOffered, PeriodsNotOffered, GradeNotPriced, PriceAboveCap."""
    terms = terms_of.of(version)
    require_amount(version, amount_fen)
    choice = chosen(terms, periods)
    found = worked_out(terms, choice, rate_of(terms, grade), amount_fen, starts_on)
    if found.price.yearly > per_million(most_ppm):
        most = shown_percent(per_million(most_ppm))
        raise PriceAboveCap(field="periods", yearly_percent=found.price.percent, most_percent=most, periods=periods)
    return found


def offers(version: CreditProductVersion, *, amount_fen: int, grade: str, starts_on: date, most_ppm: int) -> list[CreditQuote]:
    """Every number of payments of borrowing now that is not above the cap, the fewest first. Raises AmountNotOffered, GradeNotPriced."""
    terms = terms_of.of(version)
    require_amount(version, amount_fen)
    rate = rate_of(terms, grade)
    found = [worked_out(terms, choice, rate, amount_fen, starts_on) for choice in sorted(terms.instalments, key=lambda one: one.periods)]
    return [one for one in found if one.price.yearly <= per_million(most_ppm)]


def worked_out(terms: CreditTerms, choice: Choice, rate_ppm: int, amount_fen: int, starts_on: date) -> CreditQuote:
    loan = simple(terms.plan(choice, rate_ppm=rate_ppm, starts_on=starts_on), yuan(amount_fen))
    rows = [
        Payment(row.number, row.due_on, fen(row.principal), fen(row.interest), fen(row.fee), fen(row.balance)) for row in schedule(loan)
    ]
    return CreditQuote(amount_fen, starts_on, tuple(rows), priced(amount_fen, [one.amount_fen for one in rows]))


def priced(amount_fen: int, payments_fen: list[int]) -> Price:
    """Of payments a month apart."""
    free = sum(payments_fen) == amount_fen
    monthly = Decimal(0) if free else apr.irr([Decimal(-amount_fen), *map(Decimal, payments_fen)])
    yearly, effective = apr.nominal(monthly), apr.effective(monthly)
    return Price(len(payments_fen), yearly.quantize(PLACES, ROUND_HALF_UP), effective.quantize(PLACES, ROUND_HALF_UP))


def require_amount(version: CreditProductVersion, amount_fen: int) -> None:
    """Raises AmountNotOffered."""
    above = amount_fen - version.least_fen
    if not 0 <= above <= version.most_fen - version.least_fen or above % version.step_fen:
        raise AmountNotOffered(field="amount", least_fen=version.least_fen, most_fen=version.most_fen, step_fen=version.step_fen)


def chosen(terms: CreditTerms, periods: int) -> Choice:
    """Raises PeriodsNotOffered."""
    found = terms.choice(periods)
    if found is None:
        raise PeriodsNotOffered(field="periods", offered=", ".join(str(one.periods) for one in terms.instalments))
    return found


def rate_of(terms: CreditTerms, grade: str) -> int:
    """Parts per million a year of a grade; of none the highest there is. Raises GradeNotPriced."""
    if not grade:
        return max((one.rate_ppm for one in terms.grades), default=0)
    require_priced(terms, grade)
    return next(one.rate_ppm for one in terms.grades if one.code == grade)


def require_priced(terms: CreditTerms, grade: str) -> None:
    """Of a product that asks interest one of its grades, of one that asks fees none. Raises GradeNotPriced."""
    priced = [one.code for one in terms.grades] or [""]
    if grade not in priced:
        raise GradeNotPriced(field="grade", grade=grade or "-", priced=", ".join(priced) or "-")


def every_price(version: CreditProductVersion, starts_on: date) -> list[Price]:
    """Of everything a version offers to anybody who borrows its most from a day on."""
    terms = terms_of.of(version)
    rates = {one.rate_ppm for one in terms.grades} or {0}
    ends = {min(rates), max(rates)}
    return [worked_out(terms, choice, rate, version.most_fen, starts_on).price for choice in terms.instalments for rate in ends]


def dearest(version: CreditProductVersion, starts_on: date) -> Price:
    return max(every_price(version, starts_on), key=lambda one: one.yearly)
