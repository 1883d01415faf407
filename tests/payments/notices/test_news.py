"""Which events merchants hear of, what they are told, and where it is sent."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from core.clock import queries as clock
from core.ids import new_id, public_id
from core.outbox.registry import Event
from payments.cashier import outbound
from payments.cashier.services import closing
from payments.merchants import queries as merchants
from payments.merchants import signing
from payments.merchants.services import keys
from payments.notices import bodies, services
from payments.notices.models import MerchantNotice, NoticeTry
from payments.qr.services import charging
from tests.payments.cashier.plugs import strange_sources
from tests.payments.cashier.test_unknown import late_success
from tests.payments.cashier.world import BALANCE, card_holder, fund, holder, new_order, pay, settle_cashier
from tests.payments.merchants.world import add_app, add_key, opened
from tests.payments.notices.world import Receiver, a_notice, an_event, deliver, news, receiver, told_shop
from tests.payments.qr.world import read, show, wanted
from tests.payments.wallet.world import open_day
from tests.sandbox_bank import SandboxBank

__all__ = ["receiver"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_paid_order_is_told_once_with_what_the_merchant_needs_and_nothing_of_who_paid(receiver: Receiver) -> None:
    open_day()
    where, who = told_shop(receiver.url), holder(pin=True)
    fund(who, 20_000)
    order = new_order(where, 10_000, attach="table 7")
    pay(who, order, BALANCE, pin=True)
    order.refresh_from_db()
    for _ in range(2):
        news(clock.now())
        deliver(clock.now())
    [delivery] = receiver.deliveries
    assert delivery.genuine
    assert delivery.body == {
        "id": MerchantNotice.objects.get().public_id,
        "type": "order.paid",
        "occurred_at": clock.local(order.paid_at).isoformat(),
        "merchant_id": where.merchant.public_id,
        "app_id": where.app.public_id,
        "data": {
            "order_id": order.public_id,
            "out_trade_no": order.out_trade_no,
            "state": "paid",
            "scene": "in_app",
            "amount": 10_000,
            "fee": 60,
            "currency": "CNY",
            "attach": "table 7",
            "store_id": None,
            "paid_at": clock.local(order.paid_at).isoformat(),
        },
    }
    assert who.public_id not in delivery.raw.decode()


def test_an_order_that_is_closed_and_charged_all_the_same_gives_one_closed_and_never_paid(
    connected: SandboxBank, receiver: Receiver
) -> None:
    with strange_sources():
        order = late_success(connected, card_holder(connected, fen=3_000), told_shop(receiver.url))
        assert order.state == "paid_late"
        at = settle_cashier(order.expires_at + timedelta(seconds=2))
    deliver(at)
    order.refresh_from_db()
    assert (order.state, receiver.types) == ("late_refunded", ["order.closed"])


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("expired", "expired"),
        ("closed_by_merchant", "closed_by_merchant"),
        ("reversed", "reversed"),
        ("payer_declined", "payer_declined"),
        ("payer_short", "payer_short"),
        ("agreement_ended", "agreement_ended"),
        ("deduction_account_frozen", "deduction_failed"),
        ("account_frozen", "payment_failed"),
    ],
)
def test_a_closed_order_says_why_but_nothing_of_the_payers_account(code: str, told: str) -> None:
    open_day()
    order = new_order(told_shop("https://shop.example/n"), 100)
    [notice] = services.write(event=an_event(order, code=code), at=clock.now())
    assert f'"code":"{told}"' in notice.text


def test_an_order_its_merchant_reversed_is_told_as_reversed(receiver: Receiver) -> None:
    open_day()
    where, wanted_order = told_shop(receiver.url), wanted(30_000)
    read(where.app, show(holder(50_000, pin=True)), wanted_order)
    charging.reverse(app=where.app, out_trade_no=wanted_order.out_trade_no, at=clock.now())
    news(clock.now())
    deliver(clock.now())
    [delivery] = receiver.deliveries
    assert (delivery.body["type"], delivery.body["data"]["code"]) == ("order.closed", "reversed")


def test_an_order_goes_to_its_own_address_before_its_apps(receiver: Receiver) -> None:
    open_day()
    where = told_shop("https://shop.example/n")
    own, apps = a_notice(where, notify_url=receiver.url), a_notice(where)
    assert (own.url, own.origin) == (receiver.url, receiver.url.rpartition("/")[0])
    assert (apps.url, apps.origin) == ("https://shop.example/n", "https://shop.example:443")


def test_a_merchant_closing_an_order_hears_of_it_once(receiver: Receiver) -> None:
    open_day()
    order = new_order(told_shop(receiver.url), 100)
    for _ in range(2):
        closing.begin(order_id=order.id, code=closing.BY_MERCHANT, at=clock.now())
        outbound.close(order_id=order.id, at=clock.now())
        news(clock.now())
        deliver(clock.now())
    assert receiver.types == ["order.closed"]


def test_what_other_rooms_tell_comes_in_the_apis_words_and_without_the_payer() -> None:
    open_day()
    where = told_shop("https://shop.example/n")
    order = new_order(where, 10_000)
    refund, payer = public_id("rfd", new_id()), public_id("cus", new_id())
    event = an_event(order, "refund.succeeded", refund=refund, out_refund_no="R1", fee_back_fen=6, payer=payer, to=payer, parts={"a": 1})
    [notice] = services.write(event=event, at=clock.now())
    assert (notice.type, notice.subject, notice.order_id) == ("refund.succeeded", refund, order.id)
    assert bodies.of_others(event).data == {
        "order_id": order.public_id,
        "out_trade_no": order.out_trade_no,
        "refund_id": refund,
        "out_refund_no": "R1",
        "amount": 10_000,
        "fee_back": 6,
        "currency": "CNY",
    }


def test_what_concerns_the_whole_merchant_goes_to_every_app_that_hears_news() -> None:
    open_day()
    where = told_shop("https://shop.example/n")
    add_app(where.merchant, notify_url="https://till.example/n")
    add_app(where.merchant)
    settlement = public_id("stl", new_id())
    payload = {"settlement": settlement, "merchant": where.merchant.public_id, "net_fen": 994_000, "currency": "CNY"}
    event = Event(id=new_id(), topic="settlement.paid", key=settlement, payload=payload, occurred_at=clock.now())
    written = services.write(event=event, at=clock.now())
    assert {(one.url, one.subject) for one in written} == {("https://shop.example/n", settlement), ("https://till.example/n", settlement)}


def test_a_key_that_comes_to_its_end_is_told_to_its_app(receiver: Receiver) -> None:
    open_day()
    app = merchants.app(add_app(opened(), notify_url=receiver.url).id)
    key = add_key(app, signing.new_private_pem(), life_days=20)
    keys.warn(at=clock.now())
    news(clock.now())
    deliver(clock.now())
    [delivery] = receiver.deliveries
    assert (delivery.body["type"], delivery.body["app_id"], delivery.body["data"]["serial_no"]) == (
        "merchant.key_expiring",
        app.public_id,
        key.serial_no,
    )


def test_the_database_writes_an_event_once_for_an_app_and_guards_states_and_numbers() -> None:
    open_day()
    where = told_shop("https://shop.example/n")
    event = an_event(new_order(where, 100))
    [notice] = services.write(event=event, at=clock.now())
    refused = {
        "payments_mnotice_event": lambda: services.write(event=event, at=clock.now()),
        "payments_mnotice_due": lambda: MerchantNotice.objects.update(due_at=None),
        "payments_mnotice_delivered": lambda: MerchantNotice.objects.update(state="delivered", due_at=None, tries=1),
        "payments_mnotice_tries": lambda: MerchantNotice.objects.update(state="failed", due_at=None),
        "payments_mnotice_url": lambda: MerchantNotice.objects.update(url="ftp://shop.example"),
        "payments_mnotice_shard": lambda: MerchantNotice.objects.update(shard=64),
        "payments_noticetry_answered": lambda: NoticeTry.objects.create(
            notice=notice, shard=notice.shard, number=1, at=clock.now(), took_ms=1
        ),
        "payments_noticetry_numbers": lambda: NoticeTry.objects.create(
            notice=notice, shard=notice.shard, number=0, at=clock.now(), took_ms=1, status=200
        ),
    }
    for name, act in refused.items():
        with pytest.raises(IntegrityError, match=name):
            act()
    MerchantNotice.objects.update(state="failed", due_at=None, tries=1)
    with pytest.raises(IntegrityError, match="payments_mnotice_moves"):
        MerchantNotice.objects.update(state="delivered", delivered_at=clock.now())


def test_notices_of_long_ago_are_forgotten_with_their_tries_and_what_waits_is_not(receiver: Receiver) -> None:
    open_day()
    where = told_shop(receiver.url)
    old, waiting = a_notice(where), a_notice(where, notify_url="http://127.0.0.1:9/")
    deliver(clock.now())
    later = clock.now() + timedelta(days=181)
    assert services.forget_old(shard=old.shard, at=later) == 1
    assert [row.pk for row in MerchantNotice.objects.all()] == [waiting.pk]
    assert NoticeTry.objects.filter(notice_id=old.pk).count() == 0
