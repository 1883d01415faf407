"""What `ledger_check` finds of refunds."""

import pytest

from accounts.ledger import check
from core.clock import queries as clock
from core.ids import public_id
from payments.cashier.models import PaymentOrder
from payments.refunds.models import RefundPart
from tests.payments.cashier.world import card_holder, shop
from tests.payments.refunds.world import ask, by_card, settle_refunds
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
