"""What insurance says when an account wants to close, when a customer asks for their data, and what is forgotten."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from accounts.privacy.sockets import Obstacle
from wealth.insurance import queries
from wealth.insurance.services import forgetting
from wealth.insurance.services.naming import people_of

ALIVE = Obstacle(
    "insurance_policy_open",
    "A policy of yours is not over: let it run out, or give it up first.",
    "您有未终止的保单,请等待到期或先办理退保。",
)
UNDER_WAY = Obstacle(
    "insurance_money_open",
    "A claim, a premium or a payout of yours is under way: wait until it is over.",
    "您有处理中的理赔、保费或给付,请等待完成。",
)


class Policies:
    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        found = [ALIVE] if queries.alive_of(customer_id).exists() else []
        return [*found, UNDER_WAY] if queries.money_under_way(customer_id) else found

    def erase(self, *, customer_id: uuid.UUID, at: datetime) -> None:
        forgetting.forget(customer_id=customer_id)

    def export(self, *, customer_id: uuid.UUID) -> Mapping[str, Any]:
        return {
            "applications": [
                {
                    "id": row.public_id,
                    "product": row.product.code,
                    "state": row.state,
                    "cover": row.cover_fen,
                    "premium": row.premium_fen,
                    "born_on": row.born_on,
                    "answers": orjson.loads(row.answers or b"{}"),
                    "insured_name": row.insured_name,
                    "insured_id_number": row.insured_id_number,
                    "at": row.created_at.isoformat(),
                }
                for row in queries.own_applications(customer_id).order_by("created_at", "id")
            ],
            "policies": [
                {
                    "id": row.public_id,
                    "number": row.number,
                    "product": row.product.code,
                    "state": row.state,
                    "cover": row.cover_fen,
                    "starts_on": row.starts_on.isoformat(),
                    "ends_on": row.ends_on.isoformat(),
                    "beneficiaries": [
                        {"name": one.name, "id_number": one.id_number, "share_bp": one.share_bp}
                        for one in people_of(queries.beneficiaries(row.id))
                    ],
                }
                for row in queries.own_policies(customer_id).order_by("created_at", "id")
            ],
            "claims": [
                {
                    "id": row.public_id,
                    "event_on": row.event_on.isoformat(),
                    "words": row.words,
                    "state": row.state,
                    "asked": row.asked_fen,
                    "paid": row.paid_fen,
                }
                for row in queries.own_claims(customer_id).order_by("created_at", "id")
            ],
        }
