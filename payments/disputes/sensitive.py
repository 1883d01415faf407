"""Acts on disputes that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.errors import Invalid
from core.ids import parse_public_id
from core.moves import WrongState
from payments.cashier import queries as cashier
from payments.disputes import queries
from payments.disputes.models import Dispute
from payments.disputes.services import deciding, opening
from payments.disputes.services.opening import NewDispute
from payments.disputes.states import OPEN, DisputeState, OpenedBy


def dispute_of(payload: Payload) -> Dispute:
    return queries.dispute(parse_public_id(Dispute.PREFIX, payload["target"]))


def wanted_of(payload: Payload) -> NewDispute:
    return NewDispute(
        kind=payload["kind"],
        words=payload["words"],
        opened_by=OpenedBy.CHANNEL if payload["bank_reference"] else OpenedBy.OPERATOR,
        opener="staff",
        amount_fen=payload["amount"],
        bank_reference=payload["bank_reference"],
        taken_by_bank=payload["taken_by_bank"],
    )


def open_dispute(payload: Payload, at: datetime) -> str:
    order_id = parse_public_id("ord", payload["order"])
    dispute = deciding.open_by_operators(order_id=order_id, wanted=wanted_of(payload), at=at)
    return f"{dispute.public_id} of {dispute.order_public_id} is open"


def disputable(payload: Payload, at: datetime) -> None:
    order, wanted = cashier.order(parse_public_id("ord", payload["order"])), wanted_of(payload)
    if wanted.taken_by_bank and not wanted.bank_reference:
        raise Invalid("bank_reference", "Give the bank's number of the chargeback.", "请填写银行拒付编号。")
    opening.refuse_undisputable(order, wanted, 0, at)
    left = opening.left_of(order, wanted.taken_by_bank)
    if not 1 <= payload["amount"] <= left:
        raise opening.DisputeTooMuch(field="amount", left=left)


def win(payload: Payload, at: datetime) -> str:
    dispute = deciding.win(dispute_id=dispute_of(payload).id, verdict=payload["verdict"], at=at)
    return f"{dispute.public_id} is won by the merchant"


def lose(payload: Payload, at: datetime) -> str:
    dispute = deciding.lose(dispute_id=dispute_of(payload).id, verdict=payload["verdict"], at=at)
    return f"{dispute.public_id} is lost by the merchant, refunded by {dispute.refund_public_id}"


def undecided(payload: Payload, at: datetime) -> None:
    dispute = dispute_of(payload)
    if dispute.state not in OPEN:
        raise WrongState(state=dispute.state, wanted=DisputeState.WON)
    if not payload["verdict"]:
        raise Invalid("verdict", "Say why, for the merchant and the payer.", "请填写裁定说明。")


register(
    deciding.OPEN_ACT, apply=open_dispute, check=disputable, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72
)
register(deciding.WIN, apply=win, check=undecided, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)
register(deciding.LOSE, apply=lose, check=undecided, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)
