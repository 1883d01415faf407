"""The repayment page: what is owed of a draw, why, by when, what if it is paid now or late. By the book that books it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from credit.debts import book, queries
from credit.debts.book import Debt, Part, Settlement
from credit.debts.models import Draw, Instalment, Plan
from credit.debts.refusals import SettlementDay
from credit.debts.services import keeping
from credit.debts.services.repaying import strategy_of

MOST_DAYS = 366


@dataclass(frozen=True)
class Standing:
    """A draw on a day, fen. `late_since`: the first day beyond the grace of what is late; `next_fen` comes due on `next_due_on`."""

    draw: Draw
    debt: Debt
    due_fen: int
    late_fen: int
    late_since: date | None
    next_due_on: date | None
    next_fen: int
    settlement: Settlement

    @property
    def parts(self) -> Sequence[Part]:
        return self.debt.parts


def standing(draw: Draw, plan: Plan, rows: list[Instalment], day: date) -> Standing:
    debt = book.as_of(keeping.debt_of(draw, plan, rows), day)
    late = [part for part in debt.parts if book.is_late(part, day)]
    coming = next((part for part in debt.parts if part.due_on > day and part.open_fen), None)
    return Standing(
        draw=draw,
        debt=debt,
        due_fen=book.due_fen(debt, day),
        late_fen=sum(part.open_fen for part in late),
        late_since=min((part.late_from for part in late), default=None),
        next_due_on=coming.due_on if coming else None,
        next_fen=coming.open_fen if coming else 0,
        settlement=book.to_settle(debt, day),
    )


def standings(draws: Sequence[Draw], day: date) -> list[Standing]:
    """Of many draws, in two queries."""
    ids = [draw.pk for draw in draws]
    plans, rows = queries.plans_of(ids), queries.instalments_of(ids)
    return [standing(draw, plans[draw.pk], rows.get(draw.pk, []), day) for draw in draws]


@dataclass(frozen=True)
class IfPaid:
    """What `amount_fen` paid on `on` would do: what ends the debt then, where the money would go by component, what is asked after it."""

    on: date
    amount_fen: int
    settlement: Settlement
    shares: dict[str, int]
    parts: Sequence[Part]


def if_paid(draw: Draw, *, on: date, today: date, amount_fen: int | None, strategy: str) -> IfPaid:
    """Nothing is booked. `amount_fen` None: all of it. What a payment before `on` would change is not known. Raises SettlementDay,
    StrategyNotOffered."""
    if not 0 <= (on - today).days <= MOST_DAYS:
        raise SettlementDay(field="on", most_days=MOST_DAYS)
    debt = keeping.read(draw).debt
    whole = book.to_settle(debt, on)
    way = strategy_of(debt.terms, strategy)
    amount = whole.amount_fen if amount_fen is None else min(amount_fen, whole.amount_fen)
    if not amount:
        return IfPaid(on, 0, whole, {}, debt.parts)
    paid = book.pay(debt, on, amount, way)
    shares: dict[str, int] = {}
    for share in paid.shares:
        shares[share.component.value] = shares.get(share.component.value, 0) + share.fen
    return IfPaid(on, amount, whole, shares, paid.debt.parts)
