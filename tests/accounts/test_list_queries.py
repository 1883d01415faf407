"""Lists of what a customer has cost as many queries with many rows as with one."""

from collections.abc import Callable

import pytest

from accounts.identity.models import Customer
from accounts.privacy.models import Consent, ConsentDocument, DataExport
from accounts.security.models import Passkey
from core.clock import queries as clock
from core.ids import new_id
from payments.cards.models import Card
from tests.factories import Client, api, customer, open_session
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
FEW, MANY = 1, 12


def sessions(who: Customer, count: int) -> None:
    for number in range(count):
        open_session(who, installation=f"phone-{number}")


def consents(who: Customer, count: int) -> None:
    at = clock.now()
    for number in range(count):
        document = ConsentDocument.objects.create(
            kind=f"kind-{who.id.hex[-6:]}-{number}", version=1, required=False, title_en="A", title_zh="甲", body_en="A", body_zh="甲",
            published_at=at,
        )  # fmt: skip
        Consent.objects.create(customer=who, document=document, created_at=at)


def exports(who: Customer, count: int) -> None:
    at = clock.now()
    for _ in range(count):
        made = DataExport.objects.create(customer=who, archive="", created_at=at, changed_at=at, expires_at=at)
        for state in ("ready", "expired"):
            DataExport.objects.filter(pk=made.pk).update(state=state)


def passkeys(who: Customer, count: int) -> None:
    for number in range(count):
        Passkey.objects.create(
            customer=who, credential_id=bytes([number]), public_key=b"key", sign_count=0, backed_up=False, created_at=clock.now()
        )


def cards(who: Customer, count: int) -> None:
    at = clock.now()
    for number in range(count):
        Card.objects.create(
            customer=who, channel_id="sandbox_bank", token=f"t{number}", token_index=new_id().bytes * 2, fingerprint=new_id().bytes * 2,
            bank_id="ICBC", kind="debit", bin="622202", last4="0001", position=number, created_at=at, changed_at=at,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "add"),
    [
        ("/v1/accounts/sessions", sessions),
        ("/v1/accounts/consents", consents),
        ("/v1/accounts/exports", exports),
        ("/v1/accounts/passkeys", passkeys),
        ("/v1/payments/cards", cards),
    ],
)
def test_a_list_costs_as_many_queries_however_long_it_is(address: str, add: Callable[[Customer, int], None]) -> None:
    clients: list[Client] = []
    for count in (FEW, MANY):
        who = customer(verified_class=None)
        add(who, count)
        clients.append(api(who))

    def listed(client: Client) -> int:
        answer = client.get(address)
        assert answer.status_code == 200
        return len(answer.json()["items"])

    few, many = clients
    assert listed(many) - listed(few) == MANY - FEW
    assert_queries_do_not_grow(listed, few, many)
