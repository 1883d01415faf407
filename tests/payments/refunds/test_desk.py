"""Refunds at the desk: the whole story on one page, the queue, what operators decide by two people, and the order's page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.approvals.models import Approval
from core.clock import queries as clock
from core.desk.site import desk
from payments.cashier.models import PaymentOrder
from payments.channels import fitting
from payments.refunds.admin import RefundFigures
from payments.refunds.models import Refund
from payments.wallet.models import TopUp
from tests.desk.people import staff, verified
from tests.payments.cashier.world import card_holder, holder, shop
from tests.payments.refunds.test_card import refused, request_of
from tests.payments.refunds.world import ask, assert_all_over, by_balance, by_card, read, refund
from tests.payments.wallet.world import open_day, posted
from tests.query_counts import assert_queries_do_not_grow
from tests.sandbox_bank import SandboxBank

LIST = reverse("admin:payments_refund_changelist")


def page(refund: Refund) -> str:
    return reverse("admin:payments_refund_change", args=[refund.pk])


def test_what_a_channel_refused_is_in_the_queue_and_booked_as_paid_by_hand_by_two_people(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    made = refused(connected, where, who)
    maker, checker = verified(staff("mary", "finance_maker")), verified(staff("carl", "finance_checker"))
    (figure,) = RefundFigures().figures(at=clock.now())
    assert (figure.value, figure.level) == ("1", "bad")
    listed = maker.get(LIST, {"stuck": "hand"}).content.decode()
    assert made.public_id in listed
    shown = maker.get(page(made)).content.decode()
    for text in (made.public_id, made.order_public_id, "RISK_REFUSED", "50.00", "49.70", request_of(made).public_id, "broken"):
        assert text in shown, text
    act = reverse("admin:payments_refund_paid-by-hand", args=[made.pk])
    assert maker.post(act, {"reference": "BANK-1", "reason": "paid today"}).status_code == 302
    assert Refund.objects.get().state == "to_manual"
    approve = reverse("admin:core_approval_approve", args=[Approval.objects.get().pk])
    assert checker.post(approve, {"read": "on"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.hand_reference) == ("succeeded_by_hand", "BANK-1")
    order_page = maker.get(reverse("admin:payments_paymentorder_change", args=[made.order_id])).content.decode()
    assert made.public_id in order_page
    assert_all_over(expected={who.customer: 1_500})


def test_the_page_of_a_refused_refund_says_which_act_fits_its_code(connected: SandboxBank) -> None:
    made = refused(connected, shop(), card_holder(connected, fen=3_000))
    maker = verified(staff("mary", "finance_maker"))
    passes, stays = "the refusal passes. Wait", "the channel will not pay it. Pay from the bank account first"
    shown = maker.get(page(made)).content.decode()
    assert ["RISK_REFUSED" in shown, passes in shown, stays in shown] == [True, False, True]
    type(request_of(made)).objects.filter(pk=request_of(made).pk).update(verdict="retry_same")
    shown = maker.get(page(made)).content.decode()
    assert [passes in shown, stays in shown] == [True, False]
    assert "属暂时性拒绝" in maker.get(page(made), headers={"accept-language": "zh-CN"}).content.decode()
    Refund.objects.filter(pk=made.pk).update(state="created")
    assert passes not in maker.get(page(made)).content.decode()


def test_every_act_on_what_a_channel_would_not_give_back_has_its_sentence() -> None:
    acts = {act.name for model in (Refund, TopUp, PaymentOrder) for act in desk._registry[model].acts}
    assert acts == set(fitting.WHERE_IT_PASSES) == set(fitting.WHERE_IT_STAYS)


@pytest.mark.django_db
def test_operators_refund_an_order_by_two_people() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    order = by_balance(where, ann, 1_000)
    maker, checker = verified(staff("mary", "finance_maker")), verified(staff("carl", "finance_checker"))
    act = reverse("admin:payments_refund_do_refund")
    form = {"order": order.public_id, "amount": "3.00", "words": "a mistake of ours", "reason": "case 77"}
    too_much = maker.post(act, form | {"amount": "10.01"})
    assert (too_much.status_code, Approval.objects.count()) == (200, 0)
    assert maker.post(act, form).status_code == 302
    approve = reverse("admin:core_approval_approve", args=[Approval.objects.get().pk])
    assert checker.post(approve, {"read": "on"}).status_code == 302
    made = Refund.objects.get()
    assert (made.amount_fen, made.asked_by, made.asker, made.reason, posted(ann)) == (
        300,
        "operator",
        "staff:mary",
        "a mistake of ours",
        300,
    )
    assert read(order).refunded_fen == 300
    assert_all_over()


@pytest.mark.django_db
def test_a_refund_is_found_by_each_of_its_numbers_and_pages_cost_the_same_for_many() -> None:
    open_day()
    where, ann, ben = shop(), holder(1_000), holder(1_000)
    few, many = by_balance(where, ann, 1_000), by_balance(shop(), ben, 1_000)
    made = ask(few, 100)
    others = [ask(many, 10) for _ in range(6)]
    client = verified(staff("sam", "support"))
    for term in (made.public_id, few.public_id, ann.public_id, where.merchant.public_id):
        shown = client.get(LIST, {"q": term}).content.decode()
        assert (made.public_id in shown, others[0].public_id in shown) == (True, False), term
    assert_queries_do_not_grow(lambda order: client.get(reverse("admin:payments_paymentorder_change", args=[order.pk])), few, many)
    assert_queries_do_not_grow(lambda who: client.get(LIST, {"q": who.public_id}), ann, ben)


def test_what_waits_for_the_bank_for_long_is_on_the_first_page_and_in_its_queue(connected: SandboxBank) -> None:
    connected.fault("processing_then_success", operations=["refund"], times=1, params={"after_ms": 0})
    where, who = shop(), card_holder(connected)
    stuck, done = refund(by_card(where, who, 1_000), 500), refund(by_card(where, who, 1_000), 400)
    assert (stuck.state, done.state) == ("processing", "succeeded")
    assert RefundFigures().figures(at=clock.now()) == []
    (shown,) = RefundFigures().figures(at=clock.now() + timedelta(minutes=6))
    assert (shown.value, shown.level) == ("1", "warning")
    Refund.objects.filter(pk=stuck.pk).update(changed_at=clock.now() - timedelta(minutes=6))
    listed = verified(staff("sam", "support")).get(LIST, {"stuck": "bank"}).content.decode()
    assert (stuck.public_id in listed, done.public_id in listed) == (True, False)
