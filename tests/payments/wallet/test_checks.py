"""What `ledger_check` finds between the wallet's orders and the books, in both directions, whatever was proved before."""

from datetime import date, timedelta

import pytest

from accounts.ledger import services as ledger
from accounts.ledger.models import Journal
from core.clock import queries as clock
from core.ids import first_id, new_id, public_id
from payments.wallet import journals
from payments.wallet.models import TopUp, Transfer
from payments.wallet.services import transfers
from tests.ledger_proof import behind_its_back, found_of
from tests.payments.wallet.bank_world import card_holder, settle_wallet, top_up
from tests.payments.wallet.world import holder, intent, open_day
from tests.sandbox_bank import SandboxBank

pytestmark = pytest.mark.django_db


def found(since: date | None = None) -> list[tuple[str, str]]:
    return found_of("wallet", since)


def yesterday() -> date:
    return clock.local_day(clock.now()) - timedelta(days=1)


def sent() -> Transfer:
    open_day()
    ann, bob = holder(1_000), holder()
    return transfers.send(intent=intent(ann), payee_id=bob.id, amount_fen=300, remark="", at=clock.now())


@pytest.mark.parametrize("known", [True, False])
def test_an_order_without_its_journal_is_found(known: bool) -> None:
    transfer = sent()
    since = yesterday() if known else None
    assert found(since) == []
    behind_its_back("DELETE FROM ledger_journal WHERE id = %s", transfer.id)
    assert found(since) == [("wallet.unbooked", transfer.public_id)]


def test_an_order_made_before_the_window_is_left_to_the_weekly_proof() -> None:
    transfer = sent()
    behind_its_back("DELETE FROM ledger_journal WHERE id = %s", transfer.id)
    assert found(clock.local_day(clock.now()) + timedelta(days=9)) == []
    assert found() == [("wallet.unbooked", transfer.public_id)]


@pytest.mark.parametrize("known", [True, False])
def test_a_journal_filed_under_an_order_that_does_not_name_it_is_found(known: bool) -> None:
    transfer = sent()
    behind_its_back("DELETE FROM payments_transfer WHERE id = %s", transfer.id)
    assert found(yesterday() if known else None) == [("wallet.unnamed", public_id("jrn", transfer.id))]


def test_a_journal_booked_twice_for_one_order_is_found() -> None:
    transfer = sent()
    first = Journal.objects.get(id=transfer.id)
    legs = journals.transfer(payer_id=transfer.customer_id, payee_id=transfer.payee_id, amount_fen=300)
    again = new_id()
    ledger.post(journal_id=again, event=journals.TRANSFER, legs=legs, reference=first.reference, at=clock.now())
    assert found(yesterday()) == [("wallet.unnamed", public_id("jrn", again))]


def test_a_late_journal_of_an_order_older_than_the_window_is_told_by_its_reference(connected: SandboxBank) -> None:
    who = card_holder(connected)
    done = top_up(who, 10_000)
    settle_wallet(clock.now())
    done.refresh_from_db()
    assert (done.state, found(), found(yesterday())) == ("succeeded", [], [])
    old = first_id(clock.now() - timedelta(days=60))
    behind_its_back("UPDATE payments_topup SET id = %s WHERE id = %s", old, done.id)
    late, legs = new_id(), journals.top_up(channel="sandbox_bank", customer_id=who.customer.id, amount_fen=10_000)
    ledger.post(journal_id=late, event=journals.TOP_UP, legs=legs, reference=public_id("top", old), at=clock.now())
    TopUp.objects.filter(pk=old).update(journal_id=late)
    assert found(yesterday()) == [("wallet.unnamed", public_id("jrn", done.journal_id))]
    TopUp.objects.filter(pk=old).update(journal_id=done.journal_id)
    assert set(found(yesterday())) == {("wallet.unnamed", public_id("jrn", journal_id)) for journal_id in (late, done.journal_id)}
