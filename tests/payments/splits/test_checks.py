"""What `ledger_check` finds of splits when somebody changes rows behind its back, and nothing after a whole life of one."""

from datetime import date, timedelta

import pytest

from core.clock import queries as clock
from core.ids import public_id
from payments.splits.models import Split, SplitOrder, SplitPart, SplitReturn
from payments.splits.services import splitting
from tests.ledger_proof import assert_books_balance, behind_its_back, found_of
from tests.payments.cashier.world import shop
from tests.payments.refunds.world import refund
from tests.payments.splits.world import receiver_person, receiver_shop, split, splitter, to_split
from tests.payments.wallet.world import holder

pytestmark = pytest.mark.django_db


def yesterday() -> date:
    return clock.local_day(clock.now()) - timedelta(days=1)


@pytest.fixture
def made() -> Split:
    """An order split twice, some of it given back on demand and for a refund."""
    where, other, who = splitter(), shop(), holder()
    order = to_split(where, 10_000)
    shopkeeper, person = receiver_shop(where, other), receiver_person(where, who)
    made = split(where, order, (shopkeeper, 2_000), (person, 500))
    split(where, order, (person, 300))
    splitting.give_back(
        merchant_id=where.merchant.id, split_id=made.id, receiver_id=shopkeeper.id, amount_fen=700, out_return_no="R1", at=clock.now()
    )
    refund(order, 9_000)
    assert SplitReturn.objects.filter(cause="refund").exists()
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("known", [True, False])
def test_a_whole_life_of_a_split_is_found_clean(made: Split, known: bool) -> None:
    assert_books_balance()
    assert found_of("split", yesterday() if known else None) == []


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ("DELETE FROM ledger_journal WHERE id = %(journal)s", ("split.unbooked", "split")),
        ("UPDATE payments_split SET journal_id = gen_random_uuid() WHERE id = %(split)s", ("split.unnamed", "journal")),
        ("DELETE FROM ledger_journal WHERE id = %(returned)s", ("split.unbooked", "split")),
        ("UPDATE payments_splitreturn SET journal_id = gen_random_uuid() WHERE journal_id = %(returned)s", ("split.unnamed", "back")),
        ("UPDATE payments_splitorder SET split_fen = split_fen + 1", ("split.order", "order")),
        ("UPDATE payments_split SET amount_fen = amount_fen + 1 WHERE id = %(split)s", ("split.parts", "split")),
        ("UPDATE payments_splitreturn SET amount_fen = amount_fen + 1 WHERE journal_id = %(returned)s", ("split.returned", "split")),
    ],
)
def test_what_is_changed_behind_its_back_is_found_with_its_row(made: Split, spoil: str, found: tuple[str, str], known: bool) -> None:
    returned = SplitReturn.objects.get(out_return_no="R1").journal_id
    for name, value in (("%(journal)s", made.journal_id), ("%(split)s", made.id), ("%(returned)s", returned)):
        spoil = spoil.replace(name, f"'{value}'")
    behind_its_back(spoil)
    rows = {
        "split": made.public_id,
        "order": made.order_public_id,
        "journal": public_id("jrn", made.journal_id),
        "back": public_id("jrn", returned),
    }
    assert (found[0], rows[found[1]]) in found_of("split", yesterday() if known else None)


def test_a_part_that_says_another_amount_is_found_by_its_split_and_its_order(made: Split) -> None:
    part = SplitPart.objects.filter(split=made).order_by("position").first()
    behind_its_back("UPDATE payments_splitpart SET amount_fen = amount_fen + 1 WHERE id = %s", part.pk)
    assert found_of("split") == [("split.order", made.order_public_id), ("split.parts", made.public_id)]


def test_an_order_still_to_be_split_is_proved_however_old_it_is(made: Split) -> None:
    behind_its_back("UPDATE payments_splitorder SET split_fen = split_fen + 1")
    later = clock.local_day(clock.now()) + timedelta(days=20)
    assert found_of("split", later) == [("split.order", made.order_public_id)]
    SplitOrder.objects.update(state="finished")
    assert found_of("split", later) == []
