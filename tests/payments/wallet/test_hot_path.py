"""The instant transfer is the platform's hot path: the statements it sends are pinned here, one by one."""

import pytest

from tests.factories import api
from tests.payments.wallet.world import holder, open_day, proven
from tests.query_counts import queries_of

pytestmark = pytest.mark.django_db
PATH = "/v1/payments/wallet/transfers"
EXPECTED = [
    ("SELECT", "accounts_devicesession", "who is calling"),
    ("INSERT", "core_idempotencyrecord", "claim the key"),
    (
        "SELECT",
        "accounts_customer accounts_pinfreelimit accounts_evidence accounts_identityclaim",
        "both parties, the amount that needs no proof, the limits",
    ),
    ("INSERT", "core_limitcounter", "one more payment without a proof, and the day's, year's and life's limits"),
    ("WITH", "payments_transfer core_outboxevent ledger_post", "the order, the news and the journal"),
    ("UPDATE", "core_idempotencyrecord", "the answer, to be repeated"),
]


def test_an_instant_transfer_sends_these_six_statements_and_no_other() -> None:
    open_day()
    ann, bob = holder(10_000), holder()
    client = api(ann)
    body = {"to": {"customer_id": bob.public_id}, "amount": 101}
    client.post(PATH, body)
    sent = queries_of(lambda: client.post(PATH, body))
    assert [
        (sql.split()[0], all(table in sql for table in tables.split())) for sql, (_, tables, _) in zip(sent, EXPECTED, strict=True)
    ] == [(verb, True) for verb, _, _ in EXPECTED]


def test_a_proof_costs_one_statement_more() -> None:
    open_day()
    ann, bob = holder(100_000, pin=True), holder()
    client = api(ann)
    body = {"to": {"customer_id": bob.public_id}, "amount": 101}
    client.post(PATH, body)
    given = proven(ann, amount_fen=102, payee=bob.public_id, session=client.session)
    sent = queries_of(lambda: client.post(PATH, body | {"amount": 102, "proof": given.token}, key=given.nonce))
    assert len(sent) == len(EXPECTED) + 1
