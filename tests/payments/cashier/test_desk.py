"""The order at the desk: its whole story on one page, the queue of what is stuck, and late money given back by two people."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.approvals.models import Approval
from core.clock import queries as clock
from payments.cashier.admin import CashierFigures
from payments.cashier.models import FundingLeg, PaymentOrder
from payments.cashier.services.funding import Pick
from payments.cashier.story import STORY, Chapter
from tests.desk.people import staff, verified
from tests.payments.cashier.plugs import also_plugged, strange_sources
from tests.payments.cashier.test_unknown import late_success, undecided
from tests.payments.cashier.world import BALANCE, assert_settled, begin, card, card_holder, holder, new_order, pay, settle_cashier, shop
from tests.payments.wallet.world import open_day
from tests.query_counts import assert_queries_do_not_grow, queries_of
from tests.sandbox_bank import SandboxBank

LIST = reverse("admin:payments_paymentorder_changelist")


def page(order: PaymentOrder) -> str:
    return reverse("admin:payments_paymentorder_change", args=[order.pk])


class Gossip:
    order = 1

    def chapter(self, *, order_id: object, at: object) -> Chapter:
        return Chapter("Refunds of it", ("Refund",), [["rfd_1"]])


def test_one_page_tells_every_attempt_leg_call_and_journal_and_what_other_rooms_know(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    order = new_order(where, 10_000)
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    picks = [Pick("balance"), card(who)]
    attempts = [pay(who.customer, order, picks) for _ in range(2)]
    order.refresh_from_db()
    client = verified(staff("sam", "support"))
    with also_plugged(STORY, "gossip", Gossip()):
        shown = client.get(page(order)).content.decode()
    for text in (
        order.public_id,
        order.out_trade_no,
        "A pot of tea",
        "INSUFFICIENT_FUNDS",
        "Hangzhou Tea",
        "100.00",
        "0.60",
        "Refunds of it",
        "rfd_1",
    ):
        assert text in shown, text
    for attempt in attempts:
        assert attempt.public_id in shown
    for leg in FundingLeg.objects.all():
        assert leg.public_id in shown
    assert shown.count("chr_") >= 2
    assert reverse("admin:accounts_journal_change", args=[order.journal_id]) in shown


@pytest.mark.django_db
def test_an_order_is_found_by_each_of_its_numbers() -> None:
    open_day()
    where, ann = shop(), holder(10_000)
    order, other = new_order(where, 1_000, out_trade_no="T-77"), new_order(shop(), 1_000)
    attempt = begin(ann, order, BALANCE)
    client = verified(staff("sam", "support"))
    for term in (order.public_id, attempt.public_id, ann.public_id, where.merchant.public_id, "T-77"):
        shown = client.get(LIST, {"q": term}).content.decode()
        assert (order.public_id in shown, other.public_id in shown) == (True, False), term


def test_what_waits_for_the_bank_for_long_is_on_the_first_page_and_in_its_queue(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected)
    undecided(connected, who, where)
    stuck, done = PaymentOrder.objects.get(), new_order(where, 1_000)
    assert CashierFigures().figures(at=clock.now()) == []
    (shown,) = CashierFigures().figures(at=clock.now() + timedelta(minutes=6))
    assert (shown.value, shown.level) == ("1", "warning")
    PaymentOrder.objects.filter(pk=stuck.pk).update(changed_at=clock.now() - timedelta(minutes=6))
    listed = verified(staff("sam", "support")).get(LIST, {"stuck": "bank"}).content.decode()
    assert (stuck.public_id in listed, done.public_id in listed) == (True, False)


def test_late_money_no_channel_takes_back_is_booked_as_paid_by_hand_by_two_people(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    with strange_sources():
        order = late_success(connected, who, where)
        connected.fault("decline", operations=["refund"], times=1, params={"code": "RISK_REFUSED"})
        settle_cashier(order.expires_at + timedelta(seconds=2))
        maker, checker = verified(staff("mary", "finance_maker")), verified(staff("carl", "finance_checker"))
        act = reverse("admin:payments_paymentorder_paid-by-hand", args=[order.pk])
        assert maker.post(act, {"reference": "BANK-1", "reason": "paid today"}).status_code == 302
        order.refresh_from_db()
        assert order.state == "to_manual"
        approval = Approval.objects.get()
        assert checker.post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.hand_reference) == ("by_hand", "BANK-1")
    assert "BANK-1" in maker.get(page(order)).content.decode()
    assert_settled(expected={who.customer: 3_000})


def test_the_page_costs_as_many_queries_for_four_attempts_as_for_one_and_the_list_for_many_orders(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    short, long = new_order(where, 10_000), new_order(where, 10_000)
    connected.fault("decline", operations=["payment"], times=4, params={"code": "INSUFFICIENT_FUNDS"})
    for order, times in ((short, 1), (long, 4)):
        for _ in range(times):
            pay(who.customer, order, [Pick("balance", fen=1_000), card(who)])
    client = verified(staff("sam", "support"))
    assert_queries_do_not_grow(lambda order: client.get(page(order)), short, long)
    listed = queries_of(lambda: client.get(LIST))
    for _ in range(10):
        new_order(where, 10)
    assert len(queries_of(lambda: client.get(LIST))) <= len(listed)
    settle_cashier(long.expires_at)
    assert_settled()
