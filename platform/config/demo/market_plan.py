"""What the demo's shops and their payers will do: drawn from the seed like the rest of the plan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from config.demo import standing_plan
from config.demo.acts import (
    BUSY_FEN,
    DECLINED_FEN,
    FAILING_FEN,
    LOST_ANSWER_FEN,
    NOT_REFUNDABLE_FEN,
    PROCESSING_FEN,
    Act,
    Intention,
    round_fen,
)

OPENS_MINUTE, FIRST_MINUTE, LAST_MINUTE = 7 * 60, 8 * 60, 22 * 60
PACKET_PEOPLE, COLLECT_PEOPLE = 4, 3
REFUNDED, DISPUTED = 0.15, 0.05
TROUBLED = 0.4
TROUBLES = (DECLINED_FEN, LOST_ANSWER_FEN, BUSY_FEN, PROCESSING_FEN, FAILING_FEN, NOT_REFUNDABLE_FEN)
SCENES = {"in_app": 0.4, "qr_payer": 0.25, "qr_static": 0.15, "qr_dynamic": 0.2}


@dataclass(frozen=True)
class Trade:
    """A shop: its names, category (MCC), and the most an order there is worth.

    With `shares` it gives a part of what is paid in the app to somebody who sells for it, with `club_fen` it has a club with a
    fee, and with `biller` it sends bills by that name and sells nothing else.
    """

    name: str
    short_name: str
    category: str
    most_fen: int
    shares: bool = False
    club_fen: int = 0
    biller: str = ""


TRADES = (
    Trade("Hangzhou Longjing Tea Co., Ltd.", "龙井茶庄", "5499", 12_000),
    Trade("Suzhou Garden Noodles Co., Ltd.", "园林面馆", "5812", 6_000),
    Trade("Corner Market Retail Co., Ltd.", "街角超市", "5411", 20_000),
    Trade("Morning Bakery Co., Ltd.", "清晨面包房", "5462", 5_000),
    Trade("River Books Co., Ltd.", "江岸书店", "5942", 15_000, shares=True),
    Trade("Paper Crane Stationery Co., Ltd.", "纸鹤文具", "5943", 4_000),
    Trade("Blue Bicycle Sports Co., Ltd.", "蓝单车运动", "5941", 80_000, shares=True),
    Trade("Lantern Cinema Co., Ltd.", "灯笼影院", "7832", 12_000, club_fen=3_000),
    Trade("Plum Blossom Pharmacy Co., Ltd.", "梅花药房", "5912", 18_000),
    Trade("Bamboo Toys Co., Ltd.", "竹马玩具", "5945", 16_000),
    Trade("Cloud Hotel Management Co., Ltd.", "云上酒店", "7011", 90_000),
    Trade("White Swan Laundry Co., Ltd.", "白天鹅洗衣", "7210", 9_000),
    Trade("Sunny Flowers Co., Ltd.", "向阳花店", "5992", 14_000),
    Trade("Quick Bowl Catering Co., Ltd.", "快碗", "5814", 4_500, shares=True),
    Trade("Old Town Dairy Co., Ltd.", "老城牛奶", "5451", 4_000, club_fen=4_500),
    Trade("Panda Pets Co., Ltd.", "熊猫宠物", "5995", 25_000),
    Trade("East Gate Parking Co., Ltd.", "东门停车", "7523", 3_000),
    Trade("Silk Hair Studio Co., Ltd.", "丝语美发", "7230", 28_000),
    Trade("Jade Electronics Co., Ltd.", "玉石电子", "5732", 120_000, shares=True),
    Trade("Autumn Clothing Co., Ltd.", "秋日服饰", "5651", 40_000),
    Trade("Hangzhou Water Works Co., Ltd.", "杭州水务", "4900", 0, biller="water"),
    Trade("Hangzhou Power Supply Co., Ltd.", "杭州电力", "4900", 0, biller="power"),
)
BILLERS = tuple(trade for trade in TRADES if trade.biller)
MIXES = {"balance": 0.45, "card": 0.33, "both": 0.17, "nobody": 0.05}


def draw(
    random: Random, joined: Sequence[int], owners: Sequence[int], payers: Sequence[tuple[int, float]], days: int
) -> Iterator[Intention]:
    """The market: `owners` are who may open a shop, in order; `payers` who pays how often (chance a day); `joined` the day of each."""
    shops = {}
    for owner, trade in zip(owners, TRADES, strict=False):
        if joined[owner] + 1 < days:
            shops[owner] = (joined[owner] + 1, trade)
            yield Intention(joined[owner] + 1, OPENS_MINUTE + owner % 20, owner, Act.OPEN_SHOP, other=TRADES.index(trade))
    for person, chance in payers:
        for day in range(joined[person] + 1, days):
            open_now = [owner for owner, (since, trade) in shops.items() if since < day and owner != person and not trade.biller]
            friends = [other for other, _ in payers if joined[other] < day and other != person]
            yield from one_day(random, person, day, chance, {owner: shops[owner][1] for owner in open_now}, friends)
    yield from standing_plan.draw(random, shops, [(person, joined[person]) for person, _ in payers], days)


def one_day(random: Random, person: int, day: int, chance: float, shops: dict[int, Trade], friends: Sequence[int]) -> Iterator[Intention]:
    """What one person pays on one day: an order now and then, rarely a red packet or a collect among friends."""
    minute = random.randint(FIRST_MINUTE, LAST_MINUTE)
    if shops and random.random() < chance:
        owner = random.choice(sorted(shops))
        how = random.choices(list(MIXES), weights=list(MIXES.values()))[0]
        fen, scene = order_fen(random, shops[owner].most_fen, how), random.choices(list(SCENES), weights=list(SCENES.values()))[0]
        paid = Intention(day, minute, person, Act.PAY, fen, other=owner, how=how, scene=scene)
        yield paid
        if shops[owner].shares and friends and how != "nobody" and scene == "in_app":
            yield Intention(
                day, minute + 5, person, Act.SPLIT, max(fen // 10, 1), other=owner, how=order_number(paid), others=(friends[0],)
            )
        if how != "nobody" and scene != "qr_static":
            yield from afterwards(random, paid)
    if len(friends) >= PACKET_PEOPLE and random.random() < chance / 12:
        takers = tuple(random.sample(friends, PACKET_PEOPLE))
        yield Intention(day, minute + 20, person, Act.RED_PACKET, 100 * random.randint(5, 40), others=takers)
    if len(friends) >= COLLECT_PEOPLE and random.random() < chance / 12:
        asked = tuple(random.sample(friends, COLLECT_PEOPLE))
        yield Intention(day, minute + 25, person, Act.COLLECT, 100 * random.randint(5, 60), others=asked)


def afterwards(random: Random, paid: Intention) -> Iterator[Intention]:
    """What becomes of some orders the same day: given back by the shop, or disputed by who paid."""
    chance = 0.0 if paid.amount_fen == NOT_REFUNDABLE_FEN else random.random()
    if chance < REFUNDED:
        yield from refunds(random, paid)
    elif chance < REFUNDED + DISPUTED:
        yield Intention(paid.day, paid.minute + 45, paid.person, Act.DISPUTE, other=paid.other, how=order_number(paid))


def refunds(random: Random, paid: Intention) -> Iterator[Intention]:
    """The shop gives a part back, in one go or two, or all of it: soon, before the order's money is paid out to it."""
    share = random.choice((1.0, 1.0, 0.5, 0.3))
    for number in range(2 if share == 0.3 else 1):
        fen, minute = max(int(paid.amount_fen * share), 1), paid.minute + random.randint(10, 40) + 5 * number
        yield Intention(paid.day, minute, paid.person, Act.REFUND, fen, other=paid.other, how=order_number(paid))


def order_number(paid: Intention) -> str:
    """The number a shop gives an order."""
    return f"D{paid.day:03d}{paid.minute:04d}{paid.person:05d}"


def order_fen(random: Random, most_fen: int, how: str) -> int:
    """An order's amount; now and then one that the sandbox bank treats badly."""
    if how == "card" and random.random() < TROUBLED:
        return random.choice(TROUBLES)
    return round_fen(random, most_fen)
