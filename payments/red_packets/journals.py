"""The legs of every journal of a red packet, by number. `debit` takes from an account, `credit` gives to it.

1 made: the sender's money waits · 2 a share taken · 3 what nobody took goes back to the sender.
All three carry the packet's id as their reference, so that the transit account returns to zero for each packet.
"""

import uuid

from accounts.ledger.accounts import AccountRef, customer_account, platform_account
from accounts.ledger.legs import Leg, credit, debit

SENT = "red_packet.sent"
TAKEN = "red_packet.taken"
BACK = "red_packet.back"


def transit() -> AccountRef:
    return platform_account("transit:red_packet")


def sent(*, sender_id: uuid.UUID, total_fen: int) -> list[Leg]:
    """Journal 1: user:balance of the sender -> transit:red_packet."""
    return [debit(customer_account(sender_id), total_fen), credit(transit(), total_fen)]


def taken(*, taker_id: uuid.UUID, share_fen: int) -> list[Leg]:
    """Journal 2: transit:red_packet -> user:balance of the taker."""
    return [debit(transit(), share_fen), credit(customer_account(taker_id), share_fen)]


def back(*, sender_id: uuid.UUID, rest_fen: int) -> list[Leg]:
    """Journal 3: transit:red_packet -> user:balance of the sender."""
    return [debit(transit(), rest_fen), credit(customer_account(sender_id), rest_fen)]
