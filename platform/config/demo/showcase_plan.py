"""A few of the demo's customers who do everything there is to do with money to save, so that each page has something to show."""

from collections.abc import Iterator, Sequence

from config.demo.acts import Act, Intention
from config.demo.shelf import INSTRUCTIONS

CAST, BEGINS_BY = 8, 0.25
COLLECTORS, INSURED, CREATOR, REFERRED = (0, 1), 2, 3, 4
"""Their places in the cast: who has something of every kind, who claims and cools off, whose campaigns they are, whose application a
person looks at."""
MORNING = 9 * 60
FIRST_FEN = 150_000
PLEDGE_FEN, PLEDGE_DAYS = 1_500, 6
COVER_FEN, CLAIM_FEN = 1_000_000, 20_000
MATURING = ("BYTERM07", "BYTERM14", "BYTERM07")
"""One for each instruction; each comes to its end within the demo, and what is rolled goes on."""
CAMPAIGNS = ("songs", "observatory")
"""The first comes to its goal, the second does not."""


def draw(joined: Sequence[int], payers: Sequence[int], days: int) -> Iterator[Intention]:
    """What they do; their own minutes of the day keep them apart."""
    early = [person for person in payers if joined[person] <= days * BEGINS_BY]
    cast = sorted(early, key=lambda person: (joined[person], person))[:CAST]
    found = [one for place, person in enumerate(cast) for one in life(place, person, joined[person] + 2)]
    if len(cast) > CREATOR:
        found += campaigns(cast, max(joined[person] for person in cast) + 3)
    yield from (one for one in found if one.day < days)


def life(place: int, person: int, begins: int) -> Iterator[Intention]:
    def on(day: int, minute: int, act: Act, fen: int = 0, **more: str) -> Intention:
        return Intention(begins + day, MORNING + minute + place, person, act, fen, **more)  # type: ignore[arg-type]

    yield on(0, 0, Act.TOP_UP, FIRST_FEN)
    yield on(0, 30, Act.ANSWER, how="4")
    if place in COLLECTORS:
        yield on(0, 60, Act.INVEST, 6_000, how="BYCASH01")
        yield on(0, 70, Act.INVEST, 3_000, how="BYCASH04")
        for number, (code, end) in enumerate(zip(MATURING, INSTRUCTIONS, strict=True)):
            yield on(1, 30 + 10 * number, Act.INVEST, 2_000 + 1_000 * number, how=code, scene=end)
        yield on(2, 30, Act.GOAL, 500_000, how="环岛旅行")
        yield on(2, 40, Act.AGREE, 500, how="BYCASH02")
        yield on(3, 30, Act.INSURE, COVER_FEN, how="BYLIFE01", scene="no")
        yield on(4, 30, Act.ADVISE, 24_000)
        yield on(5, 30, Act.INVEST, 3_000, how="BYTERM90", scene="pay_out")
        yield on(16, 30, Act.AUTO_DEBIT, how="BYLIFE01")
    if place == COLLECTORS[1]:
        yield on(17, 60, Act.SELL, 5, how="BYTERM90")
    if place == INSURED:
        yield on(1, 30, Act.INSURE, COVER_FEN, how="BYSAFE01", scene="yes")
        yield on(1, 40, Act.INSURE, COVER_FEN, how="BYLIFE01", scene="no")
        yield on(13, 30, Act.COOL_OFF, how="BYLIFE01")
        yield on(16, 30, Act.CLAIM, CLAIM_FEN, how="BYSAFE01")
    if place == REFERRED:
        yield on(1, 30, Act.INSURE, COVER_FEN, how="BYLIFE01", scene="heavily")


def campaigns(cast: Sequence[int], begins: int) -> Iterator[Intention]:
    """Both are handed in on one day and online the next; all others of the cast pledge to the first, some to the second; what came of
    the first is told some days after its end."""
    creator = cast[CREATOR]
    for number, name in enumerate(CAMPAIGNS):
        yield Intention(begins, MORNING + 10 * number, creator, Act.CAMPAIGN, how=name)
    for place, person in enumerate(person for person in cast if person != creator):
        day, minute = begins + 2 + place % PLEDGE_DAYS, MORNING + 90 + place
        yield Intention(day, minute, person, Act.PLEDGE, PLEDGE_FEN, how=CAMPAIGNS[0])
        if place % 2 == 0:
            yield Intention(day, minute + 20, person, Act.PLEDGE, PLEDGE_FEN, how=CAMPAIGNS[1])
    yield Intention(begins + 24, MORNING, creator, Act.EVIDENCE, how=CAMPAIGNS[0])
