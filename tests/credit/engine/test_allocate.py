"""Where a payment goes: the order of a waterfall, over-payment, reversal and replay."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.engine.allocate import (
    OLDEST_FIRST,
    Advance,
    Book,
    Bucket,
    Component,
    Item,
    Strategy,
    Txn,
    Waterfall,
    allocate,
    corrections,
    in_order,
    waived,
)  # fmt: skip
from credit.engine.money import BadAmount, BadTerm, total
from tests.credit.engine.strategies import money

PENALTY, FEE, INTEREST, PRINCIPAL = Component
TODAY = date(2024, 3, 1)
DUES = {1: date(2024, 2, 1), 2: date(2024, 3, 1), 3: date(2024, 4, 1), 4: date(2024, 5, 1)}


def yuan(text: str) -> Decimal:
    return Decimal(text)


def plan(numbers: tuple[int, ...] = (1, 2, 3, 4)) -> list[Item]:
    """Each instalment asks 1 of interest and 10 of principal; the first also 2 of penalty."""
    items = [Item(1, DUES[1], PENALTY, yuan("2.00"))] if 1 in numbers else []
    for number in numbers:
        items += [Item(number, DUES[number], INTEREST, yuan("1.00")), Item(number, DUES[number], PRINCIPAL, yuan("10.00"))]
    return items


def paid(amount: str, waterfall: Waterfall, items: list[Item] | None = None) -> list[str]:
    done = allocate(items or plan(), yuan(amount), TODAY, waterfall)
    assert total(part.amount for part in done.allocations) + done.remainder == yuan(amount)
    return [f"{part.instalment} {part.component} {part.amount}" for part in done.allocations]


def test_the_oldest_instalment_is_paid_whole_before_the_next() -> None:
    want = ["1 penalty 2.00", "1 interest 1.00", "1 principal 10.00", "2 interest 1.00", "2 principal 3.00"]
    assert paid("17.00", OLDEST_FIRST) == want


def test_across_instalments_all_interest_comes_before_any_principal() -> None:
    steps = in_order(Bucket.PAST_DUE, Bucket.DUE, components=(PENALTY, INTEREST, PRINCIPAL))
    all_interest = tuple(sorted(steps, key=lambda step: [PENALTY, INTEREST, PRINCIPAL].index(step[1])))
    got = paid("8.00", Waterfall(all_interest, Strategy.VERTICAL))
    assert got == ["1 penalty 2.00", "1 interest 1.00", "2 interest 1.00", "1 principal 4.00"]


def test_principal_first_is_a_waterfall_too() -> None:
    steps = in_order(Bucket.PAST_DUE, components=(PRINCIPAL, INTEREST, FEE, PENALTY))
    assert paid("12.50", Waterfall(steps)) == ["1 principal 10.00", "1 interest 1.00", "1 penalty 1.50"]


@pytest.mark.parametrize(
    ("advance", "want"),
    [
        (Advance.NEXT, ["3 interest 1.00", "3 principal 10.00", "4 interest 1.00", "4 principal 1.00"]),
        (Advance.LAST, ["4 interest 1.00", "4 principal 10.00", "3 interest 1.00", "3 principal 1.00"]),
        (Advance.CURRENT, ["3 interest 1.00", "3 principal 10.00"]),
    ],
)
@pytest.mark.parametrize("strategy", list(Strategy))
def test_what_is_not_due_yet_is_paid_of_the_next_the_last_or_the_running_instalment(
    advance: Advance, want: list[str], strategy: Strategy
) -> None:
    """Of one component across instalments the order is the same."""
    steps = in_order(Bucket.IN_ADVANCE, components=(INTEREST, PRINCIPAL))
    items = plan((3, 4))
    got = paid("13.00", Waterfall(steps, Strategy.HORIZONTAL, advance), items)
    assert got == want
    only = Waterfall(((Bucket.IN_ADVANCE, PRINCIPAL),), strategy, advance)
    assert [part.split()[0] for part in paid("11.00", only, items)] == {"next": ["3", "4"], "last": ["4", "3"], "current": ["3"]}[advance]


def test_a_waterfall_that_names_nothing_past_due_takes_it_for_due() -> None:
    assert paid("3.00", Waterfall(in_order(Bucket.DUE))) == ["1 penalty 2.00", "1 interest 1.00"]
    assert paid("3.00", Waterfall(in_order(Bucket.DUE, Bucket.PAST_DUE)))[0] == "2 interest 1.00"


def test_a_charge_is_due_on_its_own_day_not_on_that_of_its_instalment() -> None:
    items = [Item(3, DUES[3], FEE, yuan("5.00"), TODAY), Item(3, DUES[3], FEE, yuan("7.00"), TODAY + timedelta(days=1))]
    done = allocate(items, yuan("20.00"), TODAY, Waterfall(in_order(Bucket.DUE)))
    assert [item.amount for item in done.left] == [0, 7]
    assert done.remainder == 15


def test_what_finds_nothing_to_pay_is_an_over_payment() -> None:
    assert allocate(plan(), yuan("46.50"), TODAY).remainder == yuan("0.50")
    assert allocate([], yuan("1.00"), TODAY).remainder == 1
    assert allocate(plan(), yuan("0.00"), TODAY).allocations == []


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "NaN"])
def test_no_amount_in_whole_fen_is_refused(amount: str) -> None:
    with pytest.raises(BadAmount, match="amount"):
        allocate(plan(), yuan(amount), TODAY)


def test_a_waterfall_without_a_step_or_with_one_twice_is_refused() -> None:
    for steps in ((), ((Bucket.DUE, FEE), (Bucket.DUE, FEE))):
        with pytest.raises(BadTerm, match="steps"):
            Waterfall(steps)


def test_a_reversal_gives_the_later_payments_their_older_places() -> None:
    first, second = Txn("a", date(2024, 2, 1), yuan("13.00")), Txn("b", TODAY, yuan("11.00"))
    book = Book(tuple(plan())).booked(first).booked(second)
    before = book.replayed()
    after = book.booked(Txn("c", TODAY, reverses="a")).replayed()
    assert after == Book(tuple(plan())).booked(second).replayed()
    changed = corrections(before, after)
    assert {txn: sum(parts.values()) for txn, parts in changed.items()} == {"a": yuan("-13.00"), "b": 0}
    assert corrections(after, after) == {}


def test_a_contra_of_nothing_or_of_what_is_reversed_is_refused() -> None:
    book = Book(tuple(plan())).booked(Txn("a", TODAY, yuan("1.00"))).booked(Txn("b", TODAY, reverses="a"))
    for txn in (Txn("c", TODAY, reverses="a"), Txn("c", TODAY, reverses="b"), Txn("c", TODAY, reverses="x")):
        with pytest.raises(BadTerm, match="reverses"):
            book.booked(txn)
    with pytest.raises(BadTerm, match="id"):
        book.booked(Txn("a", TODAY, yuan("1.00")))
    with pytest.raises(BadAmount):
        book.booked(Txn("d", TODAY))


def test_a_waiver_lets_off_the_oldest_first_and_no_more_than_is_owed() -> None:
    items, done = waived(plan(), {INTEREST: yuan("1.50"), PENALTY: yuan("9.00")})
    assert done == {INTEREST: yuan("1.50"), PENALTY: yuan("2.00")}
    assert [item.amount for item in items if item.component is INTEREST] == [0, yuan("0.50"), 1, 1]


ITEMS = st.lists(
    st.builds(
        lambda number, component, amount, days: Item(number, DUES[number], component, amount, DUES[number] + timedelta(days=days)),
        st.integers(1, 4), st.sampled_from(Component), money(0, 10_000), st.integers(-20, 20),
    ),
    max_size=12,
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(Bucket), st.sampled_from(Component)), min_size=1, max_size=12, unique=True).map(tuple)
WATERFALLS = st.builds(Waterfall, STEPS, st.sampled_from(Strategy), st.sampled_from(Advance))
AMOUNTS = st.tuples(st.integers(0, 90), money(1, 20_000))


@given(ITEMS, money(0, 100_000), st.integers(0, 120), WATERFALLS)
def test_every_cent_is_allocated_or_left_over_and_no_item_gets_more_than_it_asks(
    items: list[Item], amount: Decimal, days: int, waterfall: Waterfall
) -> None:
    as_of = DUES[1] + timedelta(days=days)
    done = allocate(items, amount, as_of, waterfall)
    assert total(part.amount for part in done.allocations) + done.remainder == amount
    assert all(0 < part.amount <= items[part.place].amount for part in done.allocations)
    assert len({part.place for part in done.allocations}) == len(done.allocations)
    assert total(item.amount for item in done.left) == total(item.amount for item in items) - amount + done.remainder
    if done.remainder:
        named = set(waterfall.steps)
        owed = [item for item in done.left if item.amount and (waterfall.bucket(item.day, as_of), item.component) in named]
        running = min((item.due_on for item in items if item.due_on >= as_of), default=None)
        assert all(item.day > as_of and waterfall.advance is Advance.CURRENT and item.due_on != running for item in owed)


@given(ITEMS, st.lists(AMOUNTS, max_size=6), st.randoms(), st.data())
def test_booking_in_any_order_and_reversing_some_ends_as_the_ones_that_stand_in_their_order(
    items: list[Item], amounts: list[tuple[int, Decimal]], chance: object, data: st.DataObject
) -> None:
    txns = [Txn(f"{place:02}", DUES[1] + timedelta(days=days), amount) for place, (days, amount) in enumerate(amounts)]
    gone = data.draw(st.sets(st.sampled_from(txns))) if txns else set()
    straight = Book(tuple(items))
    for txn in sorted(set(txns) - gone, key=lambda txn: (txn.on, txn.id)):
        straight = straight.booked(txn)
    mixed = list(txns)
    chance.shuffle(mixed)
    book = Book(tuple(items))
    for txn in mixed:
        book = book.booked(txn)
        if txn in gone:
            book = book.booked(Txn(f"{txn.id}r", txn.on, reverses=txn.id))
    end = book.replayed()
    assert end == straight.replayed()
    assert total(txn.amount for txn in book.standing()) - end.overpaid == total(i.amount for i in items) - total(i.amount for i in end.left)


@given(ITEMS, st.lists(AMOUNTS, min_size=1, max_size=5))
def test_corrections_turn_what_was_booked_into_what_is_right(items: list[Item], amounts: list[tuple[int, Decimal]]) -> None:
    book = Book(tuple(items))
    for place, (days, amount) in enumerate(amounts):
        book = book.booked(Txn(str(place), DUES[1] + timedelta(days=days), amount))
    before, after = book.replayed(), book.booked(Txn("contra", TODAY, reverses="0")).replayed()
    owed = [item.amount for item in before.left]
    for parts in corrections(before, after).values():
        for place, amount in parts.items():
            owed[place] -= amount
    assert owed == [item.amount for item in after.left]
