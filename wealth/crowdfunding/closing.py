"""What crowdfunding says when a creator's account wants to close, and when they ask for their data. Campaigns were told to everybody:
nothing of them is erased. Pledges are orders, which say the rest."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.privacy.sockets import Obstacle
from wealth.crowdfunding import queries

OPEN = Obstacle(
    "campaign_open",
    "A campaign of yours is not over, or not paid out: wait for it, or call it off first.",
    "您有未结束或未付清的众筹,请等待完成或先取消。",
)


class Campaigns:
    def obstacles(self, *, customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
        return [OPEN] if queries.keeps_open(customer_id) else []

    def export(self, *, customer_id: uuid.UUID) -> Mapping[str, Any]:
        return {
            "campaigns": [
                {
                    "id": row.public_id,
                    "state": row.state,
                    "title_en": row.title_en,
                    "title_zh": row.title_zh,
                    "story_en": row.story_en,
                    "story_zh": row.story_zh,
                    "goal": row.goal_fen,
                    "raised": row.raised_fen,
                    "updates": [{"title": one.title, "words": one.words, "at": one.created_at.isoformat()} for one in row.updates.all()],
                    "at": row.created_at.isoformat(),
                }
                for row in queries.own(customer_id).order_by("created_at", "id")
            ]
        }
