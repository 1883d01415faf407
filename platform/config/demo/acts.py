"""The words of the demo's plan: what people do, and one intention to do it."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

DECLINED_FEN, LOST_ANSWER_FEN, LOST_REQUEST_FEN = 66_601, 66_607, 66_608
BUSY_FEN, PROCESSING_FEN, FAILING_FEN, RETURNED_FEN, NOT_REFUNDABLE_FEN = 66_604, 66_605, 66_606, 66_609, 66_613


class Act(StrEnum):
    """One thing a customer does."""

    JOIN = "join"
    VERIFY = "verify"
    SET_PIN = "set_pin"
    BIND = "bind"
    TOP_UP = "top_up"
    TRANSFER = "transfer"
    OFFER = "offer"
    WITHDRAW = "withdraw"
    OPEN_SHOP = "open_shop"
    PAY = "pay"
    REFUND = "refund"
    DISPUTE = "dispute"
    RED_PACKET = "red_packet"
    COLLECT = "collect"
    JOIN_CLUB = "join_club"
    DEDUCT = "deduct"
    BILL = "bill"
    SPLIT = "split"
    ANSWER = "answer"
    INVEST = "invest"
    REDEEM = "redeem"
    SELL = "sell"
    INSURE = "insure"
    AUTO_DEBIT = "auto_debit"
    COOL_OFF = "cool_off"
    CLAIM = "claim"
    CAMPAIGN = "campaign"
    PLEDGE = "pledge"
    EVIDENCE = "evidence"
    GOAL = "goal"
    AGREE = "agree"
    ADVISE = "advise"


class NotReady(Exception):
    """The customer is not far enough for this act: it stays an intention."""


@dataclass(frozen=True)
class Intention:
    """Who does what, when: `minute` of the day (Shanghai), `amount_fen` and the others where they matter.

    `other` is the person paid, the owner of the shop paid, or the number of the trade a shop opens in; `others` are who takes of a red
    packet, is asked in a collect, or receives a part of an order; `how` names what an order is paid from, the order that is refunded,
    disputed or split, the agreement of a club, a biller and the account with it, a product, a campaign, a goal, or how bold answers are;
    `scene` where it is paid, how a product is redeemed, what happens at a deposit's end, or the answer to an insurer's question. A deposit
    is offered `amount_fen` basis points above its principal.
    """

    day: int
    minute: int
    person: int
    act: Act
    amount_fen: int = 0
    other: int = 0
    card: int = 0
    how: str = ""
    scene: str = ""
    others: tuple[int, ...] = ()


def round_fen(random: Random, most_fen: int) -> int:
    """An amount people choose: whole yuan mostly, sometimes to the fen."""
    yuan = max(1, int(random.triangular(1, most_fen / 100, most_fen / 400)))
    return yuan * 100 + (random.randrange(100) if random.random() < 0.25 else 0)
