"""Many at once on the real database: one deduction a period, one charge, and nothing after a cancellation."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from payments.agreements import outbound
from payments.agreements.models import Agreement, Deduction
from payments.agreements.refusals import DeductionOverCap, PeriodTaken
from payments.agreements.services import signing
from payments.cashier.models import PaymentAttempt, PaymentOrder
from tests.payments.agreements.world import ask, hear, proposed, sign, signed
from tests.payments.cashier.world import assert_settled, holder, pending, shop
from tests.payments.wallet.world import open_day, posted
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(hours=3)


def test_twelve_asks_for_one_period_are_one_deduction_within_the_caps() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    row = signed(where, ann, total=5_000)
    ended = together(lambda _: ask(where, row, 3_000), 12)
    assert sum(isinstance(end, Deduction) for end in ended) == 1
    assert {type(end) for end in ended} <= {Deduction, PeriodTaken, DeductionOverCap}
    assert (PaymentOrder.objects.count(), Agreement.objects.get().taken_fen) == (1, 3_000)


def test_a_deduction_tried_by_many_workers_at_once_is_one_charge() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    deduction = ask(where, signed(where, ann), 5_000)
    together(lambda _: outbound.debit(deduction_id=deduction.id, at=clock.now() + LATER), 8)
    assert (PaymentAttempt.objects.count(), pending(where)) == (1, 4_970)
    assert_settled(expected={ann: 45_000})


def test_cancelling_and_debiting_at_once_have_one_winner() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    for _ in range(3):
        row = signed(where, ann)
        deduction = ask(where, row, 1_000)
        acts: list[Any] = [
            lambda deduction=deduction: outbound.debit(deduction_id=deduction.id, at=clock.now() + LATER),
            lambda row=row: signing.cancel(customer_id=ann.id, agreement_id=row.id, at=clock.now()),
        ]
        ended = together(lambda number, acts=acts: acts[number % 2](), 4)
        assert sum(isinstance(end, Agreement) for end in ended) == 1
        hear()
        deduction.refresh_from_db()
        assert (deduction.state, PaymentOrder.objects.get(pk=deduction.order_id).state) in (("paid", "paid"), ("failed", "closed"))
    paid = Deduction.objects.filter(state="paid").count()
    assert_settled(expected={ann: 50_000 - 1_000 * paid})


def test_of_many_who_sign_one_agreement_one_does() -> None:
    open_day()
    where, people = shop(), [holder(0, pin=True) for _ in range(4)]
    row = proposed(where)
    ended = together(lambda number: sign(people[number], row), 4)
    assert sum(isinstance(end, Agreement) for end in ended) == 1
    assert Agreement.objects.get().customer_id in {who.id for who in people}
    assert sum(posted(who) for who in people) == 0
