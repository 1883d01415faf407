"""Charts as shapes: axes are round and hold every value, bars and lines stand where their values say."""

from datetime import date, timedelta

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.desk.charting import Chart, Series, Shape, Unit, compared, compared_shares, highest, share_bp, short, shown
from core.desk.drawing import HEIGHT, LEFT, RIGHT, WIDTH, Drawing, axis, draw

DAYS = [date(2026, 11, 1) + timedelta(days=place) for place in range(4)]


def chart(*series: Series, shape: Shape = Shape.STACKED) -> Chart:
    return Chart("x", "X", "core.approval", "", series, shape)


def drawn(*series: Series, shape: Shape = Shape.STACKED) -> Drawing:
    found = draw(chart(*series, shape=shape), DAYS)
    assert found is not None
    return found


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=90).filter(any),
    st.sampled_from([Unit.NUMBER, Unit.YUAN]),
)
def test_an_axis_begins_at_nothing_holds_the_highest_value_and_has_few_lines(values: list[int], unit: Unit) -> None:
    ticks = axis([Series("x", values, unit)], stacked=True, from_zero=True)
    assert ticks[0] == 0
    assert ticks[-2] < max(values) <= ticks[-1]
    assert 2 <= len(ticks) <= 6


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=90))
def test_an_axis_of_shares_stays_between_nothing_and_all(values: list[int]) -> None:
    ticks = axis([Series("x", values, Unit.SHARE)], stacked=False, from_zero=False)
    assert ticks[0] == 0 or min(values) >= 5_000
    assert 0 <= ticks[0] <= min(values) <= max(values) <= ticks[-1] <= 10_000
    assert 2 <= len(ticks) <= 7


def test_an_axis_of_shares_beyond_all_holds_them_too() -> None:
    ticks = axis([Series("x", [6_000, 25_000], Unit.SHARE)], stacked=False, from_zero=False)
    assert ticks[0] <= 6_000
    assert ticks[-1] >= 25_000


def test_bars_stand_upon_each_other_and_the_last_day_is_marked() -> None:
    found = drawn(Series("a", [0, 100, 0, 50]), Series("b", [0, 100, 0, 0]))
    assert [(bar.colour, bar.last) for bar in found.bars] == [(0, False), (1, False), (0, True)]
    low, high, _today = found.bars
    assert abs(float(high.y) + float(high.height) - float(low.y)) < 0.2
    assert low.x == high.x
    assert float(low.y) + float(low.height) == found.floor


def test_bars_stand_side_by_side_when_they_do_not_add_up() -> None:
    one, two = drawn(Series("a", [7, 0, 0, 0]), Series("b", [3, 0, 0, 0]), shape=Shape.GROUPED).bars
    assert abs(float(one.x) + float(one.width) - float(two.x)) < 0.2


def test_little_is_still_seen_beside_much() -> None:
    found = drawn(Series("a", [1, 1_000_000, 0, 0]))
    assert next(bar.height for bar in found.bars) == "1.0"


def test_a_line_parts_where_there_is_nothing_to_say() -> None:
    found = drawn(Series("a", [9_000, None, 9_500, 10_000], Unit.SHARE), shape=Shape.LINES)
    assert [len(line.dots) for line in found.lines] == [1, 2]


def test_everything_is_inside_the_picture_and_days_are_told_by_pointing() -> None:
    found = drawn(Series("a", [1, 2, 3, 4]), Series("b", [4, 3, 2, 1]))
    assert all(float(bar.x) >= LEFT and float(bar.x) + float(bar.width) <= WIDTH - RIGHT for bar in found.bars)
    assert all(0 <= float(bar.y) <= HEIGHT for bar in found.bars)
    assert [slot.text for slot in found.slots][3] == "2026-11-04\na: 4\nb: 1"
    assert [label.text for label in found.days] == ["11-01", "11-02", "11-03", "11-04"]
    assert draw(chart(Series("a", [0, 0, None, 0])), DAYS) is None


def test_many_days_have_few_labels_and_today_always_has_one() -> None:
    days = [date(2026, 8, 25) + timedelta(days=place) for place in range(90)]
    found = draw(chart(Series("a", [1] * 90)), days)
    assert found is not None
    assert len(found.days) <= 8
    assert found.days[-1].text == f"{days[-1]:%m-%d}"


def test_figures_are_written_as_people_of_each_language_read_them() -> None:
    assert (shown(1_234_567, Unit.NUMBER), shown(123_456, Unit.YUAN), shown(9_805, Unit.SHARE)) == ("1,234,567", "1,234.56", "98.05%")
    with translation.override("en"):
        assert [short(value, Unit.YUAN) for value in (99_900, 1_250_000, 300_000_000)] == ["999", "12.5k", "3m"]
        assert compared(150, 100, 7) == "50.00% more than in the 7 days before"
        assert compared(50, 100, 7) == "50.00% less than in the 7 days before"
        assert compared(50, 0, 7) == "no figures of the 7 days before"
        assert compared_shares(9_700, 9_850, 7) == "-1.50 points against the 7 days before"
    with translation.override("zh-hans"):
        assert [short(value, Unit.YUAN) for value in (99_900, 1_250_000, 1_500_000_000_000)] == ["999", "1.25万", "150亿"]
        assert compared(150, 100, 7) == "较前 7 天增加 50.00%"


def test_a_share_is_rounded_half_up_and_nothing_has_none() -> None:
    assert (share_bp(1, 3), share_bp(1, 20_000), share_bp(0, 5), share_bp(1, 0)) == (3_333, 1, 0, None)
    assert highest([3, 7, 7, 1], DAYS) == (DAYS[2], 7)
