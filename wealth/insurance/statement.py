"""How premiums and what insurers pay read on a customer's statement (plugged into payments.wallet)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import parse_public_id
from payments.wallet.sockets import Detail, Sort
from wealth.insurance import journals
from wealth.insurance.models import PolicyPayout, PolicyPremium


def named(prefix: str, text: str) -> Q:
    found = Q(policy__number=text) | Q(policy__version__name_zh__icontains=text) | Q(policy__version__name_en__icontains=text)
    with suppress(NotFound):
        found |= Q(pk=parse_public_id(prefix, text))
    return found


class Premiums:
    prefix = PolicyPremium.PREFIX
    kinds = {"premium_taken": Sort((journals.PREMIUM_TAKEN,), -1, "Premium of a policy", "保费代扣")}

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        rows = PolicyPremium.objects.filter(named(self.prefix, text), customer_id=customer_id, pay_journal_id__isnull=False)
        return [rows.values("pay_journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = PolicyPremium.objects.select_related("policy__version").filter(customer_id=customer_id, pk__in=ids)
        return {row.id: Detail(party=row.policy.version.name_zh) for row in rows}


class Payouts:
    prefix = PolicyPayout.PREFIX
    kinds = {"policy_paid_out": Sort((journals.PAID_OUT,), +1, "Paid by an insurer", "保险给付")}

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        rows = PolicyPayout.objects.filter(named(self.prefix, text), customer_id=customer_id, journal_id__isnull=False)
        return [rows.values("journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = PolicyPayout.objects.select_related("policy__version").filter(customer_id=customer_id, pk__in=ids)
        return {row.id: Detail(party=row.policy.version.name_zh) for row in rows}
