"""One debt, purely: random payments in any order keep every promise of the book, for every method a product may have."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.debts import book
from credit.debts.book import FEE, INTEREST, PENALTY, PRINCIPAL, Debt, Paid
from credit.engine.allocate import Component
from credit.engine.paying import Prepay
from credit.products.terms import read
from tests.credit.products.world import CASH, PAY_LATER, terms

START = date(2026, 1, 31)
LENT = 1_200_000


def debt(base: dict[str, Any] = CASH, *, periods: int = 6, rate_ppm: int = 146_000, **changes: Any) -> Debt:
    found = read(terms(base, **changes))
    choice = found.choice(periods)
    assert choice is not None
    return book.lent(Debt(found, choice, rate_ppm, LENT, START))


def day(number: int) -> date:
    return START + timedelta(days=number)


def assert_whole(one: Debt, on: date, paid_fen: int, overpaid_fen: int) -> None:
    """Nothing is negative, nothing has more than it asks, and what was paid is what the parts have."""
    for part in one.parts:
        for component in Component:
            assert 0 <= part.paid[component] <= part.asked[component], (part, component)
    assert sum(sum(part.paid.values()) for part in one.parts) + overpaid_fen == paid_fen
    assert sum(part.asked[PRINCIPAL] for part in one.parts) == LENT
    assert [part.number for part in one.parts] == list(range(1, len(one.parts) + 1))
    assert all(first.due_on == second.begins_on for first, second in pairwise(one.parts))


SHAPES: list[Debt] = [
    debt(),
    debt(early={"strategies": ["fewer", "smaller", "skip"]}),
    debt(method="equal_principal", day_count="act/365"),
    debt(method="flat", rate_ppm=60_000),
    debt(method="interest_only_balloon", day_count="act/360"),
    debt(PAY_LATER, rate_ppm=0),
    debt(PAY_LATER, rate_ppm=0, early={"strategies": ["skip"], "fee_ppm": 10_000}),
]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 45), st.one_of(st.integers(1, 400_000), st.sampled_from([1, 99, LENT, 2 * LENT])), st.sampled_from(list(Prepay))
    ),
    max_size=10,
)


@pytest.mark.parametrize("place", range(len(SHAPES)))
@given(steps=STEPS)
@settings(max_examples=120, deadline=None)
def test_whatever_is_paid_and_when_the_parts_have_it_and_the_settlement_of_a_day_ends_the_debt(
    place: int, steps: list[tuple[int, int, Prepay]]
) -> None:
    one, on, paid, over = SHAPES[place], START, 0, 0
    for gap, amount, strategy in steps:
        on += timedelta(days=gap)
        exact = book.to_settle(one, on)
        ended = book.pay(one, on, exact.amount_fen, strategy) if exact.amount_fen else None
        if ended is not None:
            assert (ended.overpaid_fen, sum(part.open_fen for part in ended.debt.parts)) == (0, 0), exact
            if exact.amount_fen > 1:
                short = book.pay(one, on, exact.amount_fen - 1, strategy)
                assert sum(part.open_fen for part in short.debt.parts) > 0
        done = book.pay(one, on, amount, strategy)
        paid, over = paid + amount, over + done.overpaid_fen
        assert sum(share.fen for share in done.shares) + done.overpaid_fen == amount
        assert not done.overpaid_fen or amount > exact.amount_fen
        assert all(share.fen > 0 for share in done.shares)
        one = done.debt
        assert_whole(one, on, paid, over)


@pytest.mark.parametrize("place", range(len(SHAPES)))
def test_who_pays_each_day_what_is_due_pays_the_schedule_and_nothing_else(place: int) -> None:
    one = SHAPES[place]
    first = [(part.due_on, part.asked) for part in one.parts]
    for on, asked in first:
        assert book.due_fen(one, on) == sum(asked.values())
        done = book.pay(one, on, sum(asked.values()), Prepay.SMALLER)
        assert (done.replanned, done.overpaid_fen) == (False, 0)
        one = done.debt
    assert [(part.due_on, part.paid) for part in one.parts] == first


@pytest.mark.parametrize("strategy", list(Prepay))
@given(before=st.integers(1, 170), amount=st.integers(1, LENT))
@settings(max_examples=80, deadline=None)
def test_paying_ahead_never_raises_what_the_interest_comes_to(strategy: Prepay, before: int, amount: int) -> None:
    one = debt(early={"strategies": ["fewer", "smaller", "skip"]})
    on = day(before)
    owed = book.due_fen(one, on)
    one = book.pay(one, on, owed, strategy).debt if owed else one
    before_fen = sum(part.asked[INTEREST] for part in one.parts)
    done = book.pay(one, on, amount, strategy)
    rounding_fen = 2 * len(one.parts)  # interest is rounded for each stretch of constant balance
    assert sum(part.asked[INTEREST] for part in done.debt.parts) <= before_fen + rounding_fen


def test_paid_ahead_the_term_gets_shorter_or_the_payments_smaller_as_was_asked() -> None:
    one = debt(early={"strategies": ["fewer", "smaller", "skip"]})
    asked = sum(one.parts[2].asked.values())
    on, amount = one.parts[0].due_on, 500_000
    one = book.pay(one, on, sum(one.parts[0].asked.values()), Prepay.FEWER).debt
    fewer, smaller, skip = (book.pay(one, on, amount, way).debt for way in (Prepay.FEWER, Prepay.SMALLER, Prepay.SKIP))
    assert (len(fewer.parts), len(smaller.parts), len(skip.parts)) == (4, 6, 6)
    assert sum(fewer.parts[1].asked.values()) == asked
    assert sum(smaller.parts[1].asked.values()) < asked
    assert skip.parts[1].asked[PRINCIPAL] == 0 < skip.parts[1].asked[INTEREST]
    assert {sum(part.asked[PRINCIPAL] for part in each.parts) for each in (fewer, smaller, skip)} == {LENT}


def test_paying_ahead_costs_what_the_product_says_of_the_principal() -> None:
    one = debt(early={"strategies": ["smaller"], "fee_ppm": 5_000})
    done = book.pay(one, day(10), 100_500, Prepay.SMALLER)
    assert [(share.component, share.fen) for share in done.shares] == [(PRINCIPAL, 100_000), (FEE, 500)]
    whole = book.to_settle(one, day(10))
    assert (whole.early_fee_fen, whole.principal_fen) == (6_000, LENT)
    assert whole.interest_fen == 5_214  # a month's 12,000.00 yuan x 14.6 % / 12, 10 of its 28 days


def test_a_penalty_runs_on_what_is_left_after_grace_and_stops_at_its_cap() -> None:
    one = debt(penalty={"daily_ppm": 500, "base": "unpaid", "cap_ppm": 20_000})
    first = one.parts[0]
    base = first.open_fen
    late = [book.as_of(one, first.due_on + timedelta(days=number)).parts[0].asked[PENALTY] for number in (3, 4, 13, 43, 44, 400)]
    cap = book.half_up(book.Fraction(base * 20_000, 1_000_000))
    assert late == [0, round(base * 0.0005), round(base * 0.005), cap, cap, cap]

    ten = first.due_on + timedelta(days=13)
    done: Paid = book.pay(one, ten, 100_000, Prepay.SMALLER)
    assert done.shares[0].component is PENALTY
    left = book.penalty_base(one.terms, done.debt.parts[0])
    assert left == base - (100_000 - late[2])
    grown = book.as_of(done.debt, ten + timedelta(days=10)).parts[0].asked[PENALTY]
    assert grown == late[2] + round(left * 0.005)


def test_money_beyond_everything_is_told() -> None:
    one = debt()
    whole = book.to_settle(one, day(40))
    done = book.pay(one, day(40), whole.amount_fen + 777, Prepay.SMALLER)
    assert (done.overpaid_fen, book.due_fen(done.debt, day(400))) == (777, 0)
    again = book.pay(done.debt, day(41), 5, Prepay.SMALLER)
    assert (again.shares, again.overpaid_fen) == ((), 5)
