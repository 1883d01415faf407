"""Many at once on the real database: one code, one charge; one day's limit, never a fen more."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.outbox.models import OutboxEvent
from payments.cashier import outbound as cashier
from payments.cashier import queries as orders
from payments.cashier.models import PaymentAttempt, PaymentOrder
from payments.cashier.services import closing, paying
from payments.cashier.services.orders import NewOrder, OutTradeNoUsed
from payments.cashier.services.paying import OrderClosed, OrderPaid
from payments.qr import queries
from payments.qr.models import PayerCode, QrCode
from payments.qr.refusals import PayerCodeInvalid, QrCodeRevoked, StaticDayLimit, TooManyQrCodes
from payments.qr.services import charging, printed
from payments.refunds.models import Refund
from tests.payments.cashier.world import BALANCE, Shop, approved, assert_settled, begin, holder, pending, settle_cashier, shop
from tests.payments.qr.world import print_code, read, show, store_of, terms, wanted
from tests.payments.wallet.bank_world import Holder, card_holder
from tests.payments.wallet.world import open_day, posted
from tests.rules import capped
from tests.sandbox_bank import SandboxBank
from tests.together import in_turn, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_code_at_two_terminals_of_two_merchants_at_once_is_one_charge() -> None:
    open_day()
    shops, ann = [shop(), shop()], holder(50_000)
    code = show(ann)
    ended = together(lambda number: read(shops[number % 2].app, code, wanted(1_000)), 12)
    assert sum(isinstance(end, PayerCode) for end in ended) == 1
    assert sum(isinstance(end, PayerCodeInvalid) for end in ended) == 11
    assert sorted(pending(where) for where in shops) == [0, 994]
    assert PaymentOrder.objects.count() == 1
    assert_settled(expected={ann: 49_000})


def test_one_request_sent_twelve_times_at_once_is_one_charge_and_twelve_equal_answers(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    code, asked = show(who.customer), wanted(1_000)
    ended = together(lambda _: read(where.app, code, asked), 12)
    assert {end.id for end in ended} == {PayerCode.objects.get().id}
    settle_cashier(clock.now() + timedelta(seconds=10))
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 1_000
    assert (PaymentAttempt.objects.count(), pending(where)) == (1, 994)
    assert_settled(expected={who.customer: 0})


def test_two_payers_codes_under_one_number_are_one_charge() -> None:
    open_day()
    where, people = shop(), [holder(5_000), holder(5_000)]
    codes, number = [show(who) for who in people], "T-1"
    ended = together(lambda place: read(where.app, codes[place % 2], wanted(1_000, out_trade_no=number)), 8)
    assert len({end.id for end in ended if isinstance(end, PayerCode)}) == 1
    assert {type(end) for end in ended} <= {PayerCode, OutTradeNoUsed}
    assert sorted(posted(who) for who in people) == [4_000, 5_000]
    assert PayerCode.objects.filter(state="shown").count() == 1
    assert_settled()


def test_whatever_confirming_and_reversing_at_once_come_to_nothing_stays_charged() -> None:
    open_day()
    where, ann = shop(), holder(100_000, pin=True)
    for _ in range(3):
        asked = wanted(30_000)
        row = read(where.app, show(ann), asked)
        order = PaymentOrder.objects.get(pk=row.order_id)
        given = approved(ann, order, BALANCE)
        acts: list[Any] = [
            lambda order=order, given=given: paying.pay(intent=given, order_id=order.id, picks=BALANCE, at=clock.now()),
            lambda asked=asked: charging.reverse(app=where.app, out_trade_no=asked.out_trade_no, at=clock.now()),
        ]
        ended = together(lambda number, acts=acts: acts[number % 2](), 6)
        result = queries.result(queries.with_order(row.id))
        assert result in ("refunded", "closed")
        assert all(isinstance(end, (PaymentAttempt, PayerCode, OrderPaid, OrderClosed)) for end in ended), ended
    assert Refund.objects.count() == PaymentOrder.objects.filter(state="refunded").count()
    assert_settled(expected={ann: 100_000})


def test_many_payments_by_printed_codes_take_no_more_than_the_day_allows() -> None:
    open_day()
    terms(codes_per_minute=100, static_fen_per_day=5_500)
    where, ann = shop(), holder(50_000)
    code, at = print_code(where), clock.now()
    orders = [printed.scan(customer_id=ann.id, code_id=code.id, amount_fen=1_000, at=at) for _ in range(10)]
    ended = together(lambda number: begin(ann, orders[number], BALANCE), 10)
    assert sum(isinstance(end, PaymentAttempt) for end in ended) == 5
    assert sum(isinstance(end, StaticDayLimit) for end in ended) == 5
    assert queries.left_today(ann.id, at) == 500
    assert_settled(expected={ann: 45_000})


@pytest.mark.parametrize("first", ["revoke", "scan"])
def test_a_printed_code_scanned_while_it_is_revoked_is_paid_by_that_scan_at_most(first: str) -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    code, at = print_code(where), clock.now()
    scan = {"customer_id": ann.id, "code_id": code.id, "amount_fen": 1_000, "at": at}
    ended = in_turn({"revoke": lambda: printed.revoke(code_id=code.id, at=at, by="test"), "scan": lambda: printed.scan(**scan)}, first)
    assert ended["revoke"].state == "revoked", ended
    assert isinstance(ended["scan"], PaymentOrder | QrCodeRevoked), ended
    made = isinstance(ended["scan"], PaymentOrder)
    assert made or first == "revoke"
    if made:
        assert begin(ann, ended["scan"], BALANCE).result == "paid"
    with pytest.raises(QrCodeRevoked):
        printed.scan(**scan)
    assert (PaymentOrder.objects.count(), pending(where)) == ((1, 994) if made else (0, 0))
    assert_settled(expected={ann: 9_000 if made else 10_000})


@pytest.mark.parametrize("first", ["confirm", "expire"])
def test_a_payment_confirmed_in_the_moment_it_expires_is_paid_or_closed(first: str) -> None:
    open_day()
    where, ann = shop(), holder(100_000, pin=True)
    row = read(where.app, show(ann), wanted(30_000))
    order = PaymentOrder.objects.get(pk=row.order_id)
    given, over = approved(ann, order, BALANCE), order.expires_at
    acts: dict[str, Any] = {
        "confirm": lambda: paying.pay(intent=given, order_id=order.id, picks=BALANCE, at=clock.now()),
        "expire": lambda: closing.begin(order_id=order.id, code=closing.EXPIRED, at=over),
    }
    ended = in_turn(acts, first)
    assert type(ended["confirm"]) is (PaymentAttempt if first == "confirm" else OrderClosed), ended
    assert type(ended["expire"]) is (OrderPaid if first == "confirm" else PaymentOrder), ended
    assert queries.result(queries.with_order(row.id)) == ("paid" if first == "confirm" else "closed")
    assert_settled(expected={ann: 70_000 if first == "confirm" else 100_000})


@pytest.mark.parametrize("first", ["declined", "reverse"])
def test_a_declined_payment_reversed_at_that_moment_is_closed_once_and_charged_to_nobody(connected: SandboxBank, first: str) -> None:
    where, who = shop(), card_holder(connected)
    asked, at = wanted(1_000), clock.now()
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    row = charging.charge(app=where.app, auth_code=show(who.customer), wanted=asked, at=at)
    assert row.order_id is not None
    waiting = orders.open_attempt(row.order_id)
    assert waiting is not None
    cashier.ask(attempt_id=waiting.id, at=at)
    acts: dict[str, Any] = {
        "declined": lambda: charging.close_declined(order_id=row.order_id, at=at),
        "reverse": lambda: charging.reverse(app=where.app, out_trade_no=asked.out_trade_no, at=at),
    }
    ended = in_turn(acts, first)
    assert not any(isinstance(end, BaseException) for end in ended.values()), ended
    order = PaymentOrder.objects.get()
    assert (order.state, order.code) == ("closed", charging.PAYER_DECLINED if first == "declined" else charging.REVERSED)
    assert OutboxEvent.objects.filter(topic="order.closed", key=order.public_id).count() == 1
    settle_cashier(at)
    assert (connected.card(who.number)["balance_fen"], Refund.objects.count()) == (100_000_00, 0)
    assert_settled(expected={who.customer: 0})


def wanting_a_proof(bank: SandboxBank, where: Shop, who: Holder, asked: NewOrder) -> uuid.UUID:
    """The order of a read code whose bank wants a proof, which nobody has acted on yet."""
    bank.fault("decline", operations=["payment"], times=1, params={"code": "RISK_REFUSED"})
    row = charging.charge(app=where.app, auth_code=show(who.customer), wanted=asked, at=clock.now())
    assert row.order_id is not None
    waiting = orders.open_attempt(row.order_id)
    assert waiting is not None
    cashier.ask(attempt_id=waiting.id, at=clock.now())
    return row.order_id


def test_a_bank_that_wants_a_proof_has_the_payer_asked_once(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    order_id = wanting_a_proof(connected, where, who, wanted(1_000))
    together(lambda _: charging.close_declined(order_id=order_id, at=clock.now()), 8)
    assert OutboxEvent.objects.filter(topic="payer_code.to_confirm").count() == 1
    assert (PayerCode.objects.get().state, PaymentOrder.objects.get().state) == ("to_confirm", "created")
    assert_settled(expected={who.customer: 0})


@pytest.mark.parametrize("first", ["declined", "reverse"])
def test_a_wish_for_a_proof_reversed_at_that_moment_is_closed_and_charged_to_nobody(connected: SandboxBank, first: str) -> None:
    where, who, asked = shop(), card_holder(connected), wanted(1_000)
    order_id = wanting_a_proof(connected, where, who, asked)
    acts: dict[str, Any] = {
        "declined": lambda: charging.close_declined(order_id=order_id, at=clock.now()),
        "reverse": lambda: charging.reverse(app=where.app, out_trade_no=asked.out_trade_no, at=clock.now()),
    }
    ended = in_turn(acts, first)
    assert not any(isinstance(end, BaseException) for end in ended.values()), ended
    order = PaymentOrder.objects.get()
    assert (order.state, order.code, PayerCode.objects.get().state) == (
        "closed",
        charging.REVERSED,
        "to_confirm" if first == "declined" else "taken",
    )
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_settled(expected={who.customer: 0})


def test_twelve_codes_printed_at_once_are_no_more_than_the_cap() -> None:
    open_day()
    capped(printed.CODES, 3)
    where = shop()
    store = store_of(where)
    ended = together(lambda _: print_code(where, store=store), 12)
    assert sum(isinstance(end, QrCode) for end in ended) == 3
    assert sum(isinstance(end, TooManyQrCodes) for end in ended) == 9
    assert QrCode.objects.count() == 3
