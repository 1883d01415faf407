"""An account with orders on their way stays open, and an export names every order of its owner."""

import pytest

from accounts.ledger import queries as ledger
from accounts.privacy.sockets import EXPORTERS
from core.clock import queries as clock
from payments.wallet import journals
from payments.wallet.closing import Orders
from payments.wallet.services import transfers
from tests.payments.wallet.world import holder, intent, open_day

pytestmark = pytest.mark.django_db


def codes(who: object) -> list[str]:
    return [found.code for found in Orders().obstacles(customer_id=who.id, at=clock.now())]  # type: ignore[attr-defined]


def test_a_transfer_on_its_way_keeps_both_accounts_open() -> None:
    open_day()
    ann, bob = holder(10_000), holder()
    assert codes(ann) == codes(bob) == []
    waiting = transfers.offer(intent=intent(ann), payee_id=bob.id, amount_fen=5, remark="for you", at=clock.now())
    assert codes(ann) == codes(bob) == ["orders_open"]
    transfers.decline(payee_id=bob.id, transfer_id=waiting.id, at=clock.now())
    assert codes(ann) == codes(bob) == []


def test_an_export_names_both_sides_of_a_transfer_by_id_alone() -> None:
    open_day()
    ann, bob = holder(10_000), holder()
    sent = transfers.send(intent=intent(ann), payee_id=bob.id, amount_fen=5, remark="for you", at=clock.now())
    line = {"id": sent.public_id, "at": sent.created_at.isoformat(), "amount": 5, "currency": "CNY", "state": "succeeded"}
    parties = {"payer": ann.public_id, "payee": bob.public_id, "remark": "for you"}
    assert Orders().export(customer_id=ann.id) == {"top_ups": [], "withdrawals": [], "transfers": [line | {"side": "out"} | parties]}
    assert Orders().export(customer_id=bob.id)["transfers"] == [line | {"side": "in"} | parties]


def test_an_export_holds_every_line_of_the_balance_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    open_day()
    ann, bob = holder(10_000), holder()
    sent = [transfers.send(intent=intent(ann), payee_id=bob.id, amount_fen=fen, remark="", at=clock.now()) for fen in (5, 7, 9)]
    monkeypatch.setattr(ledger, "PAGE", 2)
    ((told,), (mine,)) = (EXPORTERS.plugs["ledger"].export(customer_id=who.id) for who in (ann, bob))
    assert [(line["amount"], line["balance_after"]) for line in told["lines"]] == [(-9, 9_979), (-7, 9_988), (-5, 9_995), (10_000, 10_000)]
    assert [line["reference"] for line in mine["lines"]] == [transfer.public_id for transfer in reversed(sent)]
    assert (told["balance"], told["lines"][0]["event"], mine["lines"][0]["amount"]) == (9_979, journals.TRANSFER, 9)
