"""Forgetting what a customer used to do."""

import uuid

from django.db import transaction

from payments.risk.models import RiskPayee, RiskTally


@transaction.atomic
def erase(*, customer_id: uuid.UUID) -> None:
    """Forget a customer's tallies and payees."""
    RiskTally.objects.filter(customer_id=customer_id).delete()
    RiskPayee.objects.filter(customer_id=customer_id).delete()
