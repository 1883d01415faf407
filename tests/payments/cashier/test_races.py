"""Many at once on the real database: one charge for one order, one payer, one end, no fen twice."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from accounts.ledger.models import Journal
from core.clock import queries as clock
from core.errors import DomainError
from payments.cashier import journals, outbound
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.cashier.services import closing, late
from payments.cashier.services.funding import Pick
from payments.cashier.services.paying import OrderClosed, OrderPaid
from payments.channels import services as channels
from payments.channels.models import ChannelRequest
from payments.channels.outcomes import conclude
from payments.channels.states import RequestState
from tests.factories import Client, api
from tests.payments.cashier.plugs import strange_sources
from tests.payments.cashier.test_unknown import decide, late_success, undecided
from tests.payments.cashier.world import (
    BALANCE,
    assert_settled,
    begin,
    card,
    card_holder,
    holder,
    new_order,
    pay,
    pending,
    request_of,
    settle_cashier,
    shop,
)
from tests.payments.wallet.world import open_day, posted
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = "/v1/payments/cashier/orders"


def test_case_30_parallel_pays_with_one_key_make_one_charge_and_30_equal_answers(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order, client = new_order(where, 1_000), api(who.customer)
    token = client._credentials["HTTP_AUTHORIZATION"]
    body = {"methods": [{"method": "card", "ref": who.card.public_id}]}

    def call(_: int) -> tuple[int, bytes]:
        own = Client()
        own.credentials(HTTP_AUTHORIZATION=token)
        for _ in range(60):
            answer = own.post(f"{ORDERS}/{order.public_id}/pay", body, key="one-key")
            if answer.status_code != 409 or answer.json()["code"] != "idempotency_key_running":
                break
        return answer.status_code, answer.content

    answers = together(call, 30)
    assert {status for status, _ in answers} == {201}
    assert len({content for _, content in answers}) == 1
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 1_000
    other = client.post(f"{ORDERS}/{order.public_id}/pay", body | {"proof": "x"}, key="one-key")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (PaymentAttempt.objects.count(), pending(where)) == (1, 994)
    assert_settled(expected={who.customer: 0})


def test_30_parallel_pays_with_keys_of_their_own_charge_once() -> None:
    open_day()
    where, ann = shop(), holder(50_000)
    order = new_order(where, 1_000)
    ended = together(lambda _: begin(ann, order, BALANCE), 30)
    assert sum(isinstance(end, PaymentAttempt) for end in ended) == 1
    assert sum(isinstance(end, OrderPaid) for end in ended) == 29
    assert (posted(ann), pending(where)) == (49_000, 994)
    assert_settled(expected={ann: 49_000})


def test_of_ten_payers_of_one_order_one_pays_and_nobody_else_sees_it() -> None:
    open_day()
    where, payers = shop(), [holder(1_000) for _ in range(10)]
    order = new_order(where, 1_000)
    ended = together(lambda number: begin(payers[number], order, BALANCE), 10)
    assert sum(isinstance(end, PaymentAttempt) for end in ended) == 1
    assert sum(isinstance(end, DomainError) and end.code == "not_found" for end in ended) == 9
    assert sorted(posted(who) for who in payers) == [0] + [1_000] * 9
    assert_settled()


def test_one_balance_pays_only_as_many_orders_as_it_covers() -> None:
    open_day()
    where, ann = shop(), holder(3_500)
    orders = [new_order(where, 1_000) for _ in range(10)]
    ended = together(lambda number: begin(ann, orders[number], BALANCE), 10)
    assert sum(isinstance(end, PaymentAttempt) for end in ended) == 3
    assert {end.code for end in ended if isinstance(end, DomainError)} == {"funding_not_covered"}
    assert_settled(expected={ann: 500})


def test_mixed_orders_of_one_payer_and_crossing_shops_meet_without_a_deadlock(connected: SandboxBank) -> None:
    shops, who = [shop(), shop()], card_holder(connected, fen=20_000)
    with strange_sources():
        orders = [new_order(shops[number % 2], 400) for number in range(8)]
        mixes = [[Pick("balance", fen=100), Pick("line", fen=100), card(who)], [Pick("line", fen=100), Pick("balance", fen=100), card(who)]]
        ended = together(lambda number: pay(who.customer, orders[number], mixes[number % 2]), 8)
        assert all(isinstance(end, PaymentAttempt) for end in ended), ended
        settle_cashier(clock.now() + timedelta(seconds=61))
    assert set(PaymentOrder.objects.values_list("state", flat=True)) == {"paid"}
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 8 * 200
    assert_settled(expected={who.customer: 20_000 - 800})


def test_paying_and_closing_at_once_have_one_winner() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    for _ in range(3):
        order = new_order(where, 1_000)
        acts: list[Any] = [
            lambda order=order: begin(ann, order, BALANCE),
            lambda order=order: closing.begin(order_id=order.id, code=closing.BY_MERCHANT, at=clock.now()),
        ]
        ended = together(lambda number, acts=acts: acts[number % 2](), 6)
        order.refresh_from_db()
        refused = (OrderClosed,) if order.state == "closed" else (OrderPaid,)
        assert order.state in ("paid", "closed")
        assert all(isinstance(end, (PaymentAttempt, PaymentOrder, *refused)) for end in ended)
    paid = PaymentOrder.objects.filter(state="paid").count()
    assert_settled(expected={ann: 10_000 - 1_000 * paid})


def test_a_success_told_by_many_while_the_order_expires_is_booked_once(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        attempt = undecided(connected, who, where, mixed=True)
        order = PaymentOrder.objects.get()
        decide(connected, attempt)
        assert attempt.request_id is not None
        acts: list[Any] = [
            lambda: channels.query(request_id=attempt.request_id, at=order.expires_at),
            lambda: outbound.expire(order_id=order.id, at=order.expires_at),
        ]
        ended = together(lambda number: acts[number % 2](), 8)
        assert not [end for end in ended if isinstance(end, Exception) and not isinstance(end, OrderPaid)]
        settle_cashier(order.expires_at + timedelta(minutes=2))
    order.refresh_from_db()
    assert order.state in ("paid", "late_refunded")
    assert Journal.objects.filter(event__in=[journals.PAID, journals.LATE]).count() == 1
    charged = 5_000 if order.state == "paid" else 0
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - charged
    assert_settled(expected={who.customer: 0 if charged else 3_000})


def test_a_late_success_is_refunded_once_by_many(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        order = late_success(connected, who, where)
        placed = together(lambda _: late.place_refund(order_id=order.id, at=order.changed_at), 8)
        assert sum(isinstance(end, ChannelRequest) for end in placed) == 1
        settle_cashier(order.expires_at + timedelta(minutes=2))
    order.refresh_from_db()
    assert order.state == "late_refunded"
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_settled(expected={who.customer: 3_000})


def test_one_out_trade_no_is_one_order_in_many_threads() -> None:
    open_day()
    where, number = shop(), uuid.uuid4().hex
    made = together(lambda _: new_order(where, 1_000, out_trade_no=number), 12)
    assert {row.id for row in made} == {PaymentOrder.objects.get().id}


def test_a_payment_sent_while_a_sweeper_thought_it_unsent_and_its_order_closed_is_left_to_the_bank(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order = new_order(where, 1_000)
    request = request_of(begin(who.customer, order, [card(who)]))
    closing.begin(order_id=order.id, code=closing.BY_MERCHANT, at=clock.now())
    departed, leaves = channels.depart(request.id, RequestState.NEW, clock.now())
    assert (leaves, request.state) == (True, "new")
    assert channels.attend(request, clock.now()).state == "sent"
    result = channels.exchanged(channels.call_by_operation, departed, clock.now())
    assert conclude(request_id=request.id, result=result, source="answer", at=clock.now()).state == "success"
    settle_cashier(clock.now())
    order.refresh_from_db()
    assert order.state == "late_refunded"
    assert_settled(expected={who.customer: 0})
