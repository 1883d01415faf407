"""Acts on the wallet's orders that a second person approves."""

from collections.abc import Callable
from datetime import datetime

from core.approvals.register import Apply, Payload, register
from core.errors import Invalid
from core.ids import parse_public_id
from core.moves import WrongState
from payments.wallet import queries
from payments.wallet.services import by_hand, top_ups

Check = Callable[[Payload, datetime], None]
REFERENCE_LENGTH = 64


def credit(payload: Payload, at: datetime) -> str:
    top_up = top_ups.credit(top_up_id=parse_public_id("top", payload["target"]), at=at)
    return f"{top_up.public_id} is on the balance"


def waits(payload: Payload, at: datetime) -> None:
    top_up = queries.top_up(parse_public_id("top", payload["target"]))
    if top_up.state != "to_manual":
        raise WrongState(state=top_up.state, wanted="to_manual")


def refund_again(payload: Payload, at: datetime) -> str:
    top_up = by_hand.refund_again(top_up_id=parse_public_id("top", payload["target"]), at=at)
    return f"{top_up.public_id} is asked of the channel again"


def pay_top_up(payload: Payload, at: datetime) -> str:
    top_up = by_hand.pay_top_up(top_up_id=parse_public_id("top", payload["target"]), reference=payload["reference"], at=at)
    return f"{top_up.public_id} went back by hand, {top_up.hand_reference}"


def pay_withdrawal(payload: Payload, at: datetime) -> str:
    withdrawal_id = parse_public_id("wdr", payload["target"])
    withdrawal = by_hand.pay_withdrawal(withdrawal_id=withdrawal_id, reference=payload["reference"], at=at)
    return f"{withdrawal.public_id} was paid out by hand, {withdrawal.hand_reference}"


def waits_with_reference(payload: Payload, at: datetime) -> None:
    must_have_reference(payload)
    waits(payload, at)


def unclaimed_with_reference(payload: Payload, at: datetime) -> None:
    must_have_reference(payload)
    withdrawal = queries.withdrawal(parse_public_id("wdr", payload["target"]))
    if withdrawal.state != "unclaimed":
        raise WrongState(state=withdrawal.state, wanted="unclaimed")


def must_have_reference(payload: Payload) -> None:
    if not 1 <= len(payload["reference"]) <= REFERENCE_LENGTH:
        raise Invalid("reference", "Give the bank's number of the payment.", "请填写银行付款流水号。")


def register_hand(act: str, apply: Apply, check: Check) -> None:
    register(act, apply=apply, check=check, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)


register_hand(by_hand.REFUND_AGAIN, refund_again, waits)
register_hand(by_hand.TOP_UP_PAID, pay_top_up, waits_with_reference)
register_hand(by_hand.WITHDRAWAL_PAID, pay_withdrawal, unclaimed_with_reference)
register(top_ups.CREDIT, apply=credit, check=waits, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)
