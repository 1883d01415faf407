"""Codes printed for a store, and orders shown as a code: who may make them, what scanning gives, and the day's limit of a person."""

import uuid
from datetime import timedelta

import pytest

from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.errors import NotFound, TooManyRequests
from core.moves import WrongState
from payments.cashier.models import PaymentOrder
from payments.cashier.services.orders import StoreClosed
from payments.merchants.queries import MerchantNotSelling
from payments.merchants.services import apps, stores
from payments.qr import queries
from payments.qr.models import QrCode
from payments.qr.refusals import QrAmountFixed, QrAmountMissing, QrCodeRevoked, StaticDayLimit
from payments.qr.services import printed
from tests.payments.cashier.plugs import strange_sources
from tests.payments.cashier.test_unknown import decide
from tests.payments.cashier.world import (
    BALANCE,
    approved,
    assert_settled,
    begin,
    card,
    card_holder,
    holder,
    new_order,
    outbound,
    pay,
    paying,
    pending,
    settle_cashier,
    shop,
)
from tests.payments.cashier.world import funding as cashier_funding
from tests.payments.merchants.world import suspend
from tests.payments.qr.world import print_code, store_of, terms
from tests.payments.wallet.world import freeze, open_day
from tests.sandbox_bank import SandboxBank

DAY_FEN = 50_000


@pytest.mark.django_db
def test_scanning_gives_an_order_of_the_scanners_own_and_the_merchant_is_paid_as_ever() -> None:
    open_day()
    where, ann, bob = shop(), holder(12_000), holder()
    code = print_code(where)
    order = printed.scan(customer_id=ann.id, code_id=code.id, amount_fen=10_000, at=clock.now())
    assert (order.scene, order.payer_id, order.store_id, order.app_id, order.attach) == (
        "qr_static", ann.id, code.store_id, where.app.id, code.public_id,
    )  # fmt: skip
    with pytest.raises(NotFound):
        begin(bob, order, BALANCE)
    begin(ann, order, BALANCE)
    order.refresh_from_db()
    assert (order.state, order.fee_fen, pending(where), queries.left_today(ann.id, clock.now())) == ("paid", 60, 9_940, DAY_FEN - 10_000)
    assert_settled(expected={ann: 2_000})


@pytest.mark.django_db
def test_an_amount_is_typed_or_fixed_and_never_over_the_day() -> None:
    open_day()
    where, ann = shop(), holder(100_000)
    typed, fixed = print_code(where), print_code(where, fen=1_800)

    def scan(code: QrCode, fen: int | None) -> int:
        return printed.scan(customer_id=ann.id, code_id=code.id, amount_fen=fen, at=clock.now()).amount_fen

    assert [scan(fixed, None), scan(fixed, 1_800), scan(typed, 7)] == [1_800, 1_800, 7]
    for code, fen, refusal in (
        (typed, None, QrAmountMissing),
        (fixed, 1_801, QrAmountFixed),
        (typed, DAY_FEN + 1, StaticDayLimit),
    ):
        with pytest.raises(refusal):
            scan(code, fen)
    assert PaymentOrder.objects.count() == 3


@pytest.mark.django_db
def test_what_takes_no_payments_gives_no_order() -> None:
    open_day()
    where, ann = shop(), holder(1_000)
    store = store_of(where)
    code, gone = print_code(where, store=store), print_code(where, store=store)
    printed.revoke(code_id=gone.id, at=clock.now(), by="customer:cus_x")
    with pytest.raises(QrCodeRevoked):
        printed.scan(customer_id=ann.id, code_id=gone.id, amount_fen=1, at=clock.now())
    with pytest.raises(WrongState):
        printed.revoke(code_id=gone.id, at=clock.now(), by="customer:cus_x")
    with pytest.raises(NotFound):
        printed.scan(customer_id=ann.id, code_id=uuid.uuid4(), amount_fen=1, at=clock.now())
    stores.close(store=store, at=clock.now())
    with pytest.raises(StoreClosed):
        printed.scan(customer_id=ann.id, code_id=code.id, amount_fen=1, at=clock.now())
    stores.reopen(store=store, at=clock.now())
    suspend(where.merchant)
    with pytest.raises(MerchantNotSelling):
        printed.scan(customer_id=ann.id, code_id=code.id, amount_fen=1, at=clock.now())
    freeze(ann)
    with pytest.raises(Exception, match="customer_not_active"):
        printed.scan(customer_id=ann.id, code_id=code.id, amount_fen=1, at=clock.now())
    assert PaymentOrder.objects.count() == 0
    assert AuditRecord.objects.filter(act="qr_code.revoke", target=gone.public_id).count() == 1


@pytest.mark.django_db
def test_a_code_is_made_of_ones_own_store_and_app_alone() -> None:
    open_day()
    where, other = shop(), shop()
    store, strange = store_of(where), store_of(other)

    def make(store_id: uuid.UUID, app_id: uuid.UUID, *, owner_id: uuid.UUID = where.merchant.owner_id) -> QrCode:
        return printed.make(
            owner_id=owner_id, merchant_id=where.merchant.id, store_id=store_id, app_id=app_id, title="x", amount_fen=None, at=clock.now()
        )

    for store_id, app_id, owner_id in (
        (strange.id, where.app.id, where.merchant.owner_id),
        (store.id, other.app.id, where.merchant.owner_id),
        (store.id, where.app.id, other.merchant.owner_id),
    ):
        with pytest.raises(NotFound):
            make(store_id, app_id, owner_id=owner_id)
    apps.stop(owner_id=where.merchant.owner_id, app_id=where.app.id, at=clock.now())
    with pytest.raises(WrongState):
        make(store.id, where.app.id)
    assert not QrCode.objects.exists()


@pytest.mark.django_db
def test_case_500_yuan_a_day_by_printed_codes_is_the_persons_and_no_fen_more() -> None:
    open_day()
    where, ann = shop(), holder(100_000, pin=True)
    code = print_code(where)

    def pay_static(fen: int) -> None:
        order = printed.scan(customer_id=ann.id, code_id=code.id, amount_fen=fen, at=clock.now())
        paying.pay(intent=approved(ann, order, BALANCE), order_id=order.id, picks=BALANCE, at=clock.now())

    pay_static(30_000)
    pay_static(19_999)
    with pytest.raises(StaticDayLimit) as refused:
        pay_static(2)
    assert refused.value.members == {"cap": DAY_FEN, "remaining": 1}
    pay_static(1)
    assert queries.left_today(ann.id, clock.now()) == 0
    assert queries.left_today(ann.id, clock.now() + timedelta(days=1)) == DAY_FEN
    elsewhere = new_order(where, 30_000)
    paying.pay(intent=approved(ann, elsewhere, BALANCE), order_id=elsewhere.id, picks=BALANCE, at=clock.now())
    assert_settled(expected={ann: 20_000})


def test_what_came_to_nothing_gives_its_part_of_the_day_back_once(connected: SandboxBank) -> None:
    where, who = shop(), card_holder(connected, fen=3_000)
    code = print_code(where)

    def scanned() -> PaymentOrder:
        return printed.scan(customer_id=who.customer.id, code_id=code.id, amount_fen=10_000, at=clock.now())

    def left() -> int:
        return queries.left_today(who.customer.id, clock.now())

    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    with strange_sources():
        assert pay(who.customer, scanned(), [cashier_funding.Pick("balance"), card(who)]).state == "failed"
        assert left() == DAY_FEN
        connected.fault("processing_then_success", operations=["payment"], times=1, params={"after_ms": 0})
        connected.fault("http_500_burst", operations=["payment_close", "payment_query"], params={"n": 50})
        attempt, order = pay(who.customer, scanned(), [card(who)]), PaymentOrder.objects.latest("created_at")
        assert left() == DAY_FEN - 10_000
        outbound.expire(order_id=order.id, at=order.expires_at)
        assert left() == DAY_FEN
        connected.clear_faults()
        decide(connected, attempt)
        settle_cashier(order.expires_at + timedelta(minutes=2))
    order.refresh_from_db()
    assert (order.state, left()) == ("late_refunded", DAY_FEN)
    assert_settled(expected={who.customer: 3_000})


@pytest.mark.django_db
def test_scanning_is_held_off_by_the_minute() -> None:
    open_day()
    terms(codes_per_minute=2)
    where, ann = shop(), holder(1_000)
    code, at = print_code(where), clock.now()
    for _ in range(2):
        printed.scan(customer_id=ann.id, code_id=code.id, amount_fen=1, at=at)
    with pytest.raises(TooManyRequests):
        printed.scan(customer_id=ann.id, code_id=code.id, amount_fen=1, at=at)


@pytest.mark.django_db
def test_any_scanned_code_says_what_it_is() -> None:
    open_day()
    where, ann, bob = shop(), holder(5_000), holder()
    code, dynamic, in_app = print_code(where), new_order(where, 100, scene="qr_dynamic"), new_order(where, 100)
    at = clock.now()
    found = queries.resolve(ann.id, f"banyan://qr/{code.public_id}", at)
    assert (found.kind, found.printed, found.left_today) == ("static", code, DAY_FEN)
    assert queries.resolve(ann.id, dynamic.public_id, at).order == dynamic
    assert queries.resolve(ann.id, "621234567890123456", at).kind == "payer_code"
    begin(ann, dynamic, BALANCE)
    assert queries.resolve(ann.id, dynamic.public_id, at).kind == "order"
    for who, text in ((bob, dynamic.public_id), (bob, in_app.public_id), (ann, "qrc_x"), (ann, "https://example.org"), (ann, "")):
        with pytest.raises(NotFound):
            queries.resolve(who.id, text, at)
