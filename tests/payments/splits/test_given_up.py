"""A refund that is given up leaves the receivers of a split as they were: what they gave back for it they have again."""

import pytest

from accounts.ledger.accounts import customer_account
from accounts.ledger.models import Journal, LedgerBalance
from core.clock import queries as clock
from core.errors import DomainError
from core.moves import WrongState
from core.work.queries import waiting as waiting_work
from payments.cashier.models import PaymentOrder
from payments.merchants.models import MerchantTerms
from payments.refunds.models import Refund
from payments.refunds.services import by_hand
from payments.settlement.models import SettlementLine
from payments.splits import queries
from payments.splits.models import Split, SplitOrder, SplitReturn
from payments.splits.services import restoring, splitting
from tests.payments.cashier.world import Shop, card, card_holder, new_order, pay, pending, shop
from tests.payments.refunds.world import assert_all_over, by_operators, has, read, refund
from tests.payments.settlement.world import dated, end_day, settled
from tests.payments.splits.world import receiver_person, receiver_shop, split
from tests.payments.wallet.world import holder, posted
from tests.sandbox_bank import SandboxBank
from tests.together import in_turn, together

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = {"code": "RISK_REFUSED"}


def wide() -> Shop:
    """A shop that may split all of an order; the day is open already."""
    where = shop()
    dated(MerchantTerms, where, split_cap_bp=10_000)
    return where


def refused(bank: SandboxBank, order: PaymentOrder, fen: int) -> Refund:
    bank.fault("decline", operations=["refund"], times=1, params=REFUSED)
    made = refund(order, fen)
    assert made.state == "to_manual"
    return made


def by_card_to_split(where: Shop, bank: SandboxBank, fen: int = 10_000) -> PaymentOrder:
    who = card_holder(bank)
    order = new_order(where, fen, to_split=True)
    assert pay(who.customer, order, [card(who)]).result == "paid"
    return read(order)


def give_up(made: Refund) -> Refund:
    return by_operators(by_hand.GIVEN_UP, refund_id=made.id)


def test_receivers_have_again_what_they_gave_back_for_a_refund_that_is_given_up(connected: SandboxBank) -> None:
    where, other, who = wide(), shop(), holder()
    order = by_card_to_split(where, connected)
    split(where, order, (receiver_shop(where, other), 6_000), (receiver_person(where, who), 3_000), finish=True)
    made = refused(connected, order, 9_000)
    assert (pending(other), posted(who), has(where)["pending"]) == (627, 313, (9_000, 8_946))
    give_up(made)
    assert (pending(other), posted(who), has(where)) == (6_000, 3_000, {"pending": (940, 0)})
    again = Split.objects.get(out_split_no=f"refund:{made.public_id}")
    assert sorted(Journal.objects.get(pk=again.journal_id).amounts) == [-8_060, 2_687, 5_373]
    row = SplitOrder.objects.get()
    assert (row.state, row.split_fen, len(waiting_work())) == ("finished", 9_000, 0)
    whole = refund(read(order), 10_000)
    assert (whole.state, pending(other), posted(who), has(where)) == ("succeeded", 0, 0, {})
    assert_all_over(expected={who: 0})


def test_what_another_refund_still_needs_stays_with_the_merchant(connected: SandboxBank) -> None:
    where, other = wide(), shop()
    order = by_card_to_split(where, connected)
    split(where, order, (receiver_shop(where, other), 9_000))
    first, second = refused(connected, order, 5_000), refused(connected, order, 2_000)
    assert pending(other) == 9_940 - 7_000
    give_up(first)
    assert (pending(other), SplitOrder.objects.get().split_fen) == (7_940, 7_940)
    by_operators(by_hand.PAID_BY_HAND, refund_id=second.id, reference="B-1")
    assert refund(read(order), 1_000).state == "succeeded"
    assert (pending(other), queries.given_again(order.id)) == (6_940, {SplitReturn.objects.first().part.receiver_id: 5_000})
    third = refused(connected, read(order), 7_000)
    assert pending(other) == 0
    give_up(third)
    assert (pending(other), has(where)["pending"][1]) == (6_940, 0)
    assert_all_over()


def test_nothing_is_given_again_where_the_merchant_had_it_or_the_receiver_gave_it_by_itself(connected: SandboxBank) -> None:
    where, other = wide(), shop()
    order, who = by_card_to_split(where, connected), receiver_shop(where, other)
    made = split(where, order, (who, 5_000))
    splitting.give_back(
        merchant_id=where.merchant.id, split_id=made.id, receiver_id=who.id, amount_fen=1_000, out_return_no="B1", at=clock.now()
    )
    give_up(refused(connected, order, 5_000))
    assert (pending(other), Split.objects.count()) == (4_000, 1)
    assert_all_over()


def test_a_receiver_that_can_take_nothing_keeps_the_refund_with_the_operators(connected: SandboxBank) -> None:
    where, who = wide(), holder()
    order = by_card_to_split(where, connected)
    split(where, order, (receiver_person(where, who), 9_000))
    made = refused(connected, order, 10_000)
    held = has(where)
    balance = LedgerBalance.objects.filter(account_id=customer_account(who.id).id)
    balance.update(blocked=3)
    with pytest.raises(restoring.SplitNotRestored) as refusal:
        give_up(made)
    assert refusal.value.members["fen"] == 9_000
    made.refresh_from_db()
    assert (made.state, has(where), read(order).refunding_fen, len(waiting_work())) == ("to_manual", held, 10_000, 1)
    balance.update(blocked=0)
    by_operators(by_hand.PAID_BY_HAND, refund_id=made.id, reference="B-1")
    assert read(order).state == "refunded"
    assert_all_over()


def test_what_is_given_again_is_a_line_of_both_merchants_settlement(connected: SandboxBank) -> None:
    where, other = wide(), shop()
    order = by_card_to_split(where, connected)
    split(where, order, (receiver_shop(where, other), 9_000), finish=True)
    give_up(refused(connected, order, 9_000))
    mine = settled(where, end_day())
    assert (mine.splits_fen, mine.net_fen) == (-9_000, 940)
    theirs = SettlementLine.objects.filter(settlement__merchant=other.merchant).values_list("net_fen", flat=True)
    assert (sorted(theirs), sum(theirs)) == ([-8_060, 8_060, 9_000], 9_000)


def test_giving_up_splitting_and_refunding_at_once_keep_the_order_whole(connected: SandboxBank) -> None:
    where, other = wide(), shop()
    order = by_card_to_split(where, connected)
    who = receiver_shop(where, other)
    split(where, order, (who, 5_000))
    made = refused(connected, order, 8_000)

    def one(number: int) -> str:
        try:
            if number == 0:
                give_up(made)
            elif number % 2:
                refund(read(order), 1_000)
            else:
                split(where, order, (who, 1_000), number=f"S{number}")
        except (DomainError, WrongState) as error:
            return str(error.code)
        return ""

    assert together(one, 7)[0] == ""
    row, after = SplitOrder.objects.get(), read(order)
    assert (row.split_fen, after.refunding_fen) == (pending(other), 0)
    assert row.split_fen + after.refunded_fen <= 10_000
    assert (pending(where) >= 0, queries.given_again(order.id)[who.id] > 0) == (True, True)
    assert_all_over()


@pytest.mark.parametrize("first", ["give_up", "split"])
def test_a_refund_given_up_while_more_is_split_leaves_the_receivers_what_is_theirs(connected: SandboxBank, first: str) -> None:
    where, other = wide(), shop()
    order, who = by_card_to_split(where, connected), receiver_shop(where, other)
    split(where, order, (who, 6_000))
    made = refused(connected, order, 9_000)
    assert (pending(other), SplitOrder.objects.get().split_fen) == (940, 940)
    ended = in_turn({"give_up": lambda: give_up(made), "split": lambda: split(where, order, (who, 3_000))}, first)
    assert isinstance(ended["give_up"], Refund), ended
    assert isinstance(ended["split"], Split if first == "give_up" else splitting.SplitTooMuch), ended
    left = 9_000 if first == "give_up" else 6_000
    assert (pending(other), SplitOrder.objects.get().split_fen, pending(where)) == (left, left, 9_940 - left)
    assert_all_over()
