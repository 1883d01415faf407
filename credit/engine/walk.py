"""A loan lived through day by day: what schedule.py and replan.py both come from.

Interest runs on what is really owed: the scheduled principal, plus what is overdue of it, less what was paid ahead; it is rounded once for
each stretch of constant balance and rate. What was overdue on the last day that is known counts as paid on that day, and what falls due
later as paid when due: a plan says what follows if the customer keeps to it from now on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from credit.engine import levels
from credit.engine.day_count import Period, year_fraction
from credit.engine.money import ZERO, BadDay, total
from credit.engine.paying import Asked, Payment, Prepay, Toward, Waived, Waiver
from credit.engine.terms import Loan, Method, Row, Stretches, equal_parts, fee_parts


@dataclass
class Walk:
    """The state of one loan on its way; `until` is the last day that is known. Every amount is in yuan."""

    loan: Loan
    payments: Sequence[Payment] = ()
    prepay: Prepay = Prepay.SKIP
    until: date | None = None
    waivers: Sequence[Waiver] = ()
    scheduled: Decimal = ZERO
    early: Decimal = ZERO
    on_day: Decimal = ZERO
    to_skip: Decimal = ZERO
    before_level: Decimal = ZERO
    overpaid: Decimal = ZERO
    put_off: Decimal = ZERO
    toward_principal: Decimal = ZERO
    let_off: Decimal = ZERO
    accrued: Decimal = ZERO
    rounded: Decimal = ZERO
    running: Fraction = Fraction(0)
    level: Decimal | None = None
    stale: bool = False
    prepaid: bool = False
    settled: bool = False
    stopped: bool = False
    place: int = 0
    rows: list[Asked] = field(default_factory=list)
    moved: list[tuple[Decimal, Fraction]] = field(default_factory=list)
    last_paid_on: date | None = None

    def __post_init__(self) -> None:
        self.terms = self.loan.terms
        self.spans = self.terms.spans()
        self.count = len(self.spans)
        self.known = self.until or self.spans[0].from_on
        self.level = self.terms.instalment
        if self.payments and self.payments[0].on < self.loan.disbursements[0].on:
            raise BadDay("payments", f"{self.payments[0].on} is before anything was disbursed")
        self.fees = fee_parts(self.terms.fees, self.loan.principal, self.count, self.terms.rounding)
        self.beside = equal_parts(self.loan.interest_owed, self.count, self.terms.rounding)
        self.flat = self.flat_interest()
        self.rate = Fraction(self.terms.rate)
        self.stretch = ZERO, self.rate
        self.paid_days = {payment.on for payment in self.payments}

    def flat_interest(self) -> list[Decimal]:
        if self.terms.method is not Method.FLAT:
            return []
        starts = [max(self.spans[0].from_on, self.loan.disbursements[0].on), *(span.from_on for span in self.spans[1:])]
        whole = sum((self.part(span, start, span.due_on) for span, start in zip(self.spans, starts, strict=True)), Fraction(0))
        interest = self.terms.money(Fraction(self.loan.principal) * Fraction(self.terms.rate) * whole)
        return equal_parts(interest, self.count, self.terms.rounding)

    def part(self, span: Period, start: date, end: date) -> Fraction:
        return span.part(start, end, self.terms.day_count, self.terms.every.unit)

    def run(self) -> None:
        """To the end of the plan, and beyond it to the last known day."""
        while self.place < self.count and not self.is_over():
            self.live(self.spans[self.place].due_on)
            self.close()
            self.place += 1
        self.count = self.place
        self.live_after()

    def run_to(self, day: date) -> None:
        """To the end of `day`, without closing the instalment that is running then."""
        while self.place < self.count and not self.is_over() and self.spans[self.place].due_on < day:
            self.live(self.spans[self.place].due_on)
            self.close()
            self.place += 1
        if self.place < self.count and not self.is_over():
            self.live(day)
            self.stopped = True
        else:
            self.count = self.place
            self.live_after()

    def is_over(self) -> bool:
        """All is repaid, so that no row follows. A schedule nobody paid early keeps the rows that ask a fee."""
        if self.settled:
            return True
        later = (
            any(disbursement.on >= self.spans[self.place - 1].due_on for disbursement in self.loan.disbursements) if self.place else True
        )
        fees = not self.prepaid and any(self.fees[self.place :])
        return not (self.scheduled or self.put_off or any(self.beside[self.place :]) or later or fees)

    def live(self, end: date) -> None:
        """The current period up to `end`."""
        span = self.spans[self.place]
        self.accrued = self.rounded = self.toward_principal = self.let_off = ZERO
        self.running, self.moved = Fraction(0), []
        self.disburse(span.from_on)
        if self.place == 0:
            self.pay(span.from_on)
        for start, stop in pairwise(sorted({span.from_on, end, *self.turns(span.from_on, end)})):
            self.accrue(span, start, stop)
            if stop < span.due_on:
                self.disburse(stop)
            self.pay(stop)

    def accrue(self, span: Period, start: date, stop: date) -> None:
        """Interest from `start` to `stop`. A day on which nothing changes, such as the last that is known, begins no new stretch."""
        self.rate = Fraction(self.loan.rate_on(start))
        factor = self.rate * self.part(span, start, stop)
        self.moved.append((self.scheduled + self.unprepaid(), factor))
        if self.flat:
            earned = Fraction(self.flat[self.place]) * self.lived(span, stop)
            self.accrued = self.accrued if self.settled else self.terms.money(earned)
            return
        bearing = self.bearing(start)
        if (bearing, self.rate) != self.stretch and (self.terms.stretches is Stretches.EACH or self.is_paid_on(start)):
            self.rounded, self.running = self.accrued, Fraction(0)
        self.stretch = bearing, self.rate
        self.running += Fraction(bearing) * factor
        self.accrued = self.rounded + self.terms.money(self.running)

    def is_paid_on(self, day: date) -> bool:
        """Whether a payment changes the balance, or what is overdue on the last known day, which counts as paid."""
        return day in self.paid_days or (day == self.known and any(row.owed_principal for row in self.rows))

    def lived(self, span: Period, day: date) -> Fraction:
        """The part of a period's flat interest that is earned by `day`."""
        start = max(span.from_on, self.loan.disbursements[0].on)
        return Fraction(max(0, (day - start).days), (span.due_on - start).days)

    def turns(self, start: date, end: date) -> Iterable[date]:
        """The days inside on which a balance or the rate changes."""
        days = [disbursement.on for disbursement in self.loan.disbursements]
        days += [change.after for change in self.loan.rate_changes]
        days += [payment.on for payment in self.payments] + [waiver.on for waiver in self.waivers]
        return (day for day in [*days, self.known] if start < day < end)

    def disburse(self, day: date) -> None:
        paid_out = total(disbursement.amount for disbursement in self.loan.disbursements if disbursement.on == day)
        self.scheduled += paid_out
        self.stale |= any(disbursement.on == day for disbursement in self.loan.disbursements[1:])
        self.stale |= any(change.after == day for change in self.loan.rate_changes)

    @property
    def ahead(self) -> Decimal:
        """What is paid of the instalment that runs."""
        return self.early + self.on_day

    def bearing(self, day: date) -> Decimal:
        overdue = total(row.owed_principal for row in self.rows) if day < self.known else ZERO
        return max(ZERO, self.scheduled + overdue - self.ahead)

    def pay(self, day: date) -> None:
        for waiver in self.waivers:
            if waiver.on == day:
                self.waive(waiver)
        for payment in self.payments:
            if payment.on == day and day <= self.known:
                self.receive(payment)

    def waive(self, waiver: Waiver) -> None:
        left = waiver.amount
        for row in self.rows:
            left -= row.let_off(left, waiver)
        if self.place < self.count and waiver.what is Waived.FEE:
            self.fees[self.place] -= min(left, self.fees[self.place])
        elif self.place < self.count:
            self.let_off += left

    def receive(self, payment: Payment) -> None:
        """What is overdue first, the oldest first; then all, where it is enough; then the instalment that runs, or principal at once."""
        left, self.last_paid_on = payment.amount, payment.on
        self.prepay = payment.prepay or self.prepay
        for row in self.rows:
            left -= row.take(left, payment.on)
        if self.may_settle(payment.on) and left and left + self.ahead >= self.to_settle():
            self.settled = self.prepaid = True
        elif payment.toward is Toward.PRINCIPAL and not self.settled and self.place < self.count:
            part = min(left, self.scheduled)
            self.scheduled -= part
            self.toward_principal += part
            self.before_level += part
            self.prepaid, left = True, left - part
            self.stale |= self.prepay is Prepay.SMALLER
        if self.place >= self.count:
            self.overpaid += left
        elif payment.on < self.spans[self.place].due_on:
            self.early += left
        else:
            self.on_day += left

    def may_settle(self, day: date) -> bool:
        """Whether all that will ever be disbursed is: what is on a due day comes after the payments of that day."""
        if self.place >= self.count or self.settled:
            return False
        return self.loan.disbursements[-1].on <= day and self.loan.disbursements[-1].on < self.spans[self.place].due_on

    def to_settle(self) -> Decimal:
        """What ends the loan now, beside what is overdue and before what was paid ahead."""
        return self.scheduled + self.interest_so_far() + self.fees[self.place]

    def interest_so_far(self) -> Decimal:
        """Of the instalment that runs, with what was put off or comes from an older plan, less what was let off."""
        return max(ZERO, self.accrued + self.put_off + total(self.beside[self.place :]) - self.let_off)

    def close(self) -> None:
        """The instalment falls due."""
        if self.flat and not self.settled:
            self.accrued = self.flat[self.place]
        interest, fee = self.interest_asked(), self.fees[self.place]
        asked = self.scheduled if self.settled else self.scheduled_principal()
        paid = self.paid_principal(interest + fee)
        principal = max(asked, paid)
        self.scheduled -= principal
        self.write(principal, interest, fee, paid)
        self.follow(principal - asked)

    def interest_asked(self) -> Decimal:
        """In a row of grace all but what comes from an older plan is put off; the last row asks everything."""
        if self.settled or self.place >= self.count - 1:
            interest, self.put_off = self.interest_so_far(), ZERO
            return interest
        interest = self.accrued + self.put_off
        self.put_off = ZERO
        if self.place < self.terms.interest_grace:
            self.put_off = max(ZERO, interest - self.let_off)
            return self.beside[self.place]
        return max(ZERO, interest + self.beside[self.place] - self.let_off)

    def paid_principal(self, charges: Decimal) -> Decimal:
        """What is paid of principal in the instalment that falls due: money that came before the due day first of all, as its charges were
        not due yet; money of the day after its charges."""
        before = min(self.early, self.scheduled)
        return min(self.scheduled, before + max(ZERO, self.ahead - before - charges))

    def write(self, principal: Decimal, interest: Decimal, fee: Decimal, paid_principal: Decimal) -> None:
        span = self.spans[self.place]
        to_come = total(disbursement.amount for disbursement in self.loan.disbursements if disbursement.on == span.due_on)
        paid = paid_principal + min(self.ahead - paid_principal, interest + fee) + self.toward_principal
        self.overpaid += self.ahead + self.toward_principal - paid
        principal += self.toward_principal
        row = Row(self.place + 1, span.from_on, span.due_on, principal, interest, fee, self.scheduled + to_come)
        asked = Asked(row, fee, interest, principal, paid_principal + self.toward_principal, paid)
        asked.paid_on = self.last_paid_on if paid and not asked.owed else None
        self.rows.append(asked)
        self.early = self.on_day = ZERO

    def follow(self, excess: Decimal) -> None:
        """What more principal than asked does to the rows that follow. As long as there is no level to keep, it is only noted."""
        if self.settled:
            return
        if excess or self.toward_principal:
            self.prepaid = True
            self.stale |= self.prepay is Prepay.SMALLER
        if self.level is None:
            self.before_level += excess
            return
        if self.prepay is Prepay.SKIP:
            self.to_skip += excess + self.before_level
        if excess or self.before_level:
            self.shorten()
        self.before_level = ZERO

    def unprepaid(self) -> Decimal:
        """Principal that a level that stays does not know of: paid ahead since there is one, or before there was."""
        return ZERO if self.prepay is Prepay.SMALLER else self.before_level

    def scheduled_principal(self) -> Decimal:
        """What the instalment asks of the scheduled principal."""
        if self.place >= self.count - 1:
            return self.scheduled
        if self.place < self.terms.principal_grace or self.terms.method is Method.INTEREST_ONLY:
            return ZERO
        if self.level is None or self.stale:
            self.level = levels.level(self.view(self.scheduled + self.unprepaid()))
            self.stale, self.to_skip = False, ZERO
            if self.prepay is Prepay.SKIP:
                self.to_skip, self.before_level = self.before_level - self.toward_principal, self.toward_principal
        asked = levels.principal(self.terms, self.level, self.scheduled, self.accrued)
        skipped = min(asked, self.to_skip)
        self.to_skip -= skipped
        return asked - skipped

    def view(self, principal: Decimal) -> levels.View:
        spans = self.spans[self.place + 1 : self.count]
        factors = [self.rate * span.length(self.terms.day_count, self.terms.every.unit) for span in spans]
        grown = sum((Fraction(balance) * factor for balance, factor in self.moved), Fraction(principal))
        return levels.View(self.terms, principal, self.accrued, grown, factors, self.flat[self.place :])

    def shorten(self) -> None:
        """FEWER: as many rows as the instalment still needs, and those for interest put off or owed before and for what is disbursed
        later."""
        if self.prepay is Prepay.FEWER and self.level is not None and self.terms.method is not Method.INTEREST_ONLY:
            owed = bool(self.put_off or any(self.beside[self.place + 1 :]))
            needed = self.place + 1 + max(levels.rows_needed(self.view(self.scheduled), self.level), int(owed))
            last = self.loan.disbursements[-1].on
            self.count = max(needed, 1 + max(place for place, span in enumerate(self.spans) if span.from_on <= last))

    def live_after(self) -> None:
        """After the last row: what is unpaid of its principal bears interest on, asked with the last row."""
        if not self.rows:
            return
        last = self.rows[-1].row.due_on
        for start, stop in pairwise(sorted({last, *self.turns(last, date.max)})):
            part = Fraction(self.loan.rate_on(start)) * year_fraction(start, stop, self.terms.day_count)
            self.rows[-1].interest += self.terms.money(Fraction(self.bearing(start)) * part)
            self.pay(stop)
