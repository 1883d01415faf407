"""Acts on claims that a second person approves."""

from datetime import datetime

from core.approvals.register import Payload, register
from core.errors import Invalid
from core.ids import parse_public_id
from wealth.insurance import queries
from wealth.insurance.models import InsuranceClaim
from wealth.insurance.refusals import ClaimNotOpen
from wealth.insurance.services import claiming
from wealth.insurance.states import ClaimState


def claim_of(payload: Payload) -> InsuranceClaim:
    return queries.claim(parse_public_id(InsuranceClaim.PREFIX, payload["target"]))


def words_of(payload: Payload) -> str:
    """Raises Invalid."""
    why = str(payload["why"]).strip()
    if not why:
        raise Invalid("why", "Say why, for the customer.", "请填写理由,将告知客户。")
    return why


def approve(payload: Payload, at: datetime) -> str:
    claim = claiming.approve(
        claim_id=claim_of(payload).id, amount_fen=payload["amount"], last=payload["last"], why=words_of(payload), at=at
    )
    return f"{claim.public_id} is approved for {claim.approved_fen} fen"


def approvable(payload: Payload, at: datetime) -> None:
    words_of(payload)
    claim = claim_of(payload)
    claiming.refuse_undecidable(queries.policy(claim.policy_id), claim, payload["amount"])


def decline(payload: Payload, at: datetime) -> str:
    claim = claiming.decline(claim_id=claim_of(payload).id, why=words_of(payload), at=at)
    return f"{claim.public_id} is declined"


def declinable(payload: Payload, at: datetime) -> None:
    words_of(payload)
    claim = claim_of(payload)
    if claim.state != ClaimState.OPEN:
        raise ClaimNotOpen(state=claim.state)


register(claiming.APPROVE, apply=approve, check=approvable, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)
register(claiming.DECLINE, apply=decline, check=declinable, roles_make={"finance_maker"}, roles_check={"finance_checker"}, expires_hours=72)
