"""What operators decide: a campaign goes online, back to its creator, or is called off."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from core.approvals.services import must_be_applying
from core.errors import Invalid
from core.moves import advance
from core.work import services as work
from wealth.catalog.services import drafting as catalog
from wealth.catalog.services import reviewing as selling
from wealth.catalog.states import Kind, YieldKind
from wealth.crowdfunding import queries
from wealth.crowdfunding.models import Campaign
from wealth.crowdfunding.refusals import CampaignChanged, CampaignNotOpen
from wealth.crowdfunding.services.drafting import COLUMNS, REVIEW_WAITS, call_off
from wealth.crowdfunding.services.telling import locked, publish
from wealth.crowdfunding.states import CAMPAIGN_MOVES, CampaignState

APPROVE, CANCEL = "campaign.approve", "campaign.cancel"
ISSUER = "banyan"
"""No issuer is asked of pledges."""


@dataclass(frozen=True)
class Selling:
    """What operators say of a campaign as a product: how risky it is, our fee of what it raises, and the words that customers read."""

    risk: str
    fee_bp: int
    custodian: str
    licence: str
    risk_text_en: str
    risk_text_zh: str


def fingerprint(row: Campaign) -> str:
    """What a proposal names, so that exactly what was read goes online."""
    said = {name: getattr(row, name) for name in COLUMNS} | {
        "stretch_goals": row.stretch_goals,
        "rewards": [(one.title_en, one.title_zh, one.price_fen, one.stock) for one in queries.rewards(row.id)],
        "milestones": [(one.title_en, one.title_zh, one.weight) for one in queries.milestones(row.id)],
    }
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def refuse_unapprovable(row: Campaign, seen: str, said: Selling) -> None:
    """Raises CampaignNotOpen, CampaignChanged, Invalid."""
    if row.state != CampaignState.REVIEW:
        raise CampaignNotOpen(state=row.state)
    if fingerprint(row) != seen:
        raise CampaignChanged()
    if not 0 <= said.fee_bp < 10_000:
        raise Invalid("fee_bp", "The fee is 0 to 9999 basis points.", "手续费须为 0 至 9999 个基点。")


@transaction.atomic
def approve(*, campaign_id: UUID, seen: str, said: Selling, at: datetime) -> Campaign:
    """Put a campaign online for its days from now on, with the product that its pledges are orders of. Raises ApprovalNeeded, NotFound,
    CampaignNotOpen, CampaignChanged, Invalid."""
    decided = must_be_applying(APPROVE)
    row = locked(campaign_id)
    refuse_unapprovable(row, seen, said)
    version = catalog.draft(code=row.public_id, kind=Kind.CROWDFUNDING.value, issuer_code=ISSUER, values=values_of(row, said), at=at)
    selling.hand_in(product_id=version.product_id, at=at)
    product = selling.publish_under(act=APPROVE, product_id=version.product_id, seen=selling.fingerprint(version), at=at)
    ends_at = at + timedelta(days=row.days)
    advance(
        row,
        CampaignState.ONLINE,
        moves=CAMPAIGN_MOVES,
        at=at,
        product=product,
        fee_bp=said.fee_bp,
        online_at=at,
        ends_at=ends_at,
        due_at=ends_at,
    )
    work.finish(kind=REVIEW_WAITS, target=row.public_id, by=decided.checker, at=at)
    publish("wealth.campaign_online", row, at, product=product.public_id, ends_at=ends_at.isoformat())
    return row


def values_of(row: Campaign, said: Selling) -> Mapping[str, Any]:
    """The first and only version of its product. What is pledged earns nothing and is confirmed once the campaign succeeded."""
    return {
        "name_en": row.title_en,
        "name_zh": row.title_zh,
        "risk": said.risk,
        "yield_kind": YieldKind.NONE.value,
        "confirm_days": 0,
        "redeem_days": 0,
        "minimum_fen": 1,
        "person_cap_fen": row.person_cap_fen,
        "terms": {"campaign": row.public_id},
        "risk_text_en": said.risk_text_en,
        "risk_text_zh": said.risk_text_zh,
        "custodian": said.custodian,
        "licence": said.licence,
    }


@transaction.atomic
def return_to_creator(*, campaign_id: UUID, why: str, by: str, at: datetime) -> Campaign:
    """Open a campaign under review for changes again. Raises NotFound, CampaignNotOpen, Invalid."""
    row = locked(campaign_id)
    if row.state != CampaignState.REVIEW:
        raise CampaignNotOpen(state=row.state)
    advance(row, CampaignState.DRAFT, moves=CAMPAIGN_MOVES, at=at, why=selling.readable(why))
    work.finish(kind=REVIEW_WAITS, target=row.public_id, by=by, at=at)
    publish("wealth.campaign_returned", row, at, why=row.why)
    return row


@transaction.atomic
def cancel(*, campaign_id: UUID, why: str, at: datetime) -> Campaign:
    """Two operators call a campaign off: every pledge goes back. Raises ApprovalNeeded, NotFound, CampaignNotOpen, Invalid."""
    decided = must_be_applying(CANCEL)
    row = locked(campaign_id)
    call_off(row, selling.readable(why), decided.checker, at)
    return row
