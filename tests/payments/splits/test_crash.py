"""kill -9 of whoever splits or takes a part back: nothing of it has happened, and the same number does it once."""

import pytest

from core.clock import queries as clock
from payments.splits.models import Split, SplitReturn
from payments.splits.services import splitting
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import pending, shop
from tests.payments.killing import POSTED, killed
from tests.payments.splits.world import receiver_shop, split, splitter, to_split

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_split_killed_with_its_journal_posted_gave_nothing_and_the_same_number_gives_once() -> None:
    where, other = splitter(), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    killed("split", POSTED, app=where.app.id, order=order.id, receiver=who.id, fen=1_000, number="S1")
    assert (Split.objects.count(), pending(where), pending(other)) == (0, 9_940, 0)
    assert split(where, order, (who, 1_000), number="S1").id == split(where, order, (who, 1_000), number="S1").id
    assert (Split.objects.count(), pending(where), pending(other)) == (1, 8_940, 1_000)
    assert_books_balance()


def test_a_return_killed_with_its_journal_posted_took_nothing_and_the_same_number_takes_once() -> None:
    where, other = splitter(), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    made = split(where, order, (who, 1_000))
    killed("split_back", POSTED, merchant=where.merchant.id, split=made.id, receiver=who.id, fen=400, number="B1")
    made.refresh_from_db()
    assert (SplitReturn.objects.count(), made.returned_fen, pending(where), pending(other)) == (0, 0, 8_940, 1_000)
    facts = {"merchant_id": where.merchant.id, "split_id": made.id, "receiver_id": who.id, "at": clock.now()}
    returned = [splitting.give_back(amount_fen=400, out_return_no="B1", **facts).id for _ in range(2)]
    made.refresh_from_db()
    assert (len(set(returned)), made.returned_fen, pending(where), pending(other)) == (1, 400, 9_340, 600)
    assert_books_balance()
