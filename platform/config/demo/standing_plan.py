"""What comes back by itself: the fees of clubs, and bills. Drawn from the seed like the rest of the plan."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Protocol

from config.demo.acts import Act, Intention

MORNING, EVENING = 9 * 60, 20 * 60
MEMBERS, PERIOD_DAYS, FIRST_FEE_AFTER = 0.12, 14, 4
HOUSEHOLDS, BILLED_EVERY = 0.2, 30
ENDINGS = ("030", "030", "030", "111", "222")
"""How account numbers end: 111 owes two months, of 222 the biller takes no payment (docs/sandbox-bank.md)."""


class Business(Protocol):
    @property
    def club_fen(self) -> int: ...

    @property
    def biller(self) -> str: ...


def draw(random: Random, shops: Mapping[int, tuple[int, Business]], people: Sequence[tuple[int, int]], days: int) -> Iterator[Intention]:
    """Of `people` (who, and the day they joined) some join a club of `shops` (by owner: the day it opens, its business), some pay
    bills."""
    clubs = {owner: since for owner, (since, business) in shops.items() if business.club_fen}
    billers = {owner: since for owner, (since, business) in shops.items() if business.biller}
    for person, joined in people:
        if clubs and random.random() < MEMBERS:
            owner = random.choice(sorted(clubs))
            if owner != person:
                begins = max(clubs[owner], joined) + random.randint(1, 10)
                yield from membership(person, owner, shops[owner][1].club_fen, begins, days)
        if billers and random.random() < HOUSEHOLDS:
            owner = random.choice(sorted(billers))
            if owner != person:
                begins, account = max(billers[owner], joined) + random.randint(1, 20), f"{person:07d}{random.choice(ENDINGS)}"
                for day in range(begins, days, BILLED_EVERY):
                    yield Intention(day, EVENING + person % 60, person, Act.BILL, other=owner, how=account)


def membership(person: int, owner: int, fee_fen: int, begins: int, days: int) -> Iterator[Intention]:
    """Signing, and a fee every PERIOD_DAYS."""
    if begins >= days:
        return
    number = f"CLUB{person:05d}"
    yield Intention(begins, EVENING + person % 60, person, Act.JOIN_CLUB, fee_fen, other=owner, how=number)
    for day in range(begins + FIRST_FEE_AFTER, days, PERIOD_DAYS):
        yield Intention(day, MORNING + person % 60, person, Act.DEDUCT, fee_fen, other=owner, how=number)
