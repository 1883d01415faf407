"""What the demo's savers will do: drawn from the seed, by dice of their own."""

from collections.abc import Iterator, Sequence
from random import Random

from config.demo import showcase_plan
from config.demo.acts import Act, Intention, round_fen
from config.demo.shelf import FUNDS, INSTRUCTIONS, TERMS

SAVERS, MOST_FEN = 0.4, 30_000
MORNING, EVENING = 9 * 60 + 30, 19 * 60
BUYS, REDEEMS, AT_ONCE, TO_CARD, SELLS = 0.015, 0.01, 0.6, 0.3, 0.15


def draw(seed: str, joined: Sequence[int], payers: Sequence[int], *, people: int, days: int) -> Iterator[Intention]:
    """Of those who pay (`payers`; `joined` is everybody's first day), most answer the questionnaire and save."""
    random = Random(f"banyan-demo-wealth:{seed}:{people}:{days}")  # noqa: S311  (a plan, not a secret)
    for person in payers:
        if random.random() < SAVERS:
            yield from saver(random, person, max(1, joined[person] + random.randint(1, 4)), days)
    yield from showcase_plan.draw(joined, payers, days)


def saver(random: Random, person: int, begins: int, days: int) -> Iterator[Intention]:
    """Answers, a first purchase in that hour, perhaps a deposit that is sold before its day, and on later days a chance of each act."""
    code = random.choice(FUNDS)
    yield Intention(begins, MORNING + person % 60, person, Act.ANSWER, how=random.choice("345"))
    yield Intention(begins, MORNING + 60 + person % 60, person, Act.INVEST, round_fen(random, MOST_FEN), how=code)
    if random.random() < 0.5:
        term = random.choice(TERMS)
        fen, end = round_fen(random, MOST_FEN) + 1_000, random.choice(INSTRUCTIONS)
        yield Intention(begins + 1, MORNING + person % 60, person, Act.INVEST, fen, how=term, scene=end)
        if random.random() < SELLS:
            yield Intention(begins + 6, EVENING + person % 60, person, Act.SELL, random.randint(0, 40), how=term)
    for day in range(begins + 1, days):
        minute = (EVENING if random.random() < 0.5 else MORNING) + person % 60
        if random.random() < BUYS:
            yield Intention(day, minute, person, Act.INVEST, round_fen(random, MOST_FEN), how=random.choice(FUNDS))
        if random.random() < REDEEMS:
            scene = "fast" if random.random() < AT_ONCE else "card" if random.random() < TO_CARD else ""
            yield Intention(day, minute + 5, person, Act.REDEEM, round_fen(random, MOST_FEN // 3), how=code, scene=scene)
