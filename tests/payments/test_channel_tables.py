"""What the database itself refuses about channels, requests, cards and bindings."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.identity.models import Customer
from core.ids import new_id
from payments.cards.models import Bank, Card, CardBin, CardBinding, CardLimit
from payments.channels.models import Break, Channel, ChannelCredential, ChannelNotice, ChannelRequest, ErrorRule, MaintenanceWindow
from tests.factories import customer
from tests.payments.test_card_rules import made_card
from tests.payments.world import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Customer:
    return customer(verified_class=None)


def refused(name: str) -> AbstractContextManager[Any]:
    return pytest.raises(IntegrityError, match=name)


def request(owner: Customer, **changes: Any) -> ChannelRequest:
    row: dict[str, Any] = {
        "request_no": str(new_id()),
        "channel_id": "sandbox_bank",
        "operation": "pay",
        "business": "test",
        "business_id": new_id(),
        "reference": "test",
        "customer": owner,
        "shard": 0,
        "amount_fen": 1,
        "created_at": AT,
        "changed_at": AT,
    }
    with transaction.atomic():
        return ChannelRequest.objects.create(**(row | changes))


def binding(owner: Customer, **changes: Any) -> CardBinding:
    row: dict[str, Any] = {
        "customer": owner,
        "shard": 0,
        "channel_id": "sandbox_bank",
        "fingerprint": b"f",
        "bank_id": "ICBC",
        "kind": "debit",
        "bin": "990110",
        "last4": "0017",
        "mobile_masked": "199****0001",
        "expires_at": AT,
        "created_at": AT,
        "changed_at": AT,
    }
    with transaction.atomic():
        return CardBinding.objects.create(**(row | changes))


def move(row: Any, **changes: Any) -> None:
    with transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**changes)


def test_the_first_rows_describe_the_sandbox_bank_and_leave_it_off() -> None:
    channel = Channel.objects.get(code="sandbox_bank")
    assert (channel.enabled, channel.connect_timeout_ms, channel.total_timeout_ms) == (False, 2000, 7000)
    assert Bank.objects.filter(supported=True).count() == 12
    assert CardBin.objects.get(bin="990110").number_length == 19
    assert CardLimit.objects.count() == 48
    assert ErrorRule.objects.get(channel_id="sandbox_bank", code="SYSTEM_ERROR").definite is False


def test_a_call_may_not_wait_eight_seconds_nor_connect_longer_than_two() -> None:
    channel = Channel.objects.get(code="sandbox_bank")
    with refused("payments_channel_total"):
        move(channel, total_timeout_ms=8000)
    with refused("payments_channel_connect"):
        move(channel, connect_timeout_ms=2001)


def test_a_channel_has_one_live_credential() -> None:
    def credential() -> ChannelCredential:
        with transaction.atomic():
            return ChannelCredential.objects.create(
                channel_id="sandbox_bank", merchant="m", private_key_pem="k", bank_public_key_pem="", bank_key_id="", created_at=AT
            )

    credential()
    with refused("payments_credential_one_live"):
        credential()


def test_a_request_is_born_new_and_moves_only_along_its_table(owner: Customer) -> None:
    with refused("payments_request_moves"):
        request(owner, state="success", settled_at=AT, sent_at=AT)
    made = request(owner)
    with refused("payments_request_moves"):
        move(made, state="success", settled_at=AT, sent_at=AT)
    move(made, state="sent", sent_at=AT)
    move(made, state="failed", settled_at=AT)
    with refused("payments_request_moves"):
        move(made, state="sent")


def test_of_what_failed_a_payment_alone_may_be_done_after_all(owner: Customer) -> None:
    payment, payout = request(owner), request(owner, operation="payout")
    for made in (payment, payout):
        move(made, state="sent", sent_at=AT)
        move(made, state="failed", settled_at=AT)
    with refused("payments_request_moves"):
        move(payout, state="success")
    move(payment, state="success")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"amount_fen": 0}, "payments_request_amount"),
        ({"operation": "sign_start"}, "payments_request_amount"),
        ({"operation": "refund"}, "payments_request_original"),
        ({"shard": 64}, "payments_request_shard"),
        ({"settled_at": AT}, "payments_request_final"),
        ({"returned_at": AT}, "payments_request_returned"),
    ],
)
def test_a_request_that_contradicts_itself_is_refused(owner: Customer, changes: dict[str, Any], name: str) -> None:
    with refused(name):
        request(owner, **changes)


def test_a_final_request_is_not_due_and_one_that_left_says_when(owner: Customer) -> None:
    made = request(owner)
    with refused("payments_request_sent"):
        move(made, state="sent")
    move(made, state="sent", sent_at=AT)
    with refused("payments_request_final"):
        move(made, state="success", settled_at=AT, due_at=AT)
    move(made, state="success", settled_at=AT)
    with refused("payments_request_returned"):
        move(made, state="returned", returned_at=AT)


def test_a_business_number_is_one_request(owner: Customer) -> None:
    made = request(owner)
    with refused("payments_request_number"):
        request(owner, request_no=made.request_no)


def test_an_event_is_kept_once_and_a_notice_ends_once() -> None:
    def notice() -> ChannelNotice:
        with transaction.atomic():
            return ChannelNotice.objects.create(
                shard=1, channel_id="sandbox_bank", event_id="EV1", event="payment.succeeded", raw_body="{}", created_at=AT
            )

    made = notice()
    with refused("payments_notice_once"):
        notice()
    with refused("payments_notice_state"):
        move(made, state="processed")
    move(made, state="processed", processed_at=AT)
    with refused("payments_notice_moves"):
        move(made, state="received", processed_at=None)


def test_windows_rules_limits_and_breaks_keep_their_shapes() -> None:
    here = {"channel_id": "sandbox_bank", "created_at": AT}
    window: Callable[[], Any] = lambda: MaintenanceWindow.objects.create(  # noqa: E731
        starts_at=AT, ends_at=AT - timedelta(seconds=1), words_en="w", words_zh="w", **here
    )
    with refused("payments_window_order"), transaction.atomic():
        window()
    rule = {"code": "SYSTEM_BUSY", "words_en": "w", "words_zh": "w", **here}
    with refused("payments_errorrule_definite"), transaction.atomic():
        ErrorRule.objects.create(action="query", definite=True, effective_on=AT.date(), **rule)
    with refused("payments_errorrule_dated"), transaction.atomic():
        ErrorRule.objects.create(action="stop", definite=True, effective_on="2020-01-01", **rule)
    limit = {"bank_id": "ICBC", "kind": "debit", "scene": "top_up", **here}
    with refused("payments_limit_dated"), transaction.atomic():
        CardLimit.objects.create(effective_on="2020-01-01", **limit)
    with refused("payments_limit_positive"), transaction.atomic():
        CardLimit.objects.create(effective_on=AT.date(), day_fen=-1, **limit)
    with refused("payments_break_state"), transaction.atomic():
        Break.objects.create(kind="amount", source="s", request_no="n", ours="", theirs="", state="closed", **here)
    with refused("payments_bin_digits"), transaction.atomic():
        CardBin.objects.create(bin="99011", bank_id="ICBC", kind="debit", number_length=19, created_at=AT)


def test_a_customer_has_one_default_and_a_card_once_among_the_live(owner: Customer) -> None:
    first = made_card(owner.id, number="1", default=True)
    with refused("payments_card_one_default"), transaction.atomic():
        made_card(owner.id, number="2", default=True)
    with refused("payments_card_once"), transaction.atomic():
        made_card(owner.id, number="1")
    with refused("payments_card_state"):
        move(first, state="unbound")
    move(first, state="unbound", unbound_at=AT, unbound_by="bank", is_default=False)
    made_card(owner.id, number="1", default=True)
    with refused("payments_card_moves"):
        move(first, state="active", unbound_at=None, unbound_by="")


def test_a_card_keeps_no_more_than_its_bin_and_last_four(owner: Customer) -> None:
    card = made_card(owner.id)
    with refused("payments_card_digits"):
        move(card, last4="017")
    columns = {field.column for field in Card._meta.concrete_fields}
    assert not columns & {"number", "card_number", "pan"}


def test_a_binding_moves_along_its_table_and_is_bound_only_with_a_card(owner: Customer) -> None:
    made = binding(owner)
    with refused("payments_binding_one_open"):
        binding(owner)
    with refused("payments_binding_moves"):
        move(made, state="verifying", sign_ref="S", sms_sent_at=AT)
    with refused("payments_binding_sms"):
        move(made, state="sms_sent")
    move(made, state="sms_sent", sign_ref="S", sms_sent_at=AT)
    move(made, state="verifying", tries=3)
    with refused("payments_binding_tries"):
        move(made, tries=4)
    with refused("payments_binding_card"):
        move(made, state="bound")
    move(made, state="expired")
    with refused("payments_binding_moves"):
        move(made, state="sms_sent")
