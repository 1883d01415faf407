"""Many at once on the real database: one deduction a period, one charge, and nothing after a cancellation."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.moves import WrongState
from payments.agreements import outbound
from payments.agreements.models import Agreement, Deduction
from payments.agreements.refusals import AgreementNotInForce, DeductionOverCap, PeriodTaken
from payments.agreements.services import deducting, signing
from payments.cashier.models import PaymentAttempt, PaymentOrder
from tests.payments.agreements.world import ask, hear, proposed, sign, signed
from tests.payments.cashier.world import assert_settled, holder, pending, shop
from tests.payments.wallet.world import open_day, posted
from tests.together import in_turn, together

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


def debit(deduction: Deduction) -> Deduction:
    return deducting.debit(deduction_id=deduction.id, at=clock.now() + LATER)


@pytest.mark.parametrize("act", ["pause", "resume"])
@pytest.mark.parametrize("first", ["debit", "switch"])
def test_a_deduction_tried_while_its_agreement_is_paused_or_resumed_is_taken_only_while_it_is_in_force(act: str, first: str) -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    row = signed(where, ann)
    deduction = ask(where, row, 1_000)
    facts: dict[str, Any] = {"customer_id": ann.id, "agreement_id": row.id, "at": clock.now()}
    if act == "resume":
        signing.pause(**facts)
    ended = in_turn({"debit": lambda: debit(deduction), "switch": lambda: getattr(signing, act)(**facts)}, first)
    in_force = (act == "pause") == (first == "debit")
    assert ended["switch"].state == ("suspended" if act == "pause" else "signed"), ended
    assert ended["debit"].state == ("paid" if in_force else "waiting"), ended
    deduction.refresh_from_db()
    assert (deduction.tries, deduction.code) == ((0, "") if in_force else (1, deducting.SUSPENDED))
    assert_settled(expected={ann: 49_000 if in_force else 50_000})


@pytest.mark.parametrize("first", ["ask", "end"])
def test_a_deduction_asked_while_its_agreement_ends_is_called_off_or_refused(first: str) -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    row = signed(where, ann)
    end = {"customer_id": ann.id, "agreement_id": row.id, "at": clock.now()}
    ended = in_turn({"ask": lambda: ask(where, row, 1_000), "end": lambda: signing.cancel(**end)}, first)
    assert isinstance(ended["end"], Agreement), ended
    assert isinstance(ended["ask"], Deduction if first == "ask" else AgreementNotInForce), ended
    assert list(Deduction.objects.values_list("state", "order__state")) == ([("failed", "closed")] if first == "ask" else [])
    row.refresh_from_db()
    assert (row.state, row.taken_fen) == ("ended", 0)
    assert_settled(expected={ann: 50_000})


@pytest.mark.parametrize("first", ["debit", "follow"])
def test_news_of_an_order_heard_while_it_is_debited_change_nothing(first: str) -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    deduction = ask(where, signed(where, ann), 1_000)
    follow = {"order_id": deduction.order_id, "code": "", "at": clock.now()}
    ended = in_turn({"debit": lambda: debit(deduction), "follow": lambda: deducting.follow(**follow)}, first)
    assert (ended["debit"].state, ended["follow"]) == ("paid", None), ended
    hear()
    assert (PaymentAttempt.objects.count(), Deduction.objects.get().state, pending(where)) == (1, "paid", 994)
    assert_settled(expected={ann: 49_000})


@pytest.mark.parametrize("first", ["sign", "expire"])
def test_an_agreement_signed_in_the_moment_it_expires_is_the_one_or_the_other(first: str) -> None:
    open_day()
    where, ann = shop(), holder(0, pin=True)
    row = proposed(where)
    expire = {"agreement_id": row.id, "at": row.expires_at}
    ended = in_turn({"sign": lambda: sign(ann, row), "expire": lambda: signing.expire(**expire)}, first)
    assert isinstance(ended["sign"], Agreement if first == "sign" else WrongState), ended
    assert ended["expire"] == (first == "expire")
    row.refresh_from_db()
    assert row.state == ("signed" if first == "sign" else "ended")
