"""Dividing an order among chosen sources: exact numbers, and properties over any choice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.cashier.legs import (
    Chosen,
    ChosenTwice,
    Method,
    MethodUnavailable,
    NotCovered,
    OneDiscount,
    OneOutside,
    OverMethodLimit,
    Share,
    TooMuchChosen,
    allocate,
    default_choice,
)
from payments.cashier.sockets import Offer, Reason

GONE = Reason("gone", "It is gone.", "已失效。")


def method(source: str, most_fen: int, *, ref: str = "", order: int = 20, reason: Reason | None = None, **kind: bool) -> Method:
    return Method(source, order, Offer(ref, source, source, most_fen, reason=reason), **kind)


COUPON = method("coupon", 1_000, ref="c-10", order=10, discount=True)
SMALL_COUPON = method("coupon", 500, ref="c-5", order=10, discount=True)
BALANCE = method("balance", 3_000)
LINE = method("line", 2_000, order=40)
CARD = method("card", 5_000_000, ref="crd_1", order=50, external=True)
OTHER_CARD = method("card", 5_000_000, ref="crd_2", order=50, external=True)


def amounts(shares: list[Share]) -> list[tuple[str, int]]:
    return [(share.method.source, share.amount_fen) for share in shares]


def test_100_yuan_of_a_coupon_balance_a_line_and_a_card_is_10_30_20_40() -> None:
    shares = allocate(10_000, [Chosen(CARD), Chosen(BALANCE), Chosen(LINE), Chosen(COUPON)])
    assert amounts(shares) == [("coupon", 1_000), ("balance", 3_000), ("line", 2_000), ("card", 4_000)]


def test_the_customers_order_counts_among_internal_sources() -> None:
    assert amounts(allocate(2_500, [Chosen(LINE), Chosen(BALANCE)])) == [("line", 2_000), ("balance", 500)]
    assert amounts(allocate(2_500, [Chosen(BALANCE), Chosen(LINE)])) == [("balance", 2_500)]


def test_a_named_amount_is_taken_exactly_and_room_is_left_for_it() -> None:
    assert amounts(allocate(2_500, [Chosen(BALANCE), Chosen(LINE, 700)])) == [("balance", 1_800), ("line", 700)]
    assert amounts(allocate(10_000, [Chosen(BALANCE, 1), Chosen(CARD)])) == [("balance", 1), ("card", 9_999)]
    assert amounts(allocate(2_500, [Chosen(BALANCE), Chosen(CARD, 700)])) == [("balance", 1_800), ("card", 700)]


def test_a_coupon_worth_more_than_the_order_takes_the_order() -> None:
    assert amounts(allocate(300, [Chosen(COUPON), Chosen(BALANCE)])) == [("coupon", 300)]


def test_what_does_not_fit_is_refused_with_what_is_missing() -> None:
    with pytest.raises(NotCovered) as short:
        allocate(3_001, [Chosen(BALANCE)])
    assert short.value.members["missing"] == 1
    with pytest.raises(TooMuchChosen) as over:
        allocate(2_000, [Chosen(BALANCE, 1_500), Chosen(LINE, 501)])
    assert over.value.members["over"] == 1
    with pytest.raises(OverMethodLimit):
        allocate(9_000, [Chosen(BALANCE, 3_001), Chosen(CARD)])


def test_what_cannot_be_used_together_or_at_all_is_refused() -> None:
    with pytest.raises(OneOutside):
        allocate(2_000, [Chosen(CARD), Chosen(OTHER_CARD)])
    with pytest.raises(ChosenTwice):
        allocate(2_000, [Chosen(BALANCE), Chosen(BALANCE)])
    with pytest.raises(OneDiscount):
        allocate(2_000, [Chosen(COUPON), Chosen(SMALL_COUPON), Chosen(BALANCE)])
    with pytest.raises(MethodUnavailable) as gone:
        allocate(2_000, [Chosen(method("balance", 0, reason=GONE)), Chosen(CARD)])
    assert (gone.value.members["why"], gone.value.text("zh")) == ("gone", "balance 暂不可用:已失效。")


def test_the_proposal_takes_the_best_of_each_discount_internal_sources_in_order_and_the_first_card() -> None:
    gone = method("points", 100, order=15, reason=GONE)
    chosen = default_choice([CARD, OTHER_CARD, LINE, BALANCE, gone, COUPON, SMALL_COUPON])
    assert [one.method for one in chosen] == [COUPON, BALANCE, LINE, CARD]
    assert default_choice([gone, method("balance", 0)]) == []


@given(
    amount=st.integers(1, 10_000),
    mosts=st.lists(st.integers(0, 4_000), min_size=1, max_size=5),
    named=st.lists(st.none() | st.integers(1, 4_000), min_size=5, max_size=5),
    off=st.none() | st.integers(1, 12_000),
    card=st.booleans(),
)
def test_whatever_is_chosen_the_shares_are_the_order_or_it_is_refused(
    amount: int, mosts: list[int], named: list[int | None], off: int | None, card: bool
) -> None:
    chosen = [Chosen(method(f"s{place}", most), named[place]) for place, most in enumerate(mosts)]
    chosen += [Chosen(method("coupon", off, discount=True))] if off else []
    chosen += [Chosen(CARD)] if card else []
    try:
        shares = allocate(amount, chosen)
    except (NotCovered, TooMuchChosen, OverMethodLimit):
        return
    assert sum(share.amount_fen for share in shares) == amount
    asked = {one.method.key: one.fen for one in chosen}
    for share in shares:
        assert 0 < share.amount_fen <= share.method.offer.most_fen
        assert asked[share.method.key] in (None, share.amount_fen)
    assert [share.method.external for share in shares] == sorted(share.method.external for share in shares)
