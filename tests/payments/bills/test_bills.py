"""Bills from look-up to the biller's word: once at the biller whatever is lost on the way, and the money back where it is not taken."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.ledger import services as ledger
from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.ids import new_id
from core.outbox.models import OutboxEvent
from core.work.models import WorkItem
from payments.bills import outbound, queries, services
from payments.bills.closing import BillNotDecided, Bills
from payments.bills.models import BillAccount, Biller, BillPayment
from payments.cashier import queries as cashier
from payments.cashier.services import closing
from payments.merchants import accounts
from payments.refunds.services import asking
from payments.refunds.services.asking import NewRefund
from tests.desk.people import staff, verified
from tests.factories import login
from tests.payments.bills.world import a_biller, an_account, begun, go_on, paid, sandbox_billers
from tests.payments.cashier.world import assert_settled, holder
from tests.payments.wallet.world import posted
from tests.query_counts import queries_of
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
FEN = 100_000


@pytest.fixture
def bank(connected: SandboxBank) -> Iterator[SandboxBank]:
    with sandbox_billers():
        yield connected


@pytest.fixture
def water(bank: SandboxBank) -> Biller:
    return a_biller(code="water")


def api(who: Any, method: str, path: str, data: Any = None, key: str = "k1") -> Any:
    headers = {"Authorization": f"Bearer {login(who)}", "Idempotency-Key": key}
    return getattr(Client(), method)(f"/v1/payments/{path}", data, content_type="application/json", headers=headers)


def test_a_bill_is_looked_up_paid_at_the_cashier_and_taken_by_its_biller_once(bank: SandboxBank, water: Biller) -> None:
    who, number = holder(FEN, pin=True), an_account()
    bill = paid(who, begun(who, water, number))
    assert (bill.state, bill.due_at is not None) == ("paid", True)
    assert [one.code for one in Bills().obstacles(customer_id=who.id, at=clock.now())] == ["bills_open"]
    go_on(clock.now())
    bill.refresh_from_db()
    assert (bill.state, bill.due_at) == ("settled", None)
    assert posted(who) == FEN - bill.amount_fen
    assert list(outbound.owed(biller=water, account_no=number)) == []
    assert OutboxEvent.objects.filter(topic="bill.settled", key=bill.public_id).count() == 1
    assert Bills().obstacles(customer_id=who.id, at=clock.now()) == []
    assert_settled()


@pytest.mark.parametrize(
    "fault",
    [
        ("timeout_before_effect", {"hold_ms": 20}),
        ("timeout_after_effect", {"hold_ms": 20}),
        ("http_500_burst", {"n": 2}),
        ("http_500_burst", {"n": 1, "after_effect": True}),
        ("system_busy", {}),
        ("maintenance", {}),
    ],
    ids=["lost before", "lost after", "500 twice", "500 after", "busy", "maintenance"],
)
def test_whatever_is_lost_between_us_and_the_biller_the_bill_is_paid_there_once(
    bank: SandboxBank, water: Biller, fault: tuple[str, dict[str, Any]]
) -> None:
    who = holder(FEN, pin=True)
    bill = paid(who, begun(who, water, an_account()))
    bank.fault(fault[0], operations=["bill_pay"], request_no=bill.public_id, times=fault[1].get("n", 1), params=fault[1])
    assert outbound.step(payment_id=bill.id, at=clock.now())
    bill.refresh_from_db()
    assert (bill.state, bill.asks) == ("unknown", 1)
    go_on(clock.now())
    bill.refresh_from_db()
    assert bill.state == "settled"
    assert_settled(expected={who: FEN - bill.amount_fen})


def test_what_the_biller_does_not_take_goes_back_in_full(bank: SandboxBank, water: Biller) -> None:
    who = holder(FEN, pin=True)
    bill = paid(who, begun(who, water, an_account("222")))
    go_on(clock.now())
    bill.refresh_from_db()
    assert (bill.state, bill.code) == ("refunded", "BILL_ACCOUNT_CLOSED")
    order = cashier.order(bill.order_id)
    assert (order.state, order.refunded_fen, order.refunds) == ("refunded", bill.amount_fen, 1)
    assert balance(accounts.pending(water.merchant_id)).posted == 0
    assert_settled(expected={who: FEN})


def test_a_bill_two_pay_at_once_is_taken_once_and_the_other_is_refunded(bank: SandboxBank, water: Biller) -> None:
    ann, bob, number = holder(FEN, pin=True), holder(FEN, pin=True), an_account()
    both = [begun(who, water, number) for who in (ann, bob)]
    bills = [paid(who, bill) for who, bill in zip((ann, bob), both, strict=True)]
    go_on(clock.now())
    states = sorted(queries.payment(bill.id).state for bill in bills)
    assert states == ["refunded", "settled"]
    assert sorted(posted(who) for who in (ann, bob)) == [FEN - bills[0].amount_fen, FEN]
    assert_settled()


def test_a_bill_that_is_being_paid_is_not_begun_again_and_an_unpaid_one_closes(bank: SandboxBank, water: Biller) -> None:
    who, number = holder(FEN, pin=True), an_account()
    first, second = begun(who, water, number), begun(who, water, number)
    paid(who, first)
    with pytest.raises(services.BillBeingPaid):
        begun(who, water, number)
    closing.begin(order_id=second.order_id, code=closing.EXPIRED, at=clock.now())
    go_on(clock.now())
    assert [queries.payment(one.id).state for one in (first, second)] == ["settled", "closed"]


def test_many_sweepers_at_once_tell_the_biller_once(bank: SandboxBank, water: Biller) -> None:
    who = holder(FEN, pin=True)
    bill = paid(who, begun(who, water, an_account("222")))
    at = clock.now()
    taken = together(lambda _: outbound.step(payment_id=bill.id, at=at), 5)
    assert sorted(map(bool, taken)).count(True) == 1
    together(lambda _: outbound.step(payment_id=bill.id, at=at + timedelta(seconds=1)), 5)
    go_on(at)
    assert queries.payment(bill.id).state == "refunded"
    assert_settled(expected={who: FEN})


def test_a_biller_that_stays_silent_is_asked_by_its_timetable_and_becomes_an_operators_work(bank: SandboxBank, water: Biller) -> None:
    who = holder(FEN, pin=True)
    bill = paid(who, begun(who, water, an_account()))
    bank.fault("http_500_burst", operations=["bill_pay", "request_query"], times=50, params={"n": 50})
    at = clock.now()
    for _ in range(12):
        at = max(at, queries.payment(bill.id).due_at or at)
        outbound.step(payment_id=bill.id, at=at)
    item = WorkItem.objects.get(finished_at=None)
    assert (item.kind, item.target) == ("bill.biller_silent", bill.public_id)
    with pytest.raises(BillNotDecided):
        asking.ask(order_id=bill.order_id, wanted=NewRefund(1, "no", "app", "app_x", "R1"), at=clock.now())
    bank.clear_faults()
    client = verified(staff("fay", "finance_maker"))
    client.post(reverse("admin:payments_billpayment_go-on", args=[bill.pk]), {"reason": "the biller is back"})
    go_on(clock.now())
    assert queries.payment(bill.id).state == "settled"
    assert not WorkItem.objects.filter(finished_at=None).exists()


def test_a_refund_that_cannot_begin_is_tried_again_and_an_operator_hears_of_it(bank: SandboxBank, water: Biller) -> None:
    who = holder(FEN, pin=True)
    bill = paid(who, begun(who, water, an_account("222")))
    outbound.step(payment_id=bill.id, at=clock.now())
    hold_id = new_id()
    pending = accounts.pending(water.merchant_id)
    ledger.hold(
        hold_id=hold_id, account=pending, amount=balance(pending).posted, expires_at=clock.now() + timedelta(days=1), at=clock.now()
    )
    outbound.step(payment_id=bill.id, at=clock.now())
    assert (queries.payment(bill.id).state, WorkItem.objects.get(finished_at=None).kind) == ("refused", "bill.not_refunded")
    ledger.release(hold_id=hold_id, at=clock.now())
    go_on(clock.now() + timedelta(minutes=11))
    assert queries.payment(bill.id).state == "refunded"
    assert not WorkItem.objects.filter(finished_at=None).exists()
    assert_settled(expected={who: FEN})


def test_the_api_from_billers_to_history(bank: SandboxBank, water: Biller) -> None:
    who, other, number = holder(FEN, pin=True), holder(), an_account()
    assert api(who, "get", "billers?category=water").json()["items"][0]["id"] == water.public_id
    look = {"biller_id": water.public_id, "account_no": number}
    [bill] = api(who, "post", "bills/look", look).json()["items"]
    for wrong, code in (
        (look | {"account_no": "12"}, "invalid"),
        (look | {"account_no": an_account("404")}, "bill_account_unknown"),
    ):
        answer = api(who, "post", "bills/look", wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert api(who, "post", "bills/look", look | {"account_no": an_account("000")}).json()["items"] == []
    made = api(who, "post", "bills", look | {"bill_no": bill["bill_no"]})
    assert (made.status_code, made.json()["amount"], made.json()["account_no"]) == (201, bill["amount"], f"****{number[-4:]}")
    assert api(who, "post", "bills", look | {"bill_no": bill["bill_no"]}).content == made.content
    assert api(who, "post", "bills", look | {"bill_no": "W1"}, key="k2").json()["code"] == "bill_not_owed"
    assert api(other, "get", f"bills/{made.json()['id']}").status_code == 404
    assert [line["id"] for line in api(who, "get", "bills").json()["items"]] == [made.json()["id"]]
    kept = api(who, "post", "bill-accounts", look | {"nickname": "Home"}, key="k3").json()
    changed = api(who, "post", f"bill-accounts/{kept['id']}", {"nickname": "Parents", "remind": False}, key="k4").json()
    assert (changed["nickname"], changed["remind"]) == ("Parents", False)
    assert api(other, "post", f"bill-accounts/{kept['id']}/forget", key="k5").status_code == 404
    assert api(who, "post", f"bill-accounts/{kept['id']}/forget", key="k6").status_code == 200
    assert api(who, "get", "bill-accounts").json()["items"] == []


def test_reminders_come_once_a_month_to_who_wants_them(water: Biller) -> None:
    who, at = holder(), clock.now()
    wanted, not_wanted = (
        services.save_account(customer_id=who.id, biller=water, account_no=an_account(), nickname="", remind=remind, at=at)
        for remind in (True, False)
    )
    month = clock.local_day(at).replace(day=1)
    assert [services.remind(shard=wanted.shard, month=month, at=at) for _ in range(2)] == [1, 0]
    assert services.remind(shard=wanted.shard, month=(month + timedelta(days=40)).replace(day=1), at=at) == 1
    assert set(OutboxEvent.objects.filter(topic="bill.reminder").values_list("key", flat=True)) == {wanted.public_id}
    assert not_wanted.remind is False
    told = Bills().export(customer_id=who.id)
    assert len(told["accounts"]) == 2
    services.erase(customer_id=who.id)
    assert not BillAccount.objects.exists()


def test_the_desk_shows_a_bill_and_the_database_guards_it(bank: SandboxBank, water: Biller) -> None:
    who = holder(FEN, pin=True)
    bill = paid(who, begun(who, water, an_account()))
    client = verified(staff("sam", "support"))
    shown = client.get(reverse("admin:payments_billpayment_change", args=[bill.pk])).content.decode()
    for text in (bill.public_id, "Hangzhou Water", bill.bill_no, bill.order_public_id):
        assert text in shown, text
    assert bill.account_no not in shown.replace(bill.bill_no, "")
    order = client.get(reverse("admin:payments_paymentorder_change", args=[bill.order_id])).content.decode()
    assert bill.public_id in order
    for name, values in {
        "payments_bill_due": {"state": "settled"},
        "payments_bill_moves": {"state": "refunded", "due_at": None, "refund_id": bill.id},
        "payments_bill_amount": {"amount_fen": 0},
        "payments_bill_shard": {"shard": 64},
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            BillPayment.objects.filter(pk=bill.pk).update(**values)
    step = len(queries_of(lambda: outbound.step(payment_id=bill.id, at=clock.now())))
    assert step < 40
