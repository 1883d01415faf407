"""The code on a payer's phone: charged at once, put to the payer, or refused; used once, for a minute, and undone."""

from datetime import timedelta

import pytest

from accounts.identity import services as identity
from accounts.security.models import PinFreeLimit
from accounts.security.services import StepUpNeeded
from core.clock import queries as clock
from core.errors import TooManyRequests
from core.outbox.models import OutboxEvent
from payments.cashier import outbound
from payments.cashier.models import MethodOrder, PaymentAttempt, PaymentOrder
from payments.cashier.services import closing, paying, preferring
from payments.cashier.services.funding import Pick
from payments.cashier.services.orders import OutTradeNoUsed
from payments.cashier.services.paying import OrderClosed
from payments.channels.models import Channel, ChannelCredential
from payments.merchants.queries import MerchantNotSelling
from payments.qr import outbound as qr_outbound
from payments.qr import queries
from payments.qr.models import PayerCode
from payments.qr.refusals import PayerCodeInvalid
from payments.qr.services import charging, showing
from payments.refunds.models import Refund
from payments.refunds.services import asking
from payments.risk.models import RiskDecision
from payments.wallet.services.authority import Intent
from tests.payments.cashier.plugs import strange_sources
from tests.payments.cashier.test_unknown import decide
from tests.payments.cashier.world import (
    BALANCE,
    approved,
    assert_settled,
    booked,
    card_holder,
    holder,
    pending,
    request_of,
    settle_cashier,
    shop,
)
from tests.payments.merchants.world import suspend
from tests.payments.qr.world import hear, phone, read, show, terms, wanted
from tests.payments.risk.world import no_rules, rule
from tests.payments.wallet.world import freeze, open_day, posted
from tests.sandbox_bank import SandboxBank


@pytest.mark.django_db
def test_a_small_amount_is_paid_at_once_by_the_one_commit_and_the_code_is_used() -> None:
    open_day()
    where, ann = shop(), holder(12_000)
    code = show(ann)
    row = read(where.app, code, wanted(10_000))
    order = PaymentOrder.objects.get()
    assert (row.state, queries.result(row), order.state, order.scene, order.payer_id) == ("taken", "paid", "paid", "qr_payer", ann.id)
    assert booked(order.journal_id) == {"user:balance": -10_000, "merchant:pending": 9_940, "income:fee": 60}
    with pytest.raises(PayerCodeInvalid):
        read(where.app, code, wanted(10_000))
    assert PaymentOrder.objects.count() == 1
    assert_settled(expected={ann: 2_000})


@pytest.mark.django_db
def test_the_same_request_again_is_the_same_payment_and_another_with_its_number_is_refused() -> None:
    open_day()
    where, ann = shop(), holder(12_000)
    code, order = show(ann), wanted(1_000)
    first = read(where.app, code, order)
    again = read(where.app, code, order, at=clock.now() + timedelta(hours=1))
    assert (first.id, first.order_id) == (again.id, again.order_id)
    other = show(ann)
    for code_read, asked in ((code, wanted(1_001, out_trade_no=order.out_trade_no)), (other, order)):
        with pytest.raises(OutTradeNoUsed):
            read(where.app, code_read, asked)
    assert PayerCode.objects.get(code_index=queries.digits.index_of(other)).state == "shown"
    assert_settled(expected={ann: 11_000})


@pytest.mark.django_db
def test_a_code_that_is_over_used_unknown_logged_out_or_another_apps_is_refused_alike() -> None:
    open_day()
    where, ann, out = shop(), holder(12_000), phone(holder(1_000))
    used, left = show(ann), showing.show(customer_id=out.customer_id, session_id=out.id, at=clock.now())[1]
    read(where.app, used, wanted(1))
    identity.revoke_all(customer_id=out.customer_id, at=clock.now())
    old = show(ann, at=clock.now() - timedelta(seconds=60))
    for code in (used, left, old, "620000000000000000"):
        for app in (where.app, shop().app):
            with pytest.raises(PayerCodeInvalid) as refused:
                read(app, code, wanted(1))
            assert refused.value.text("en") == PayerCodeInvalid().text("en")
    assert read(where.app, show(ann, at=clock.now() - timedelta(seconds=58)), wanted(1)).state == "taken"
    assert PaymentOrder.objects.count() == 2


@pytest.mark.django_db
def test_over_the_pin_free_amount_the_payer_confirms_in_the_app_and_nobody_else_sees_the_order() -> None:
    open_day()
    where, ann, bob = shop(), holder(50_000, pin=True), holder(50_000, pin=True)
    over = PinFreeLimit.objects.get().amount_fen + 1
    row = read(where.app, show(ann), wanted(over))
    order = PaymentOrder.objects.get()
    assert (row.state, row.code, queries.result(row)) == ("to_confirm", "step_up_needed", "user_confirming")
    assert (order.state, order.payer_id, queries.on_phone(row, clock.now())) == ("created", ann.id, "confirm")
    event = OutboxEvent.objects.get(topic="payer_code.to_confirm")
    assert event.payload == {"payer_code": row.public_id, "order": order.public_id, "customer": str(ann.id)}
    with pytest.raises(Exception, match="not_found"):
        paying.pay(intent=approved(bob, order, BALANCE), order_id=order.id, picks=BALANCE, at=clock.now())
    attempt = paying.pay(intent=approved(ann, order, BALANCE), order_id=order.id, picks=BALANCE, at=clock.now())
    assert (attempt.number, queries.result(queries.with_order(row.id))) == (1, "paid")
    assert_settled(expected={ann: 50_000 - over, bob: 50_000})


@pytest.mark.django_db
def test_ten_a_day_are_paid_without_a_word_and_the_eleventh_is_put_to_the_payer() -> None:
    open_day()
    terms(codes_per_minute=30)
    where, ann = shop(), holder(12_000)
    states = [read(where.app, show(ann), wanted(100)).state for _ in range(11)]
    assert states == ["taken"] * 10 + ["to_confirm"]
    assert_settled(expected={ann: 11_000})


@pytest.mark.django_db
def test_who_does_not_confirm_in_time_pays_nothing_and_the_merchant_hears_that_it_is_closed() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    row = read(where.app, show(ann), wanted(30_000))
    order = PaymentOrder.objects.get()
    outbound.expire(order_id=order.id, at=order.expires_at)
    assert queries.result(queries.with_order(row.id)) == "closed"
    with pytest.raises(OrderClosed):
        paying.pay(intent=approved(ann, order, BALANCE), order_id=order.id, picks=BALANCE, at=order.expires_at)
    assert list(OutboxEvent.objects.filter(topic__startswith="order.").values_list("topic", flat=True)) == ["order.created", "order.closed"]
    assert_settled(expected={ann: 50_000})


@pytest.mark.django_db
def test_a_payer_who_is_short_is_refused_for_good_and_the_code_cannot_be_tried_on_another_amount() -> None:
    open_day()
    where, ann = shop(), holder(500)
    code = show(ann)
    row = read(where.app, code, wanted(501))
    order = PaymentOrder.objects.get()
    assert (row.state, row.code, queries.result(row)) == ("refused", "funding_not_covered", "refused")
    assert (order.state, order.code, PaymentAttempt.objects.count()) == ("closed", "payer_short", 0)
    with pytest.raises(PayerCodeInvalid):
        read(where.app, code, wanted(500))
    assert_settled(expected={ann: 500})


@pytest.mark.django_db
def test_what_risk_refuses_is_refused_with_its_decision_kept_and_what_it_wants_proven_is_put_to_the_payer() -> None:
    open_day()
    no_rules()
    where, ann = shop(), holder(50_000)
    rule("amount", verdict="refuse", scenes=["payment"], amount_fen=5_000)
    row = read(where.app, show(ann), wanted(5_001))
    order = PaymentOrder.objects.get()
    assert (row.state, row.code, order.code, RiskDecision.objects.get().verdict) == ("refused", "risk_refused", "payer_declined", "refuse")
    no_rules()
    rule("amount", verdict="step_up", scenes=["payment"], amount_fen=1_000)
    assert read(where.app, show(ann), wanted(1_001)).state == "to_confirm"
    assert_settled(expected={ann: 50_000})


@pytest.mark.django_db
def test_a_frozen_payer_is_refused_and_a_suspended_merchant_reads_nothing() -> None:
    open_day()
    where, ann = shop(), holder(5_000)
    code, other = show(ann), show(ann)
    freeze(ann)
    assert read(where.app, code, wanted(1)).code == "customer_not_active"
    suspend(where.merchant)
    with pytest.raises(MerchantNotSelling):
        read(where.app, other, wanted(1))
    assert PaymentOrder.objects.count() == 1


@pytest.mark.django_db
def test_an_app_that_tries_codes_out_is_held_off_and_a_phone_shows_only_so_many_a_minute() -> None:
    open_day()
    terms(wrong_per_hour=2, codes_per_minute=2)
    where, ann = shop(), holder(5_000)
    code = show(ann)
    for _ in range(2):
        with pytest.raises(PayerCodeInvalid) as refused:
            read(where.app, "620000000000000000", wanted(1))
        assert refused.value.afterwards is not None
        refused.value.afterwards()
    with pytest.raises(TooManyRequests):
        read(where.app, code, wanted(1))
    at = clock.now().replace(second=1)
    show(ann, at=at + timedelta(minutes=1))
    show(ann, at=at + timedelta(minutes=1))
    with pytest.raises(TooManyRequests):
        show(ann, at=at + timedelta(minutes=1))


def test_the_payers_own_order_of_methods_is_followed(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    ref = who.card.public_id
    cases = [
        ([], 2_000, ["balance"]),
        ([], 6_000, ["balance", "line", "card"]),
        ([("card", ref)], 2_000, ["card"]),
        ([("line", ""), ("card", ref)], 2_500, ["line", "card"]),
        ([("card", "crd_gone"), ("line", "")], 2_000, ["line"]),
    ]
    for methods, fen, sources in cases:
        with strange_sources() as sources_there:
            sources_there.coupon.most_fen = 0
            kept = {"methods": [f"{source} {ref}".strip() for source, ref in methods], "changed_at": clock.now()}
            MethodOrder.objects.update_or_create(customer_id=who.customer.id, defaults=kept)
            order = PaymentOrder.objects.get(pk=charging.orders.create(app=where.app, wanted=wanted(fen), at=clock.now()).pk)
            picks = preferring.automatic(order=order, customer_id=who.customer.id, at=clock.now())
            assert [pick.source for pick in picks] == sources, methods


def test_a_card_pays_and_a_declined_one_closes_the_order_so_that_the_merchant_hears_no_twice(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    row = read(where.app, show(who.customer), wanted(10_000))
    assert (queries.result(row), pending(where)) == ("paid", 9_940)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    declined = read(where.app, show(who.customer), wanted(10_000))
    order = PaymentOrder.objects.get(pk=declined.order_id)
    assert (declined.state, queries.result(declined), order.state, order.code) == ("taken", "refused", "closed", "payer_declined")
    hear()
    assert OutboxEvent.objects.filter(topic="order.closed").count() == 1
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 10_000
    assert_settled(expected={who.customer: 0})


def test_a_bank_that_wants_a_proof_of_a_small_amount_has_the_payer_confirm_it_in_the_app(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    picks, asked = [Pick("card", who.card.public_id)], wanted(1_000)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "RISK_REFUSED"})
    row = read(where.app, show(who.customer), asked)
    order = PaymentOrder.objects.get()
    assert (row.state, row.code, queries.result(row), order.state) == ("to_confirm", "step_up_needed", "user_confirming", "created")
    hear()
    event = OutboxEvent.objects.get(topic="payer_code.to_confirm")
    assert event.payload == {"payer_code": row.public_id, "order": order.public_id, "customer": str(who.customer.id)}
    assert queries.on_phone(queries.with_order(row.id), clock.now()) == "confirm"
    assert not OutboxEvent.objects.filter(topic="order.closed").exists()
    unproven = Intent(customer_id=who.customer.id, session_id=row.session_id, nonce="n1")
    with pytest.raises(StepUpNeeded):
        paying.pay(intent=unproven, order_id=order.id, picks=picks, at=clock.now())
    attempt = paying.pay(intent=approved(who.customer, order, picks), order_id=order.id, picks=picks, at=clock.now())
    outbound.ask(attempt_id=attempt.id, at=clock.now())
    again = charging.same(order, asked, bytes(row.code_index))
    assert (attempt.number, queries.result(queries.with_order(again.id)), pending(where)) == (2, "paid", 994)
    assert connected.card(who.number)["balance_fen"] == 100_000_00 - 1_000
    assert_settled(expected={who.customer: 0})


def test_a_proof_the_bank_wants_and_nobody_gives_ends_with_the_orders_time(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "RISK_REFUSED"})
    row = read(where.app, show(who.customer), wanted(1_000))
    order = PaymentOrder.objects.get()
    outbound.expire(order_id=order.id, at=order.expires_at)
    order.refresh_from_db()
    assert (order.state, order.code, queries.result(queries.with_order(row.id))) == ("closed", "expired", "closed")
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_settled(expected={who.customer: 0})


def test_the_banks_late_no_closes_the_order_too_and_its_late_yes_pays_it(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    for status, code, result in (
        ("SUCCESS", {}, "paid"),
        ("FAILED", {"code": "INSUFFICIENT_FUNDS"}, "refused"),
        ("FAILED", {"code": "RISK_REFUSED"}, "user_confirming"),
    ):
        connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
        row = read(where.app, show(who.customer), wanted(1_000))
        assert queries.result(row) == "processing"
        merchant = ChannelCredential.objects.get(retired_at=None).merchant
        connected.resolve(merchant, request_of(PaymentAttempt.objects.get(order_id=row.order_id)).request_no, status, **code)
        settle_cashier(clock.now() + timedelta(seconds=10))
        hear()
        assert queries.result(queries.with_order(row.id)) == result
    charging.reverse(app=where.app, out_trade_no=queries.with_order(row.id).order.out_trade_no, at=clock.now())
    assert_settled(expected={who.customer: 0})


def test_while_the_channel_is_shut_nothing_is_used_up(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    code, order = show(who.customer), wanted(1_000)
    preferring.put(customer_id=who.customer.id, methods=[("card", who.card.public_id)], at=clock.now())
    Channel.objects.update(enabled=False)
    assert read(where.app, code, order).code == "funding_not_covered"
    Channel.objects.update(enabled=True)
    assert queries.result(read(where.app, show(who.customer), wanted(1_000))) == "paid"
    assert_settled(expected={who.customer: 0})


@pytest.mark.django_db
def test_a_payment_that_waits_for_its_payer_is_reversed_by_its_own_app_alone() -> None:
    open_day()
    where, ann = shop(), holder(50_000, pin=True)
    waiting = wanted(30_000)
    row = read(where.app, show(ann), waiting)
    for _ in range(2):
        charging.reverse(app=where.app, out_trade_no=waiting.out_trade_no, at=clock.now())
    order = PaymentOrder.objects.get(pk=row.order_id)
    assert (order.state, order.code, queries.result(queries.with_order(row.id))) == ("closed", "reversed", "closed")
    with pytest.raises(OrderClosed):
        paying.pay(intent=approved(ann, order, BALANCE), order_id=order.id, picks=BALANCE, at=clock.now())
    with pytest.raises(Exception, match="not_found"):
        charging.reverse(app=shop().app, out_trade_no=waiting.out_trade_no, at=clock.now())
    assert_settled(expected={ann: 50_000})


@pytest.mark.django_db
def test_a_paid_one_is_reversed_by_a_refund_in_full_once_and_of_what_is_left() -> None:
    open_day()
    where, ann = shop(), holder(50_000)
    whole, rest = wanted(10_000), wanted(1_000)
    rows = [read(where.app, show(ann), asked) for asked in (whole, rest)]
    part = asking.by_app(amount_fen=400, reason="x", asker=where.app.public_id, out_refund_no="R-1")
    asking.ask(order_id=queries.with_order(rows[1].id).order_id, wanted=part, at=clock.now())  # type: ignore[arg-type]
    for asked in (whole, rest, whole, rest):
        charging.reverse(app=where.app, out_trade_no=asked.out_trade_no, at=clock.now())
    assert [queries.result(queries.with_order(row.id)) for row in rows] == ["refunded", "refunded"]
    assert sorted(Refund.objects.values_list("amount_fen", flat=True)) == [400, 600, 10_000]
    assert pending(where) == 0
    assert_settled(expected={ann: 50_000})


def test_one_paid_by_card_is_reversed_at_the_bank(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    asked = wanted(10_000)
    row = read(where.app, show(who.customer), asked)
    charging.reverse(app=where.app, out_trade_no=asked.out_trade_no, at=clock.now())
    assert queries.result(queries.with_order(row.id)) == "refunding"
    assert queries.result(qr_outbound.undo(code_id=row.id, at=clock.now())) == "refunded"
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_settled(expected={who.customer: 0})


def test_a_payment_the_bank_has_not_answered_is_reversed_and_a_late_yes_goes_back(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
    connected.fault("http_500_burst", operations=["payment_close", "payment_query"], params={"n": 50})
    asked = wanted(1_000)
    row = read(where.app, show(who.customer), asked)
    charging.reverse(app=where.app, out_trade_no=asked.out_trade_no, at=clock.now())
    assert row.order_id is not None
    assert outbound.close(order_id=row.order_id, at=clock.now()).state == "closed"
    connected.clear_faults()
    decide(connected, PaymentAttempt.objects.get())
    settle_cashier(clock.now() + timedelta(minutes=2))
    order = PaymentOrder.objects.get()
    assert (order.state, queries.result(queries.with_order(row.id))) == ("late_refunded", "closed")
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert OutboxEvent.objects.filter(topic="order.paid").count() == 0
    assert_settled(expected={who.customer: 0})


@pytest.mark.django_db
def test_codes_nobody_read_are_forgotten_and_used_ones_stay() -> None:
    open_day()
    where, ann = shop(), holder(5_000)
    used, unused = show(ann), show(ann)
    read(where.app, used, wanted(1))
    assert showing.forget_unused(at=clock.now()) == 0
    assert showing.forget_unused(at=clock.now() + timedelta(hours=2)) == 1
    assert PayerCode.objects.get().state == "taken"
    with pytest.raises(PayerCodeInvalid):
        read(where.app, unused, wanted(1))


@pytest.mark.django_db
def test_closing_by_the_merchant_is_no_refusal() -> None:
    open_day()
    where, ann = shop(), holder(50_000)
    row = read(where.app, show(ann), wanted(30_000))
    assert row.order_id is not None
    closing.begin(order_id=row.order_id, code=closing.BY_MERCHANT, at=clock.now())
    assert queries.result(queries.with_order(row.id)) == "closed"
    assert posted(ann) == 50_000
