"""What waits for a customer is counted at a cost that does not follow from what they ever received and sent."""

import pytest
from django.db import connection

from core.clock import queries as clock
from core.ids import new_id
from payments.wallet import queries
from payments.wallet.models import Transfer
from payments.wallet.services import transfers
from tests.factories import api
from tests.payments.wallet.world import holder, intent, open_day
from tests.rows_read import rows_read

pytestmark = pytest.mark.django_db
MANY = 300


def test_the_overview_reads_no_more_for_a_longer_past() -> None:
    open_day()
    ann, bob = holder(1_000), holder(1_000)
    for payer, payee in ((ann, bob), (bob, ann)):
        transfers.send(intent=intent(payer), payee_id=payee.id, amount_fen=100, remark="", at=clock.now())
    waiting = transfers.offer(intent=intent(bob), payee_id=ann.id, amount_fen=7, remark="", at=clock.now())
    made = Transfer.objects.filter(state="succeeded")
    past = [made.get(customer=payer) for payer in (ann, bob)]
    for row in past * MANY:
        row.pk, row._state.adding = new_id(), True
        row.created_at = clock.now()
        row.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE payments_transfer")
    assert api(ann).get("/v1/payments/wallet/overview").json()["waiting_for_me"] == 1
    assert (queries.open_orders(ann.id)["transfer"], queries.open_orders(bob.id)["transfer"], waiting.state) == (1, 1, "in_transit")
    client = api(ann)
    assert rows_read(lambda: client.get("/v1/payments/wallet/overview"))["payments_transfer"] <= 4
    assert rows_read(lambda: queries.open_orders(bob.id))["payments_transfer"] <= 4
