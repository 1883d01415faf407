"""The end of day over debts: what comes up, what is late, and what is cured."""

from datetime import date, datetime, timedelta

import pytest

from accounts.ledger.queries import balance
from core.business_day import queries as business_days
from core.business_day.end_of_day import catch_up
from core.clock import queries as clock
from core.clock import services as moving
from core.clock.queries import start_of_day
from credit.debts import accounts, book, coming_up, late, queries
from credit.debts.models import Draw
from credit.debts.services import keeping
from credit.debts.states import Toward
from tests.credit.debts.world import AMOUNT, assert_agrees, borrower, drawn, repaid
from tests.credit.lines.world import fresh
from tests.ledger_proof import assert_books_balance, found_of
from tests.payments.wallet.world import fund

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def be_on(day: date) -> datetime:
    """The morning of a day, with every day before it closed."""
    at = start_of_day(day) + timedelta(hours=9)
    moving.move_to(at=at)
    done = catch_up(at=at)
    assert done.failed == []
    return at


def charges(draw: Draw) -> dict[Toward, int]:
    return {toward: abs(balance(accounts.charge(draw.product_id, toward)).posted) for toward in coming_up.CHARGES}


def settle_fen(draw: Draw, day: date) -> int:
    return book.to_settle(keeping.read(queries.draw(draw.pk)).debt, day).amount_fen


def test_interest_comes_up_by_days_and_what_is_late_costs_a_penalty_freezes_the_line_and_is_cured() -> None:
    who, line = borrower()
    draw = drawn(who, line)
    first = queries.instalments(draw.pk)[0]
    fund(who, 700_000)
    half = first.begins_on + (first.due_on - first.begins_on) // 2
    be_on(half + DAY)
    gone = (half - first.begins_on).days
    assert charges(draw)[Toward.INTEREST] == first.interest_fen * gone // (first.due_on - first.begins_on).days
    assert coming_up.book(day=half, at=clock.now()) == 0

    at = be_on(first.late_from + DAY)
    assert (charges(draw)[Toward.PENALTY], fresh(line).state) == (0, "active")
    at = be_on(first.late_from + 11 * DAY)
    assert business_days.current() == first.late_from + 11 * DAY
    row = queries.instalments(draw.pk)[0]
    assert row.penalty_fen == book.half_up(book.Fraction(first.principal_fen * 500 * 10, 1_000_000))
    assert (charges(draw)[Toward.PENALTY], fresh(line).state, fresh(line).freezes) == (row.penalty_fen, "frozen", ["overdue"])
    assert late.grow(day=first.late_from + 10 * DAY, part=line.shard // late.WIDTH, at=at) == 0
    assert late.freeze(day=first.late_from + 10 * DAY, part=line.shard // late.WIDTH, at=at) == 0

    kept = keeping.read(queries.draw(draw.pk))
    due = book.due_fen(kept.debt, clock.local_day(at))
    repaid(who, draw, due, at=at)
    assert (fresh(line).state, fresh(line).freezes) == ("active", [])
    assert_agrees(line)
    be_on(first.late_from + 13 * DAY)
    assert charges(draw)[Toward.PENALTY] == 0
    day = clock.local_day(clock.now())
    repaid(who, draw, settle_fen(draw, day), at=clock.now())
    be_on(day + DAY)
    assert (charges(draw), fresh(line).used_fen) == (dict.fromkeys(coming_up.CHARGES, 0), 0)
    earned = {toward: balance(accounts.income(toward)).posted for toward in coming_up.CHARGES}
    paid = sum(row.paid_fen for row in queries.instalments(draw.pk)) - AMOUNT
    assert sum(earned.values()) == paid
    assert found_of("credit.debts") == []
    assert_books_balance()
