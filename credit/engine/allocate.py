"""Where a payment goes: a waterfall over open items; reversal by contra and replay."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from credit.engine.money import ZERO, BadAmount, BadTerm, checked, total


class Component(StrEnum):
    PENALTY = "penalty"
    FEE = "fee"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class Bucket(StrEnum):
    """By the day of an item and that of the payment: before it, on it, after it."""

    PAST_DUE = "past_due"
    DUE = "due"
    IN_ADVANCE = "in_advance"


class Strategy(StrEnum):
    """HORIZONTAL: of each bucket, one instalment after the other, all its components. VERTICAL: one step after the other, each across all
    instalments."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class Advance(StrEnum):
    """Which instalment what is not yet due is paid of first. CURRENT: of the one that runs, and no other."""

    NEXT = "next"
    LAST = "last"
    CURRENT = "current"


Step = tuple[Bucket, Component]


@dataclass(frozen=True)
class Waterfall:
    """`steps` in order, each once; what no step names is not paid. Where none is past due, what is past due counts as due. Source: Apache
    Fineract, advanced payment allocation. Raises BadTerm."""

    steps: tuple[Step, ...]
    strategy: Strategy = Strategy.HORIZONTAL
    advance: Advance = Advance.NEXT

    def __post_init__(self) -> None:
        if not self.steps or len(set(self.steps)) != len(self.steps):
            raise BadTerm("steps", "there is none, or one twice")

    def bucket(self, on: date, as_of: date) -> Bucket:
        if on > as_of:
            return Bucket.IN_ADVANCE
        names_past = any(bucket is Bucket.PAST_DUE for bucket, _ in self.steps)
        return Bucket.PAST_DUE if on < as_of and names_past else Bucket.DUE

    def buckets(self) -> list[Bucket]:
        """The buckets in order of their first step."""
        return list(dict.fromkeys(bucket for bucket, _ in self.steps))


def in_order(*buckets: Bucket, components: Sequence[Component] = tuple(Component)) -> tuple[Step, ...]:
    """Every component of one bucket after the other."""
    return tuple((bucket, component) for bucket in buckets for component in components)


OLDEST_FIRST = Waterfall(in_order(*Bucket))


@dataclass(frozen=True)
class Item:
    """`amount` yuan still owed of a component of an instalment. `due_on`: when the instalment is due; `on`: when this item is, of a charge
    another day than the instalment's."""

    instalment: int
    due_on: date
    component: Component
    amount: Decimal
    on: date | None = None

    @property
    def day(self) -> date:
        return self.on or self.due_on


@dataclass(frozen=True)
class Allocation:
    """`amount` yuan toward the item at `place` of the items given."""

    place: int
    instalment: int
    component: Component
    amount: Decimal


@dataclass(frozen=True)
class Allocated:
    """`remainder`: what found nothing to pay, an over-payment. `left`: the items, in the order given, less what was paid."""

    allocations: list[Allocation]
    remainder: Decimal
    left: list[Item]

    def by_component(self) -> dict[Component, Decimal]:
        return {
            component: total(part.amount for part in self.allocations if part.component is component)
            for component in Component
            if any(part.component is component for part in self.allocations)
        }


def allocate(items: Sequence[Item], amount: Decimal, as_of: date, waterfall: Waterfall = OLDEST_FIRST) -> Allocated:
    """`amount` yuan paid on `as_of`. Items of the same step are paid in the order of their days, then as given. Raises BadAmount."""
    remainder, left, found = checked(amount, "amount"), [checked(item.amount, "items.amount") for item in items], []
    for place in order(items, as_of, waterfall):
        taken = min(remainder, left[place])
        if taken:
            found.append(Allocation(place, items[place].instalment, items[place].component, taken))
            left[place] -= taken
            remainder -= taken
    return Allocated(found, remainder, [replace(item, amount=rest) for item, rest in zip(items, left, strict=True)])


def order(items: Sequence[Item], as_of: date, waterfall: Waterfall) -> Iterator[int]:
    """The places of the items in the order in which they are paid."""
    by_step: dict[Step, list[int]] = {step: [] for step in waterfall.steps}
    for place in sorted(range(len(items)), key=lambda place: (items[place].due_on, items[place].instalment, items[place].day)):
        step = (waterfall.bucket(items[place].day, as_of), items[place].component)
        if step in by_step:
            by_step[step].append(place)
    advance = Running(items, as_of, waterfall)
    if waterfall.strategy is Strategy.VERTICAL:
        for step in waterfall.steps:
            yield from advance.arranged(step[0], by_step[step])
        return
    for bucket in waterfall.buckets():
        steps = [step for step in waterfall.steps if step[0] is bucket]
        places = advance.arranged(bucket, sorted({place for step in steps for place in by_step[step]}, key=advance.age))
        for instalment in dict.fromkeys(items[place].instalment for place in places):
            for step in steps:
                yield from (place for place in by_step[step] if items[place].instalment == instalment)


@dataclass(frozen=True)
class Running:
    """Which instalment runs on `as_of`: the first that is due on it or after it."""

    items: Sequence[Item]
    as_of: date
    waterfall: Waterfall

    def age(self, place: int) -> tuple[date, int, date, int]:
        item = self.items[place]
        return item.due_on, item.instalment, item.day, place

    def arranged(self, bucket: Bucket, places: list[int]) -> list[int]:
        """`places`, the oldest instalment first, as the bucket takes them."""
        if bucket is not Bucket.IN_ADVANCE or self.waterfall.advance is Advance.NEXT:
            return places
        if self.waterfall.advance is Advance.LAST:
            return sorted(places, key=lambda place: (-self.items[place].due_on.toordinal(), -self.items[place].instalment, place))
        running = min((item.due_on for item in self.items if item.due_on >= self.as_of), default=None)
        return [place for place in places if self.items[place].due_on == running]


@dataclass(frozen=True)
class Txn:
    """A payment of `amount` yuan with value on a day, or, where `reverses` names one, its contra. `kind` chooses the waterfall."""

    id: str
    on: date
    amount: Decimal = ZERO
    kind: str = "repayment"
    reverses: str | None = None


@dataclass(frozen=True)
class Book:
    """Items as they fell due and transactions in the order they were booked."""

    items: tuple[Item, ...]
    txns: tuple[Txn, ...] = ()
    waterfalls: Mapping[str, Waterfall] = field(default_factory=dict)

    def booked(self, txn: Txn) -> "Book":
        """With one more transaction. Raises BadTerm for an id used before, a contra of what is not there or reversed already; BadAmount."""
        known = {old.id for old in self.txns}
        reversed_already = {old.reverses for old in self.txns}
        contras = {old.id for old in self.txns if old.reverses}
        if txn.id in known:
            raise BadTerm("id", f"{txn.id} is booked already")
        if txn.reverses is not None and (txn.reverses not in known - contras or txn.reverses in reversed_already):
            raise BadTerm("reverses", f"{txn.reverses} is not there, or not any more")
        if txn.reverses is None and checked(txn.amount, "amount") == 0:
            raise BadAmount("amount", "0 pays nothing")
        return replace(self, txns=(*self.txns, txn))

    def standing(self) -> list[Txn]:
        """What counts, in order of value date, those of one day by id: neither a contra nor what it reverses. The order of booking says
        nothing."""
        reversed_ids = {txn.reverses for txn in self.txns}
        return sorted((txn for txn in self.txns if txn.reverses is None and txn.id not in reversed_ids), key=lambda txn: (txn.on, txn.id))

    def replayed(self) -> "Replay":
        """All allocations made anew, in order of value date."""
        left, found, over = list(self.items), {}, ZERO
        for txn in self.standing():
            done = allocate(left, txn.amount, txn.on, self.waterfalls.get(txn.kind, OLDEST_FIRST))
            found[txn.id], left, over = done.allocations, done.left, over + done.remainder
        return Replay(found, left, over)


@dataclass(frozen=True)
class Replay:
    """The end of a book: allocations by transaction, what each item still owes, the over-payment."""

    allocations: dict[str, list[Allocation]]
    left: list[Item]
    overpaid: Decimal


def corrections(before: Replay, after: Replay) -> dict[str, dict[int, Decimal]]:
    """What to book so that the allocations booked become those of `after`: by transaction and place of the item, positive or negative, in
    yuan; what did not change is not in it."""
    found: dict[str, dict[int, Decimal]] = {}
    for txn_id in sorted({*before.allocations, *after.allocations}):
        parts: dict[int, Decimal] = {}
        for replay, sign in ((before, -1), (after, 1)):
            for part in replay.allocations.get(txn_id, []):
                parts[part.place] = parts.get(part.place, ZERO) + sign * part.amount
        if any(parts.values()):
            found[txn_id] = {place: amount for place, amount in sorted(parts.items()) if amount}
    return found


def waived(items: Sequence[Item], amounts: Mapping[Component, Decimal]) -> tuple[list[Item], dict[Component, Decimal]]:
    """The items less what is let off of each component, the oldest first, and what could be. A waiver beyond what is owed waives that."""
    left, done = list(items), {}
    for component, amount in amounts.items():
        ours = [place for place, item in enumerate(left) if item.component is component]
        rest = checked(amount, f"amounts.{component}")
        for place in sorted(ours, key=lambda place: (left[place].day, place)):
            taken = min(rest, left[place].amount)
            left[place] = replace(left[place], amount=left[place].amount - taken)
            rest -= taken
        done[component] = checked(amount, f"amounts.{component}") - rest
    return left, done
