"""How what a campaign paid reads on its creator's statement (plugged into payments.wallet)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import parse_public_id
from payments.wallet.sockets import Detail, Sort
from wealth.crowdfunding import journals
from wealth.crowdfunding.models import CampaignMilestone


class Milestones:
    prefix = CampaignMilestone.PREFIX
    kinds = {"campaign_paid": Sort((journals.MILESTONE_PAID,), +1, "Paid of a campaign", "众筹到账")}

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        found = Q(campaign__title_zh__icontains=text) | Q(campaign__title_en__icontains=text)
        with suppress(NotFound):
            found |= Q(pk=parse_public_id(self.prefix, text))
        rows = CampaignMilestone.objects.filter(found, campaign__creator_id=customer_id, journal_id__isnull=False)
        return [rows.values("journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = CampaignMilestone.objects.select_related("campaign").filter(campaign__creator_id=customer_id, pk__in=ids)
        return {row.id: Detail(party=row.campaign.title_zh) for row in rows}
