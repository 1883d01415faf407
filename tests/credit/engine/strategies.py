"""Loans and payments of every kind, for property tests."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from core.money import Rounding
from credit.engine.day_count import DayCount, Every, Unit
from credit.engine.money import ZERO
from credit.engine.replan import Payment, Prepay, Toward, Waived, Waiver
from credit.engine.terms import Disbursement, FeeBasis, Fees, FeeTiming, Loan, Method, RateChange, Stretches, Terms

DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))
EVERY = st.sampled_from([Every(), Every(3), Every(1, Unit.WEEK), Every(2, Unit.WEEK), Every(15, Unit.DAY), Every(30, Unit.DAY)])
RATES = st.integers(0, 3_600).map(lambda bp: Decimal(bp) / 10_000)
HALVES = st.sampled_from([Rounding.HALF_UP, Rounding.HALF_EVEN])


def money(least: int = 1, most: int = 10_000_000) -> st.SearchStrategy[Decimal]:
    """Yuan, given in fen."""
    return st.integers(least, most).map(lambda fen: Decimal(fen) / 100)


FEES = st.none() | st.builds(
    Fees, st.integers(0, 200).map(lambda bp: Decimal(bp) / 10_000), st.sampled_from(FeeBasis), st.sampled_from(FeeTiming)
)


METHODS = st.sampled_from(Method)


@st.composite
def terms(draw: st.DrawFn, methods: st.SearchStrategy[Method] = METHODS, *, fees: bool = True, graces: bool = True) -> Terms:
    periods = draw(st.integers(1, 18))
    return Terms(
        draw(methods),
        draw(RATES),
        periods,
        draw(DAYS),
        draw(EVERY),
        draw(st.sampled_from(DayCount)),
        draw(HALVES),
        Decimal(draw(st.sampled_from(["0.01", "0.01", "0.10", "1.00"]))),
        principal_grace=draw(st.integers(0, min(3, periods - 1))) if graces else 0,
        interest_grace=draw(st.integers(0, min(3, periods - 1))) if graces else 0,
        smoothing=draw(st.booleans()),
        stretches=draw(st.sampled_from(Stretches)),
        fees=draw(FEES) if fees else None,
    )


@st.composite
def loans(
    draw: st.DrawFn,
    *,
    events: bool = True,
    fees: bool = True,
    graces: bool = True,
    least: int = 10_000,
    level: bool = False,
    owed: bool = True,
) -> Loan:
    ours = draw(terms(st.just(Method.EQUAL_INSTALMENT) if level else METHODS, fees=fees, graces=graces))
    spans = ours.spans()
    first = spans[0].from_on + timedelta(days=draw(st.integers(0, spans[0].days - 1)))
    disbursements = [Disbursement(first, draw(money(least)))]
    changes: list[RateChange] = []
    if events and ours.method is not Method.FLAT:
        whole = (spans[-1].due_on - first).days
        offsets = sorted(draw(st.lists(st.integers(0, whole - 1), max_size=2)))
        disbursements += [Disbursement(first + timedelta(days=offset), draw(money(1_000))) for offset in offsets]
        days = draw(st.lists(st.integers(1, whole), max_size=2, unique=True))
        changes = [RateChange(first + timedelta(days=offset), draw(RATES)) for offset in days]
    return Loan(ours, tuple(disbursements), tuple(changes), draw(st.just(ZERO) | money(0, 5_000)) if owed else ZERO)


@st.composite
def payments(draw: st.DrawFn, loan: Loan, most: int = 4) -> list[Payment]:
    """In any order, from the first disbursement to some time after the last due day."""
    first = loan.disbursements[0].on
    whole = (loan.terms.spans()[-1].due_on - first).days + 60
    return [
        Payment(first + timedelta(days=draw(st.integers(0, whole))), draw(money()), draw(st.sampled_from(Toward)))
        for _ in range(draw(st.integers(0, most)))
    ]


@st.composite
def waivers(draw: st.DrawFn, loan: Loan, most: int = 2) -> list[Waiver]:
    """In any order, from the first disbursement to some time after the last due day."""
    first = loan.disbursements[0].on
    whole = (loan.terms.spans()[-1].due_on - first).days + 60
    return [
        Waiver(first + timedelta(days=draw(st.integers(0, whole))), draw(money(0, 100_000)), draw(st.sampled_from(Waived)))
        for _ in range(draw(st.integers(0, most)))
    ]


PREPAYS = st.sampled_from(Prepay)
