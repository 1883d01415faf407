"""The arithmetic of refunds: nothing lost, nothing twice, and the end exact, whatever the sequence."""

from hypothesis import given
from hypothesis import strategies as st

from core.allotment import allot_weights
from payments.refunds.shares import Given, fee_back_fen, parts, taken

AMOUNTS = st.lists(st.integers(1, 100_000), min_size=1, max_size=6)


def test_case_50_of_100_from_four_sources_takes_half_of_each() -> None:
    assert parts(5_000, [Given(1_000, 0), Given(3_000, 0), Given(2_000, 0), Given(4_000, 0)]) == [500, 1_500, 1_000, 2_000]
    assert fee_back_fen(amount_fen=5_000, fee_fen=60, order_fen=10_000, before_fen=0, given_back_fen=0) == 30


def test_case_50_of_an_order_with_10_off_is_45_to_the_payer_and_5_to_the_coupon() -> None:
    assert parts(5_000, [Given(1_000, 0), Given(9_000, 0)]) == [500, 4_500]


def test_case_refund_of_two_things_with_10_off_the_whole_order() -> None:
    assert parts(800, [Given(1_000, 0), Given(8_800, 0)]) == [82, 718]
    assert parts(9_000, [Given(1_000, 82), Given(8_800, 718)]) == [918, 8_082]


def test_a_first_refund_is_divided_by_the_largest_remainder() -> None:
    legs = [Given(3, 0), Given(3, 0), Given(4, 0)]
    assert parts(5, legs) == allot_weights(5, [3, 3, 4]) == [2, 1, 2]


def test_small_refunds_do_not_drift_towards_the_large_leg() -> None:
    got = [0, 0]
    for _ in range(50):
        share = parts(1, [Given(100, got[0]), Given(900, got[1])])
        got = [before + now for before, now in zip(got, share, strict=True)]
    assert got == [5, 45]


@given(AMOUNTS, st.lists(st.tuples(st.integers(1, 50_000), st.booleans()), max_size=50), st.integers(0, 5_000))
def test_any_sequence_of_refunds_some_of_them_given_up_ends_exact(amounts: list[int], asked: list[tuple[int, bool]], fee: int) -> None:
    """Each leg gives back at most what it gave, each refund is whole, the fee that goes back never exceeds the fee, and a last refund
    takes exactly what is left of each leg and of the fee."""
    whole, got, fee_got, counted = sum(amounts), [0] * len(amounts), 0, 0
    fee = min(fee, whole)
    for size, given_up in [*asked, (whole, False)]:
        room = whole - sum(got)
        if not room:
            break
        fen = min(size, room)
        share = parts(fen, [Given(amount, back) for amount, back in zip(amounts, got, strict=True)])
        fee_part = fee_back_fen(amount_fen=fen, fee_fen=fee, order_fen=whole, before_fen=counted, given_back_fen=fee_got)
        assert sum(share) == fen
        assert min(share) >= 0
        assert 0 <= fee_part <= fen
        if not given_up:
            got = [back + part for back, part in zip(got, share, strict=True)]
            fee_got, counted = fee_got + fee_part, counted + fen
            assert all(back <= amount for back, amount in zip(got, amounts, strict=True))
            assert all(abs(back * whole - sum(got) * amount) < 2 * whole for back, amount in zip(got, amounts, strict=True))
            assert fee_got <= fee
    assert got == amounts
    assert fee_got == fee


def test_the_merchants_accounts_pay_in_order_as_far_as_they_have() -> None:
    has = {"a": 30, "b": -5, "c": 100}
    assert taken(20, ["a", "b", "c"], has) == {"a": 20}
    assert taken(50, ["a", "b", "c"], has) == {"a": 30, "c": 20}
    assert taken(131, ["a", "b", "c"], has) is None
    assert taken(0, ["a", "b", "c"], has) == {}
