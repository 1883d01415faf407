"""An account with an order under way or a bound card does not close; its export tells of both."""

import json

import pytest

from accounts.privacy import queries, services
from core.clock import queries as clock
from payments.wallet.services import transfers
from tests.factories import open_session, proof
from tests.payments.wallet.world import holder, intent, open_day


@pytest.mark.django_db
def test_a_transfer_that_waits_keeps_both_accounts_open() -> None:
    open_day()
    payer, payee = holder(500, pin=True), holder()
    at = clock.now()
    transfers.offer(intent=intent(payer), payee_id=payee.id, amount_fen=500, remark="", at=at)
    assert [found.code for found in queries.obstacles(payee.id, at)] == ["orders_open"]
    session = open_session(payer).session
    token = proof(payer, session, purpose="close_account")
    with pytest.raises(services.ObligationsOpen) as refused:
        services.close_account(customer_id=payer.id, session_id=session.id, reason="", proof=token, nonce="n", at=at)
    assert refused.value.members["obstacles"] == ["orders_open"]
    told = json.loads(json.dumps(queries.personal_data(payee.id), default=str))
    assert [(row["amount"], row["state"]) for row in told["wallet"]["transfers"]] == [(500, "in_transit")]
