"""Cutting a packet: whatever the draw, the sum is exact and every share within its bounds."""

from random import Random
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.red_packets.split import fixed_shares, lucky_shares, shuffled


@st.composite
def packets(draw: st.DrawFn) -> tuple[int, int, int]:
    """(total, count, the most a share may be), each that can be cut."""
    count, most = draw(st.integers(1, 100)), draw(st.integers(1, 20_000))
    return draw(st.integers(count, count * most)), count, most


@settings(max_examples=80, deadline=None)
@given(packets(), st.data())
def test_any_draw_makes_shares_of_at_least_one_fen_and_at_most_the_bound_with_the_exact_sum(
    packet: tuple[int, int, int], data: st.DataObject
) -> None:
    total, count, most = packet

    def draw(least: int, largest: int) -> int:
        return data.draw(st.sampled_from([least, largest, (least + largest) // 2]))

    shares = lucky_shares(total_fen=total, count=count, most_fen=most, draw=draw)
    assert (len(shares), sum(shares)) == (count, total)
    assert min(shares) >= 1
    assert max(shares) <= most


@pytest.mark.parametrize(("total", "count", "most"), [(1, 1, 1), (100, 100, 1), (100, 100, 20_000), (2_000_000, 100, 20_000), (7, 2, 4)])
def test_packets_at_their_bounds_are_cut(total: int, count: int, most: int) -> None:
    shares = lucky_shares(total_fen=total, count=count, most_fen=most, draw=Random(7).randint)
    assert (len(shares), sum(shares), min(shares) >= 1, max(shares) <= most) == (count, total, True, True)


@pytest.mark.parametrize(("total", "count", "most"), [(1, 2, 5), (11, 2, 5), (0, 1, 5)])
def test_what_cannot_be_cut_is_refused(total: int, count: int, most: int) -> None:
    with pytest.raises(ValueError, match="do not make"):
        lucky_shares(total_fen=total, count=count, most_fen=most, draw=Random(7).randint)


def test_every_place_expects_the_same() -> None:
    """A hundred places of 4,000 packets of five: no place's mean is 5 % off the average."""
    luck = Random(20_261_122)
    cut = [lucky_shares(total_fen=5_000, count=5, most_fen=20_000, draw=luck.randint) for _ in range(4_000)]
    for place in range(5):
        assert mean(shares[place] for shares in cut) == pytest.approx(1_000, rel=0.05)


def test_equal_shares_are_equal_and_what_does_not_divide_is_refused() -> None:
    assert fixed_shares(total_fen=900, count=3) == [300, 300, 300]
    with pytest.raises(ValueError, match="equal shares"):
        fixed_shares(total_fen=1_000, count=3)


def test_shuffling_keeps_every_share() -> None:
    assert sorted(shuffled([3, 1, 2], Random(1).randint)) == [1, 2, 3]
