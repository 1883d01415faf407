"""What `ledger_check` finds of refunds."""

from datetime import timedelta

import pytest

from accounts.ledger import check
from core.clock import queries as clock
from core.ids import public_id
from payments.cashier.models import FundingLeg, PaymentOrder
from payments.refunds.models import Refund, RefundPart
from tests.ledger_proof import behind_its_back, found_of
from tests.payments.cashier.world import card_holder, holder, shop
from tests.payments.refunds.world import ask, by_balance, by_card, settle_refunds
from tests.payments.wallet.world import open_day
from tests.sandbox_bank import SandboxBank


@pytest.mark.parametrize("where", ["order", "parts"])
def test_an_open_refund_that_its_order_or_its_parts_do_not_say_is_found(connected: SandboxBank, where: str) -> None:
    made = ask(by_card(shop(), card_holder(connected), 1_000), 600)
    assert check.findings() == []
    if where == "order":
        PaymentOrder.objects.update(refunding_fen=599)
        expected = ("refund.order", made.order_public_id)
    else:
        RefundPart.objects.update(amount_fen=599)
        expected = ("refund.parts", public_id("rfd", made.id))
    assert [(found.check, found.subject) for found in check.findings()] == [expected]
    PaymentOrder.objects.update(refunding_fen=600)
    RefundPart.objects.update(amount_fen=600)
    settle_refunds(clock.now())


@pytest.fixture
def paid_back() -> Refund:
    """An order of 10.00 of which 6.00 and then 1.00 went back."""
    open_day()
    order = by_balance(shop(), holder(1_000), 1_000)
    ask(order, 100)
    return ask(order, 600)


@pytest.mark.django_db
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ("UPDATE payments_refund SET amount_fen = 950, from_pending_fen = 950 - fee_back_fen WHERE amount_fen = 600", "paid finished"),
        ("UPDATE payments_paymentorder SET refunded_fen = refunded_fen - 1", "paid"),
        ("UPDATE payments_refundpart SET amount_fen = 950 WHERE amount_fen = 600", "leg finished"),
        ("UPDATE payments_fundingleg SET refunded_fen = refunded_fen + 1 WHERE refunded_fen > 0", "leg"),
        ("DELETE FROM payments_refundpart WHERE amount_fen = 600", "leg finished"),
        ("DELETE FROM ledger_journal WHERE event = 'refund.done'", "unbooked unbooked"),
    ],
)
def test_more_gone_back_than_was_paid_or_than_is_said_is_found_of_finished_refunds(
    paid_back: Refund, spoil: str, found: str, known: bool
) -> None:
    since = clock.local_day(clock.now()) - timedelta(days=1) if known else None
    assert (paid_back.state, found_of("refund", since)) == ("succeeded", [])
    behind_its_back(spoil)
    leg = FundingLeg.objects.get(order_id=paid_back.order_id, state="committed")
    rows = {"paid": paid_back.order_public_id, "leg": leg.public_id, "finished": paid_back.public_id}
    seen = found_of("refund", since)
    assert [one for one, _ in seen] == [f"refund.{name}" for name in found.split()]
    assert all(subject == rows[one.removeprefix("refund.")] for one, subject in seen if one != "refund.unbooked")
    assert "unbooked" not in found or paid_back.public_id in [subject for _, subject in seen]
