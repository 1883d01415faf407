"""Risk's word on a payment: allowed, proven better, or refused with its decision kept; a payment waits for nobody."""

import pytest

from accounts.security.services import StepUpNeeded
from payments.cashier.models import PaymentAttempt
from payments.risk.models import RiskDecision, RiskReview
from payments.risk.services.deciding import RiskRefused
from tests.factories import api
from tests.payments.cashier.world import BALANCE, Shop, approved, assert_settled, begin, holder, new_order, paying, shop
from tests.payments.risk.world import no_rules, rule
from tests.payments.wallet.world import open_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def where() -> Shop:
    open_day()
    no_rules()
    return shop()


@pytest.mark.parametrize("verdict", ["refuse", "review"])
def test_what_a_rule_refuses_or_would_keep_waiting_is_refused_and_its_decision_kept(where: Shop, verdict: str) -> None:
    rule("amount", verdict=verdict, scenes=["payment"], amount_fen=5_000)
    ann = holder(20_000)
    small, large = new_order(where, 5_000), new_order(where, 5_001)
    assert begin(ann, small, BALANCE).state == "succeeded"
    answer = api(ann).post(f"/v1/payments/cashier/orders/{large.public_id}/pay", {"methods": [{"method": "balance"}]})
    decision = RiskDecision.objects.get()
    assert (answer.status_code, answer.json()["code"], answer.json()["decision"]) == (403, "risk_refused", decision.public_id)
    assert (decision.verdict, decision.business, decision.business_id, decision.amount_fen) == ("refuse", "payment", None, 5_001)
    assert (PaymentAttempt.objects.count(), RiskReview.objects.count()) == (1, 0)
    large.refresh_from_db()
    assert (large.state, large.payer_id) == ("created", None)
    assert_settled(expected={ann: 15_000})


def test_a_rule_that_wants_a_proof_says_of_what_and_the_proof_satisfies_it(where: Shop) -> None:
    rule("amount", verdict="step_up", scenes=["payment"], amount_fen=1_000)
    ann = holder(20_000, pin=True)
    order = new_order(where, 1_001)
    with pytest.raises(StepUpNeeded) as needed:
        begin(ann, order, BALANCE)
    assert needed.value.members == {"purpose": "payment", "amount": 1_001, "currency": "CNY", "payee": order.public_id}
    assert paying.pay(intent=approved(ann, order, BALANCE), order_id=order.id, picks=BALANCE, at=order.created_at).state == "succeeded"
    assert_settled(expected={ann: 18_999})


def test_a_refused_payment_does_not_raise_in_the_room_of_another_scene(where: Shop) -> None:
    rule("amount", verdict="refuse", scenes=["transfer"], amount_fen=1)
    ann = holder(20_000)
    begin(ann, new_order(where, 9_000), BALANCE)
    rule("velocity_count", verdict="refuse", scenes=["payment"], window="hour", most=1)
    with pytest.raises(RiskRefused):
        begin(ann, new_order(where, 9_000), BALANCE)
    assert_settled(expected={ann: 11_000})
