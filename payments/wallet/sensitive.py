"""Acts on the wallet's orders that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.ids import parse_public_id
from core.moves import WrongState
from payments.wallet import queries
from payments.wallet.services import top_ups


def credit(payload: Payload, at: datetime) -> str:
    top_up = top_ups.credit(top_up_id=parse_public_id("top", payload["target"]), at=at)
    return f"{top_up.public_id} is on the balance"


def waits(payload: Payload, at: datetime) -> None:
    top_up = queries.top_up(parse_public_id("top", payload["target"]))
    if top_up.state != "to_manual":
        raise WrongState(state=top_up.state, wanted="to_manual")


register(top_ups.CREDIT, apply=credit, check=waits, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)
