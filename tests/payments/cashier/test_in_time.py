"""A customer who pays has an answer within ten seconds, however long the banks take: measured over HTTP, with the timeouts there are."""

import time
from typing import Any

import pytest

from core.clock import queries as clock
from payments.cards import agreements
from payments.cashier.models import PaymentOrder
from payments.channels.models import Channel, ChannelRequest
from tests.factories import api
from tests.payments.cashier.test_routing import bound_again
from tests.payments.cashier.world import assert_settled, card_holder, new_order, settle_cashier, shop
from tests.payments.second_bank import SECOND, connect_second
from tests.sandbox_bank import SandboxBank

pytestmark = pytest.mark.django_db(transaction=True)
PROMISED_S, LONG_MS = 10.0, 9_000


@pytest.mark.parametrize("banks", [1, 2])
def test_paying_at_a_bank_that_hangs_answers_pending_within_ten_seconds(connected: SandboxBank, banks: int) -> None:
    """With two banks the first one refuses at once with `next_channel`, and the second hangs."""
    who, order = card_holder(connected), new_order(shop(), 10_000)
    if banks == 2:
        connect_second()
        bound_again(connected, who)
        [other] = agreements.alive([who.card.id])
        connected.fault("maintenance", operations=["payment"], times=1, agreement_no=other.token)
    Channel.objects.update(total_timeout_ms=7_999)
    connected.fault("delay", operations=["payment"], times=1, params={"ms": LONG_MS}, agreement_no=who.card.token)
    client = api(who.customer)
    begun = time.monotonic()
    answer: Any = client.post(
        f"/v1/payments/cashier/orders/{order.public_id}/pay", {"methods": [{"method": "card", "ref": who.card.public_id}]}
    )
    took = time.monotonic() - begun
    assert (answer.status_code, answer.json()["result"], took < PROMISED_S) == (201, "pending", True), took
    assert list(ChannelRequest.objects.filter(operation="pay").order_by("created_at").values_list("channel_id", flat=True)) == (
        ["sandbox_bank"] if banks == 1 else [SECOND, "sandbox_bank"]
    )
    time.sleep(max(0.0, LONG_MS / 1000 + 1 - took))
    settle_cashier(clock.now())
    assert PaymentOrder.objects.get().state == "paid"
    assert int(connected.card(who.number)["balance_fen"]) == 100_000_00 - 10_000
    assert_settled()
