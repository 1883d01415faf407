"""Lists of the tables that grow without end read a page of them, however many rows there are: nothing is counted, sorted or gathered."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from accounts.identity.models import Customer
from core.audit import services as audit
from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.ids import new_id
from payments.channels.models import ChannelRequest
from payments.notices.models import MerchantNotice
from payments.risk.models import RiskDecision
from tests.desk.people import staff, verified
from tests.ledger_proof import behind_its_back
from tests.payments.cashier.world import Shop, new_order, shop
from tests.payments.reconciliation.world import waiting
from tests.payments.wallet.world import holder, open_day
from tests.rows_read import rows_read

pytestmark = pytest.mark.django_db
ROWS = 400
A_PAGE = 50
OWN = {
    "ledger_journal": ("id",),
    "core_auditrecord": ("id",),
    "payments_channelrequest": ("id", "request_no", "business_id"),
    "payments_merchantnotice": ("id", "event_id"),
    "payments_riskdecision": ("id",),
    "payments_paymentorder": ("id", "out_trade_no"),
}
"""The hot tables, and which of their columns each row has for itself."""
LISTS = {
    "accounts_journal": {"event__exact": "wallet.top_up"},
    "core_auditrecord": {"act": "tests.looked"},
    "payments_channelrequest": {"operation__exact": "pay"},
    "payments_merchantnotice": {"state__exact": "pending"},
    "payments_riskdecision": {"verdict__exact": "refuse"},
    "payments_paymentorder": {"state__exact": "created"},
}


def one_of_each(who: Customer, where: Shop) -> None:
    at = clock.now()
    audit.record(actor="staff:lin", act="tests.looked", target=who.public_id, reason="a test", details={}, at=at)
    order = new_order(where, 100)
    ChannelRequest.objects.bulk_create([waiting(who.id, 100, at)])
    made: dict[str, Any] = {"id": new_id(), "created_at": at}
    RiskDecision.objects.create(**made, customer=who, business="transfer", amount_fen=1, verdict="refuse", hits=[], inputs={"listed": []})
    told: dict[str, Any] = {"type": "order.paid", "subject": order.public_id, "body": b"{}", "url": "http://127.0.0.1:1/n"}
    told |= {"origin": "http://127.0.0.1:1", "occurred_at": at, "due_at": at, "changed_at": at, "event_id": new_id()}
    MerchantNotice.objects.create(**made, **told, merchant=where.merchant, app=where.app, order=order, shard=order.shard)


def copied(table: str, rows: int) -> None:
    """So many copies of a table's latest row."""
    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    given = ", ".join("gen_random_uuid()" if name in OWN[table] else f't."{name}"' for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    first = f'(SELECT * FROM "{table}" ORDER BY id DESC LIMIT 1) AS t'
    behind_its_back(f'INSERT INTO "{table}" ({columns}) SELECT {given} FROM {first}, generate_series(1, %s)', rows)
    with connection.cursor() as cursor:
        cursor.execute(f'ANALYZE "{table}"')


@pytest.fixture
def many() -> None:
    open_day()
    one_of_each(holder(100), shop())
    for table in OWN:
        copied(table, ROWS)


def of_table(read: Counter[str], table: str) -> int:
    """With its partitions."""
    return sum(rows for name, rows in read.items() if name.startswith(table))


@pytest.mark.usefixtures("many")
def test_a_list_of_a_table_that_grows_reads_a_page_of_it() -> None:
    client = verified(staff("root", "auditor", "finance_checker", superuser=True))
    counted = rows_read(lambda: AuditRecord.objects.filter(act="tests.looked").count())
    assert of_table(counted, "core_auditrecord") > ROWS, "a list that counted would be found"
    for page, filtered in LISTS.items():
        address = reverse(f"admin:{page}_changelist")
        for query in ({}, filtered):
            client.get(address, query)
            read = rows_read(lambda at=address, asked=query: client.get(at, asked))
            assert {table: of_table(read, table) for table in OWN if of_table(read, table) > 3 * A_PAGE} == {}, (page, query)
            assert sum(read.values()) > 0
