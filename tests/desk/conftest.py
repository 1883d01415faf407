"""What several tests of the desk look at."""

import pytest

from accounts.identity.models import Customer
from accounts.ledger import halt
from accounts.ledger import services as ledger
from accounts.ledger.accounts import customer_account, platform_account
from accounts.ledger.legs import credit, debit
from core.business_day import services as days
from core.clock import queries as clock
from core.ids import new_id
from core.outbox.models import OutboxEvent
from core.work import services as work
from tests import factories


@pytest.fixture
def busy() -> Customer:
    """A customer with something in every panel, and something on the overview that needs a look."""
    at = clock.now()
    made = factories.customer(verified_class=2)
    days.open_first_day(at=at)
    factories.open_session(made)
    legs = [debit(platform_account("clearing:channel:sandbox_bank"), 500), credit(customer_account(made.id), 500)]
    ledger.post(journal_id=new_id(), event="wallet.top_up", legs=legs, at=at, reference="top_test")
    OutboxEvent.objects.create(shard=1, topic="t", key="1", payload={}, occurred_at=at, next_attempt_at=at)
    work.ask(kind="tests.look", target=made.public_id, facts={}, at=at)
    halt.halt(reason="测试", at=at)
    return made
