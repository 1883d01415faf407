"""While nothing can be booked no transfer begins, is taken or goes back; the API says so as its schema does."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.ledger import halt
from accounts.ledger.models import Journal
from core.business_day.models import BusinessDay
from core.clock import queries as clock
from payments.wallet.models import Transfer
from payments.wallet.services import transfers
from tests.api.operations import operations
from tests.factories import api
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.world import holder, intent, open_day, posted

pytestmark = pytest.mark.django_db


def halted() -> None:
    halt.halt(reason="a proof found something", at=clock.now())


def no_day() -> None:
    BusinessDay.objects.all().delete()


@pytest.mark.parametrize(("shut", "code"), [(halted, "ledger_halted"), (no_day, "no_open_day")])
def test_a_transfer_is_refused_in_every_way_and_nothing_moves(shut: Callable[[], None], code: str) -> None:
    open_day()
    payer, payee = holder(20_000), holder()
    offered = transfers.offer(intent=intent(payer), payee_id=payee.id, amount_fen=5_000, remark="", at=clock.now())
    before = (posted(payer), posted(payee), Journal.objects.count())
    assert_books_balance()
    shut()
    root = "/v1/payments/wallet/transfers"
    body = {"to": {"customer_id": payee.public_id}, "amount": 1_000}
    answers = [
        api(payer).post(root, body),
        api(payee).post(f"{root}/{offered.public_id}/accept"),
        api(payee).post(f"{root}/{offered.public_id}/decline"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, code)] * 3
    assert (posted(payer), posted(payee), Journal.objects.count()) == before
    assert Transfer.objects.get().state == "in_transit"
    assert all(code in documented(path) for path in (root, f"{root}/{{transfer_id}}/accept", f"{root}/{{transfer_id}}/decline"))


def documented(path: str) -> dict[str, Any]:
    """The examples of the 503 of the POST there."""
    (one,) = (operation for operation in operations() if (operation.method, operation.path) == ("post", path))
    found: dict[str, Any] = one.spec["responses"]["503"]["content"]["application/problem+json"]["examples"]
    return found
