"""What the demo's customers will do: a pure plan drawn from a seed. The same seed gives the same plan, always.

A plan holds intentions. Whether an act succeeds is decided by the platform and the bank when it is done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from config.demo import market_plan, wealth_plan
from config.demo.acts import DECLINED_FEN, LOST_ANSWER_FEN, LOST_REQUEST_FEN, RETURNED_FEN, Act, Intention, round_fen

FIRST_MINUTE, LAST_MINUTE = 7 * 60, 23 * 60
JOIN_SHARE = 0.7
RETURNED = 0.1


@dataclass(frozen=True)
class Habit:
    """A kind of customer: how far they go when they join, and how often they act afterwards (chance a day)."""

    name: str
    share: float
    steps: tuple[Act, ...]
    cards: int
    top_up: float
    transfer: float
    withdraw: float
    pay: float
    most_fen: int


PEOPLE_A_SHOP = 10
SHOP_OWNER = "shop owner"
FULL = (Act.JOIN, Act.VERIFY, Act.SET_PIN)
HABITS = (
    Habit("looked in", 0.26, (Act.JOIN,), 0, 0, 0, 0, 0, 0),
    Habit("verified, no card", 0.2, (Act.JOIN, Act.VERIFY), 0, 0, 0, 0, 0, 0),
    Habit("one card, small payments", 0.27, FULL, 1, 0.005, 0.014, 0.005, 0.025, 20_000),
    Habit("friends and family", 0.16, FULL, 1, 0.008, 0.025, 0.008, 0.035, 40_000),
    Habit(SHOP_OWNER, 0.11, FULL, 2, 0.02, 0.02, 0.03, 0.025, 200_000),
)


def draw(seed: str, *, people: int, days: int) -> list[Intention]:
    """Every intention of `people` customers over `days` days, in order of time; ties by person."""
    random = Random(f"banyan-demo:{seed}:{people}:{days}")  # noqa: S311  (a plan, not a secret)
    joined = sorted(random.randrange(max(1, int(days * JOIN_SHARE))) for _ in range(people))
    habits = [pick(random) for _ in range(people)]
    acts: list[Intention] = []
    for person, (day, habit) in enumerate(zip(joined, habits, strict=True)):
        acts += life(random, person, day, habit, joined, days)
    owners = sorted((person for person, habit in enumerate(habits) if habit.pay), key=lambda person: habits[person].name != SHOP_OWNER)
    del owners[max(1, people // PEOPLE_A_SHOP) + len(market_plan.BILLERS) :]
    payers = [(person, habit.pay) for person, habit in enumerate(habits) if habit.pay]
    acts += market_plan.draw(random, joined, owners, payers, days)
    acts += wealth_plan.draw(seed, joined, [person for person, _ in payers], people=people, days=days)
    return sorted(acts, key=lambda act: (act.day, act.minute, act.person))


def pick(random: Random) -> Habit:
    return random.choices(HABITS, weights=[habit.share for habit in HABITS])[0]


def life(random: Random, person: int, joined_on: int, habit: Habit, joined: list[int], days: int) -> Iterator[Intention]:
    """One customer: the steps of joining within half an hour, then a chance of each act on every later day."""
    minute = random.randint(FIRST_MINUTE, LAST_MINUTE - 60)
    for step in habit.steps:
        yield Intention(joined_on, minute, person, step)
        minute += random.randint(1, 4)
    for card in range(habit.cards):
        yield Intention(joined_on, minute, person, Act.BIND, card=card)
        minute += random.randint(1, 4)
    if habit.cards:
        yield Intention(joined_on, minute, person, Act.TOP_UP, round_fen(random, habit.most_fen))
    for day in range(joined_on + 1, days):
        yield from one_day(random, person, day, habit, joined)


def one_day(random: Random, person: int, day: int, habit: Habit, joined: list[int]) -> Iterator[Intention]:
    minute = random.randint(FIRST_MINUTE, LAST_MINUTE - 30)
    if random.random() < habit.top_up:
        yield Intention(day, minute, person, Act.TOP_UP, top_up_fen(random, habit.most_fen), card=random.randrange(habit.cards))
    if random.random() < habit.transfer:
        others = [other for other, since in enumerate(joined) if since < day and other != person]
        if others:
            act = Act.OFFER if random.random() < 0.15 else Act.TRANSFER
            yield Intention(day, minute + 7, person, act, round_fen(random, habit.most_fen // 4), other=random.choice(others))
    if random.random() < habit.withdraw:
        fen = RETURNED_FEN if random.random() < RETURNED else round_fen(random, habit.most_fen)
        yield Intention(day, minute + 15, person, Act.WITHDRAW, fen, card=random.randrange(habit.cards))


def top_up_fen(random: Random, most_fen: int) -> int:
    """Mostly a usual amount; now and then one that the sandbox bank declines or loses the answer of."""
    chance = random.random()
    if chance < 0.03:
        return DECLINED_FEN
    if chance < 0.05:
        return LOST_ANSWER_FEN
    if chance < 0.06:
        return LOST_REQUEST_FEN
    return round_fen(random, most_fen)
