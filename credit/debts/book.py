"""One debt, purely: what each instalment asks and has, what a payment does to them, what ends it on a day. Whole fen.

The plan is the engine's (`credit.engine.replan`), fed with what was paid ahead and, for what fell due, with what it asked as if paid on its
day: being late changes no plan, it costs a penalty. A payment goes to what is due by the product's waterfall; the rest is principal ahead,
and does what its strategy says. Amounts that end a debt and schedules are worked out here for being shown and for being booked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from credit.engine.accrue import PenaltyBase
from credit.engine.allocate import Bucket, Component, Item, Waterfall, allocate
from credit.engine.money import fen, yuan
from credit.engine.replan import Payment, Planned, Prepay, replan, settlement
from credit.engine.schedule import schedule, simple
from credit.engine.terms import Loan, Row
from credit.products.terms import MILLION, Choice, CreditTerms

PENALTY, FEE, INTEREST, PRINCIPAL = Component.PENALTY, Component.FEE, Component.INTEREST, Component.PRINCIPAL


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


@dataclass(frozen=True)
class Part:
    """One instalment: what it asks and has of each component. `ahead_fen`: principal it had before its day; `early_fee_fen`: of its fee,
    what paying ahead cost. Its penalty was `kept_fen` at the end of `since`, and grows from there; `most_fen`: never above, None before it
    began."""

    number: int
    begins_on: date
    due_on: date
    asked: dict[Component, int]
    paid: dict[Component, int]
    late_from: date
    ahead_fen: int = 0
    early_fee_fen: int = 0
    kept_fen: int = 0
    since: date | None = None
    most_fen: int | None = None

    def left(self, component: Component) -> int:
        return self.asked[component] - self.paid[component]

    @property
    def open_fen(self) -> int:
        return sum(self.left(component) for component in Component)


@dataclass(frozen=True)
class Ahead:
    """Principal paid ahead on a day, and what it was to do."""

    on: date
    fen: int
    strategy: Prepay


@dataclass(frozen=True)
class Debt:
    """`amount_fen` lent on `starts_on` under `terms`, in the payments of `choice`, at `rate_ppm` a year."""

    terms: CreditTerms
    choice: Choice
    rate_ppm: int
    amount_fen: int
    starts_on: date
    parts: tuple[Part, ...] = ()
    ahead: tuple[Ahead, ...] = ()

    @property
    def loan(self) -> Loan:
        return simple(self.terms.plan(self.choice, rate_ppm=self.rate_ppm, starts_on=self.starts_on), yuan(self.amount_fen))

    @property
    def principal_fen(self) -> int:
        return sum(part.left(PRINCIPAL) for part in self.parts)


@dataclass(frozen=True)
class Settlement:
    """What ends a debt on a day, fen; `fee_fen` with what paying ahead costs (`early_fee_fen`)."""

    principal_fen: int
    interest_fen: int
    fee_fen: int
    penalty_fen: int
    early_fee_fen: int

    @property
    def amount_fen(self) -> int:
        return self.principal_fen + self.interest_fen + self.fee_fen + self.penalty_fen


@dataclass(frozen=True)
class Share:
    """Of a payment: so much to a component of an instalment."""

    number: int
    component: Component
    fen: int


@dataclass(frozen=True)
class Paid:
    """The debt after a payment, where the money went, what is left of it, and whether the instalments to come are others now."""

    debt: Debt
    shares: tuple[Share, ...]
    overpaid_fen: int
    replanned: bool


def lent(debt: Debt) -> Debt:
    """With the instalments it begins with. Raises EngineError."""
    return replace(debt, parts=tuple(part_of(debt.terms, row) for row in schedule(debt.loan)))


def part_of(terms: CreditTerms, row: Row) -> Part:
    asked = {PENALTY: 0, FEE: fen(row.fee), INTEREST: fen(row.interest), PRINCIPAL: fen(row.principal)}
    late_from = row.due_on + timedelta(days=terms.grace_days)
    return Part(row.number, row.from_on, row.due_on, asked, dict.fromkeys(Component, 0), late_from)


# What being late costs.


def penalty_fen(terms: CreditTerms, part: Part, day: date) -> int:
    """What an instalment's penalty has come to by the end of `day`: nothing in the days of grace; each stretch of a constant base rounded
    by itself, in all never above its part of the first base."""
    since = part.since or part.late_from
    if day <= since:
        return part.kept_fen
    base = penalty_base(terms, part)
    grown = part.kept_fen + half_up(Fraction(base * terms.penalty.daily_ppm * (day - since).days, MILLION))
    return min(grown, most_penalty(terms, part))


def penalty_base(terms: CreditTerms, part: Part) -> int:
    if terms.penalty.base is PenaltyBase.PRINCIPAL:
        return part.left(PRINCIPAL)
    return part.open_fen - part.left(PENALTY)


def most_penalty(terms: CreditTerms, part: Part) -> int:
    if part.most_fen is not None:
        return part.most_fen
    return half_up(Fraction(penalty_base(terms, part) * terms.penalty.cap_ppm, MILLION))


def as_of(debt: Debt, day: date) -> Debt:
    """With penalties as they are at the end of `day`."""
    parts = (replace(part, asked=part.asked | {PENALTY: penalty_fen(debt.terms, part, day)}) for part in debt.parts)
    return replace(debt, parts=tuple(parts))


def is_late(part: Part, day: date) -> bool:
    return day > part.late_from and part.open_fen > 0


# What is owed.


def due(debt: Debt, day: date) -> list[Item]:
    """What is due by a day and not paid, as the engine takes it."""
    found = (part for part in as_of(debt, day).parts if part.due_on <= day)
    return [
        Item(part.number, part.due_on, component, yuan(part.left(component)))
        for part in found
        for component in Component
        if part.left(component)
    ]


def due_fen(debt: Debt, day: date) -> int:
    return sum(fen(item.amount) for item in due(debt, day))


def to_come(debt: Debt, day: date) -> list[Part]:
    return [part for part in debt.parts if part.due_on > day]


def to_settle(debt: Debt, day: date) -> Settlement:
    """What ends the debt on `day`: what is due with its penalties, all principal, interest to that day, fees of periods that began, and
    what paying ahead costs. Raises EngineError."""
    owed = dict.fromkeys(Component, 0)
    for item in due(debt, day):
        owed[item.component] += fen(item.amount)
    rest = rest_to_settle(debt, day)
    return Settlement(
        owed[PRINCIPAL] + rest.principal_fen,
        owed[INTEREST] + rest.interest_fen,
        owed[FEE] + rest.fee_fen,
        owed[PENALTY],
        rest.early_fee_fen,
    )


def rest_to_settle(debt: Debt, day: date) -> Settlement:
    """Of what is not due yet. On a due day nothing of the next period has come up."""
    coming = to_come(debt, day)
    principal = sum(part.left(PRINCIPAL) for part in coming)
    if not any(part.open_fen for part in coming):
        return Settlement(0, 0, 0, 0, 0)
    early, running = early_fee_fen(principal, debt.terms.early.fee_ppm), coming[0]
    if any(part.due_on == day for part in debt.parts):
        return Settlement(principal, 0, early, 0, early)
    asked = settlement(debt.loan, day, payments_of(debt, day))
    interest = max(fen(asked.interest) - running.paid[INTEREST], 0)
    fee = max(fen(asked.fee) - (running.paid[FEE] - running.early_fee_fen), 0)
    return Settlement(principal, interest, fee + early, 0, early)


def payments_of(debt: Debt, day: date, more: Iterable[Ahead] = ()) -> list[Payment]:
    """What the plan of a debt was paid by a day: what came ahead, and what fell due as if in time."""
    found = [Payment(one.on, yuan(one.fen), prepay=one.strategy) for one in (*debt.ahead, *more)]
    for part in debt.parts:
        asked = part.asked[PRINCIPAL] + part.asked[INTEREST] + part.asked[FEE] - part.early_fee_fen - part.ahead_fen
        if part.due_on <= day and asked:
            found.append(Payment(part.due_on, yuan(asked)))
    return sorted(found, key=lambda one: one.on)


# What a payment does.


@dataclass
class Till:
    """A debt while a payment is being put where it belongs."""

    debt: Debt
    day: date
    left_fen: int
    parts: dict[int, Part] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)
    replanned: bool = False

    def __post_init__(self) -> None:
        self.parts = {part.number: part for part in as_of(self.debt, self.day).parts}

    def give(self, number: int, component: Component, amount_fen: int) -> None:
        if not amount_fen:
            return
        part = self.parts[number]
        self.parts[number] = replace(part, paid=part.paid | {component: part.paid[component] + amount_fen})
        self.shares.append(Share(number, component, amount_fen))
        self.left_fen -= amount_fen

    def done(self, ahead: Sequence[Ahead] = ()) -> Paid:
        after = replace(self.debt, parts=tuple(self.parts.values()), ahead=(*self.debt.ahead, *ahead))
        return Paid(after, tuple(self.shares), self.left_fen, self.replanned)


def pay(debt: Debt, day: date, amount_fen: int, strategy: Prepay) -> Paid:
    """`amount_fen` (at least 1) paid on `day`: what is due first, then all of it where that is enough, then principal ahead. Raises
    EngineError."""
    till = Till(debt, day, amount_fen)
    pay_due(till)
    coming = to_come(debt, day)
    if not till.left_fen or not any(part.open_fen for part in coming):
        return till.done()
    rest = rest_to_settle(debt, day)
    if till.left_fen >= rest.amount_fen:
        settle(till, coming, rest)
        return till.done()
    return pay_ahead(till, coming[0], strategy)


def pay_due(till: Till) -> None:
    """By the waterfall; the penalty of what is late goes on from here, on what is left."""
    terms = till.debt.terms
    steps = tuple(step for step in terms.waterfall if step[0] is not Bucket.IN_ADVANCE)
    touched = set()
    for given in allocate(due(till.debt, till.day), yuan(till.left_fen), till.day, Waterfall(steps)).allocations:
        till.give(given.instalment, given.component, fen(given.amount))
        touched.add(given.instalment)
    before = {part.number: part for part in till.debt.parts}
    for number in touched:
        part = before[number]
        if till.day > part.late_from:
            kept, most = penalty_fen(terms, part, till.day), most_penalty(terms, part)
            till.parts[number] = replace(till.parts[number], kept_fen=kept, since=till.day, most_fen=most)


def settle(till: Till, coming: Sequence[Part], rest: Settlement) -> None:
    """The instalment that runs asks all that ends the debt; the ones after it fall away."""
    running, later = coming[0], coming[1:]
    asked = {
        PENALTY: 0,
        FEE: running.paid[FEE] + rest.fee_fen,
        INTEREST: running.paid[INTEREST] + rest.interest_fen,
        PRINCIPAL: running.paid[PRINCIPAL] + rest.principal_fen,
    }
    till.parts[running.number] = replace(running, asked=asked, early_fee_fen=running.early_fee_fen + rest.early_fee_fen)
    for part in later:
        del till.parts[part.number]
    till.replanned = True
    for component, amount in ((FEE, rest.fee_fen), (INTEREST, rest.interest_fen), (PRINCIPAL, rest.principal_fen)):
        till.give(running.number, component, amount)


def pay_ahead(till: Till, running: Part, strategy: Prepay) -> Paid:
    """Principal of the instalment that runs, or on a due day of the one that is due, and what it costs; the ones to come are planned anew.
    What is left where all principal is paid is interest of the running one, ahead."""
    debt, day = till.debt, till.day
    today = next((part for part in debt.parts if part.due_on == day), None)
    number = (today or running).number
    open_fen = sum(part.left(PRINCIPAL) for part in to_come(debt, day))
    principal, early_fee = split_early(till.left_fen, debt.terms.early.fee_ppm, open_fen)
    added = (Ahead(day, principal, strategy),) if principal else ()
    if principal:
        follow(till, replan(debt.loan, payments_of(debt, day, added), as_of=day).rows)
    part = till.parts[number]
    more = {FEE: part.asked[FEE] + early_fee}
    if today is not None:
        more[PRINCIPAL] = part.asked[PRINCIPAL] + principal
    part = replace(part, asked=part.asked | more, early_fee_fen=part.early_fee_fen + early_fee, ahead_fen=part.ahead_fen + principal)
    till.parts[number] = part
    till.give(number, PRINCIPAL, principal)
    till.give(number, FEE, early_fee)
    last = till.parts.get(running.number)
    if till.left_fen and last is not None and not sum(one.left(PRINCIPAL) for one in till.parts.values() if one.due_on > day):
        till.give(running.number, INTEREST, min(till.left_fen, last.left(INTEREST)))
        till.give(running.number, FEE, min(till.left_fen, till.parts[running.number].left(FEE)))
    return till.done(added)


def split_early(amount_fen: int, fee_ppm: int, most_fen: int) -> tuple[int, int]:
    """(principal, what paying it ahead costs) of an amount, nothing left; above `most_fen` of principal the fee of that."""
    principal = amount_fen * MILLION // (MILLION + fee_ppm)
    if principal < most_fen and principal + 1 + early_fee_fen(principal + 1, fee_ppm) <= amount_fen:
        principal += 1
    if principal >= most_fen:
        return most_fen, min(early_fee_fen(most_fen, fee_ppm), amount_fen - most_fen)
    return principal, amount_fen - principal


def early_fee_fen(principal_fen: int, fee_ppm: int) -> int:
    return half_up(Fraction(principal_fen * fee_ppm, MILLION))


def follow(till: Till, rows: Sequence[Planned]) -> None:
    """What is to come becomes what the engine plans."""
    debt, old = till.debt, {part.number: part for part in to_come(till.debt, till.day)}
    for number in old:
        del till.parts[number]
    for planned in rows:
        if planned.row.due_on > till.day:
            fresh = part_of(debt.terms, planned.row)
            part = old.get(fresh.number, fresh)
            asked = fresh.asked | {
                FEE: fresh.asked[FEE] + part.early_fee_fen,
                INTEREST: max(fresh.asked[INTEREST], part.paid[INTEREST]),
            }
            till.parts[fresh.number] = replace(part, asked=asked)
    till.replanned = [(part.number, part.asked) for part in old.values()] != [
        (number, part.asked) for number, part in till.parts.items() if part.due_on > till.day
    ]
