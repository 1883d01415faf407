"""Acts on cards that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.ids import parse_public_id
from payments.cards import services, unsigning


def resume(payload: Payload, at: datetime) -> str:
    card = services.resume(card_id=parse_public_id("crd", payload["target"]), at=at)
    return f"{card.public_id} can be used again"


def take_unsign_as_done(payload: Payload, at: datetime) -> str:
    card = unsigning.take_as_done(card_id=parse_public_id("crd", payload["target"]), at=at)
    return f"{card.public_id} counts as unsigned at the bank"


ROLES = {"support", "risk", "finance_maker", "finance_checker"}
register(unsigning.TAKEN, apply=take_unsign_as_done, roles_make=ROLES, roles_check={"risk", "finance_checker"}, expires_hours=72)
register("card.resume", apply=resume, roles_make={"support", "risk"}, roles_check={"risk"}, expires_hours=72)
