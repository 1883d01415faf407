"""What kinds say their products yield, for lists and pages."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from wealth.catalog.models import ProductYield


@transaction.atomic
def record(*, product_id: uuid.UUID, as_of: date, seven_day_percent: Decimal | None, income_per_10k: Decimal | None, at: datetime) -> None:
    """Keep the newest day's figures; an older day's change nothing. `seven_day_percent` in percent, `income_per_10k` in yuan."""
    facts = {"as_of": as_of, "seven_day_percent": seven_day_percent, "income_per_10k": income_per_10k, "changed_at": at}
    row, made = ProductYield.objects.select_for_update(of=("self",)).get_or_create(product_id=product_id, defaults=facts)
    if not made and row.as_of <= as_of:
        ProductYield.objects.filter(pk=product_id).update(**facts)
