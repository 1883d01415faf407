"""What the database itself refuses of splits."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.ids import new_id
from payments.splits.models import Split, SplitOrder, SplitPart, SplitReceiver, SplitReturn
from payments.splits.services import splitting
from tests.payments.cashier.world import shop
from tests.payments.splits.world import receiver_shop, split, splitter, to_split

pytestmark = pytest.mark.django_db


def refused(name: str, act: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def again(row: Any, **changes: Any) -> Any:
    """The row once more, under another id."""
    row.pk = new_id()
    for name, value in changes.items():
        setattr(row, name, value)
    return lambda: row.save(force_insert=True)


def test_the_database_keeps_splits_within_their_orders_and_bounds() -> None:
    where, other = splitter(), shop()
    order, who = to_split(where, 10_000), receiver_shop(where, other)
    made = split(where, order, (who, 1_000))
    splitting.give_back(
        merchant_id=where.merchant.id, split_id=made.id, receiver_id=who.id, amount_fen=100, out_return_no="B1", at=made.created_at
    )
    refused("payments_splitorder_within", lambda: SplitOrder.objects.update(split_fen=9_941))
    refused("payments_splitorder_once", again(SplitOrder.objects.get()))
    refused("payments_splitorder_moves", again(SplitOrder.objects.get(), state="finished", order_id=new_id()))
    refused("payments_split_number", again(Split.objects.get()))
    refused("payments_split_returned", lambda: Split.objects.update(returned_fen=1_001))
    refused("payments_splitpart_once", again(SplitPart.objects.get()))
    refused("payments_splitpart_returned", lambda: SplitPart.objects.update(returned_fen=1_001))
    refused("payments_splitreturn_number", again(SplitReturn.objects.get()))
    refused("payments_splitreturn_cause", lambda: SplitReturn.objects.update(out_return_no=""))
    refused("payments_splitreceiver_once", again(SplitReceiver.objects.get()))
    refused("payments_splitreceiver_kind", lambda: SplitReceiver.objects.update(kind="customer"))
    refused("payments_splitreceiver_other", lambda: SplitReceiver.objects.update(payee_merchant=where.merchant))
    SplitOrder.objects.update(state="finished")
    refused("payments_splitorder_moves", lambda: SplitOrder.objects.update(state="open"))
