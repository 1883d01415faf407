"""Acts on fixed terms that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.ids import parse_public_id
from wealth.fixed_term import queries
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.services import asking


def lot_of(payload: Payload) -> FixedHolding:
    return queries.lot(parse_public_id(FixedHolding.PREFIX, payload["target"]))


def ask_again(payload: Payload, at: datetime) -> str:
    lot = asking.ask_again(holding_id=lot_of(payload).id, at=at)
    return f"the issuer is asked again for {lot.public_id}"


def fits(payload: Payload, at: datetime) -> None:
    if not asking.askable(lot_of(payload)):
        raise asking.NothingToAsk()


register(asking.ASK_AGAIN, apply=ask_again, check=fits, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)
