"""Closing a merchant: never with money, never with something under way, never beside a payment; and what an owner who leaves is told."""

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from accounts.ledger import services as ledger
from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import credit, debit
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS, Obstacle
from accounts.security.services import ProofMismatch
from core.approvals.services import ApprovalNeeded, applying
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import new_id
from payments.merchants import accounts, queries
from payments.merchants.models import AppKey, Merchant, MerchantApp, Store
from payments.merchants.queries import MerchantNotSelling
from payments.merchants.services import closing, stores
from payments.merchants.services.applications import MerchantNotOpen
from payments.merchants.services.closing import MerchantBusy
from payments.merchants.sockets import MERCHANT_OBSTACLES
from payments.wallet import journals
from tests.factories import plugged
from tests.ledger_proof import assert_books_balance
from tests.payments.merchants.world import PEOPLE, applied, opened, program, suspend
from tests.payments.wallet.world import holder, open_day, proven
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    open_day()
    yield
    assert_books_balance()


def pay_in(merchant: Merchant, fen: int) -> None:
    """Money for a merchant, through the ledger's own door."""
    legs = [debit(platform_account("clearing:channel:test"), fen), credit(accounts.pending(merchant.id), fen)]
    ledger.post(journal_id=new_id(), event=journals.TOP_UP_LATE, legs=legs, at=clock.now())


def take_out(merchant: Merchant, fen: int) -> None:
    legs = [credit(platform_account("clearing:channel:test"), fen), debit(accounts.pending(merchant.id), fen)]
    ledger.post(journal_id=new_id(), event=journals.TOP_UP_LATE, legs=legs, at=clock.now())


def close(merchant: Merchant) -> Merchant:
    intent = proven(merchant.owner, amount_fen=0, payee=merchant.public_id, purpose=closing.PURPOSE)
    return closing.close(intent=intent, merchant_id=merchant.id, at=clock.now())


def test_a_merchant_closes_with_its_stores_apps_and_keys() -> None:
    caller = program(number=0)
    stores.add(merchant_id=caller.merchant.id, name="Riverside", address="1 Riverside Road", at=clock.now())
    assert close(caller.merchant).state == "closed"
    assert (Store.objects.get().state, MerchantApp.objects.get().state, AppKey.objects.get().state) == ("closed", "stopped", "retired")
    assert caller.get("/v1/payments/merchant/self").status_code == 401
    with pytest.raises(MerchantNotOpen):
        close(caller.merchant)
    with pytest.raises(MerchantNotSelling):
        queries.require_selling(caller.merchant.id)


def test_money_anywhere_keeps_a_merchant_open() -> None:
    merchant = opened()
    pay_in(merchant, 100)
    with pytest.raises(MerchantBusy) as raised:
        close(merchant)
    assert [one["code"] for one in raised.value.members["obstacles"]] == ["merchant_has_money"]  # type: ignore[union-attr, index]
    take_out(merchant, 100)
    assert close(merchant).state == "closed"


def test_an_upper_room_with_something_under_way_keeps_a_merchant_open() -> None:
    class Busy:
        def obstacles(self, *, merchant_id: UUID, at: datetime) -> list[Obstacle]:
            return [Obstacle("orders_open", "An order is open.", "仍有未完成的订单。")]

    merchant = suspend(opened())
    with plugged(MERCHANT_OBSTACLES, Busy()), pytest.raises(MerchantBusy) as raised:
        close(merchant)
    assert raised.value.members["obstacles"] == [
        {"code": "orders_open", "detail_en": "An order is open.", "detail_zh": "仍有未完成的订单。"}
    ]
    with plugged(MERCHANT_OBSTACLES, Busy()), pytest.raises(MerchantBusy), applying(closing.CLOSE, **PEOPLE):
        closing.close_by_platform(merchant_id=merchant.id, reason="fraud was proven", at=clock.now())
    assert Merchant.objects.get(pk=merchant.pk).state == "suspended"


def test_only_its_owner_with_a_proof_or_two_operators_close_a_merchant() -> None:
    merchant, stranger = opened(), holder(pin=True)
    for who, payee, refusal in ((stranger, merchant.public_id, NotFound), (merchant.owner, "mch_another", ProofMismatch)):
        intent = proven(who, amount_fen=0, payee=payee, purpose=closing.PURPOSE)
        with pytest.raises(refusal):
            closing.close(intent=intent, merchant_id=merchant.id, at=clock.now())
    with pytest.raises(ApprovalNeeded):
        closing.close_by_platform(merchant_id=merchant.id, reason="fraud was proven", at=clock.now())
    with applying(closing.CLOSE, **PEOPLE):
        closed = closing.close_by_platform(merchant_id=merchant.id, reason="fraud was proven", at=clock.now())
    assert (closed.state, closed.reason) == ("closed", "fraud was proven")


def test_an_application_is_not_closed() -> None:
    with pytest.raises(MerchantNotOpen):
        close(applied())


@pytest.mark.django_db(transaction=True)
def test_no_payment_lands_on_a_merchant_that_closes_at_the_same_moment() -> None:
    """Each of many payments is seen by the closing, or sees it."""
    for _ in range(3):
        merchant = opened()

        def act(number: int, merchant: Merchant = merchant) -> Any:
            if number == 0:
                return close(merchant)
            with transaction.atomic():
                queries.require_selling(merchant.id)
                pay_in(merchant, 100)
            return "paid"

        answers = together(act, 6)
        state, posted = Merchant.objects.get(pk=merchant.pk).state, queries.balances(merchant.id)[accounts.PENDING].posted
        assert posted == 100 * answers.count("paid")
        assert (state == "closed") == (posted == 0)
        assert {type(answer) for answer in answers} <= {str, Merchant, MerchantBusy, MerchantNotSelling}


@pytest.mark.django_db(transaction=True)
def test_payments_of_one_merchant_do_not_wait_for_each_other() -> None:
    merchant = opened()
    inside = threading.Barrier(4)

    def act(_: int) -> str:
        with transaction.atomic():
            queries.require_selling(merchant.id)
            inside.wait(10)
        return "all were inside at once"

    assert set(together(act, 4)) == {"all were inside at once"}


def test_an_owner_who_leaves_closes_their_merchants_first() -> None:
    merchant = opened()
    plug = OBLIGATIONS.get("payments.merchants")
    assert plug is not None
    facts: dict[str, Any] = {"customer_id": merchant.owner_id, "at": clock.now()}
    assert [one.code for one in plug.obstacles(**facts)] == ["merchants_open"]
    close(merchant)
    assert plug.obstacles(**facts) == []


def test_an_owners_export_holds_their_merchants_in_clear() -> None:
    merchant = applied()
    plug = EXPORTERS.get("merchants")
    assert plug is not None
    [row] = plug.export(customer_id=merchant.owner_id)
    assert (row["id"], row["contact_phone"], row["licence_number"]) == (merchant.public_id, "+8619900000001", merchant.licence_number)
    assert plug.export(customer_id=holder().id) == []
