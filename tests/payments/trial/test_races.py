"""The sandbox's people wanted by many requests at once: each is made once, and every request is answered."""

import pytest

from accounts.identity.models import Customer
from core.clock import queries as clock
from payments.cards.models import Card
from payments.trial import payers
from payments.trial.payers import TrialPayer
from tests.payments.cashier.world import shop
from tests.payments.trial.conftest import bank
from tests.sandbox_bank import SandboxBank
from tests.together import together

__all__ = ["bank"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_payer_of_the_day_wanted_by_many_at_once_is_made_once_and_serves_them_all(bank: SandboxBank) -> None:
    where, at = shop(), clock.now()
    ended = together(lambda _: payers.ready(merchant_id=where.merchant.id, at=at), 3)
    assert {type(end) for end in ended} == {TrialPayer}, ended
    assert len({(end.customer_id, end.card) for end in ended}) == 1
    payer = Customer.objects.get(pk=ended[0].customer_id)
    assert Card.objects.filter(customer=payer).count() == 1
