"""Required documents: no effect before they are agreed to, asked again for a new version after its grace, the way out always open."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.privacy.models import Consent, ConsentDocument
from accounts.security.models import PaymentPin
from accounts.verification.models import RealNameCheck
from core.clock import queries as clock
from core.idempotency.models import IdempotencyRecord
from core.ids import new_id, public_id
from tests.api.operations import Operation, operations
from tests.api.world import PREFIXES
from tests.factories import NAMES, PIN, Client, api, customer, open_session, text_proof, unique_id_number
from tests.query_counts import queries_of

pytestmark = pytest.mark.django_db
OPEN_BEFORE_CONSENT = {
    "DELETE /v1/accounts/sessions": "logging out is always free",
    "DELETE /v1/accounts/sessions/{session_id}": "logging out is always free",
    "POST /v1/accounts/consents": "the way in",
    "POST /v1/accounts/consents/{consent_id}/withdrawal": "a consent may be taken back at any time",
    "POST /v1/accounts/exports": "a person's data is theirs, agreed or not",
    "POST /v1/accounts/closure": "who does not agree may leave",
    "POST /v1/accounts/step-up/codes": "closing, exports and withdrawals need a proof",
    "POST /v1/accounts/step-up/passkey-options": "closing, exports and withdrawals need a proof",
    "POST /v1/accounts/step-up/proofs": "closing, exports and withdrawals need a proof",
    "POST /v1/accounts/pin/reset/codes": "who leaves may have forgotten the PIN a withdrawal needs",
    "POST /v1/accounts/pin/reset": "who leaves may have forgotten the PIN a withdrawal needs",
    "POST /v1/payments/wallet/withdrawals": "nobody's money is kept for a signature",
    "POST /v1/payments/wallet/transfers/{transfer_id}/decline": "an account closes only when no transfer waits",
    "POST /v1/payments/collects/{collect_id}/close": "an account closes only when no collection is open",
    "POST /v1/payments/collects/shares/{collect_share_id}/decline": "who is asked for money may say no at any time",
    "POST /v1/payments/disputes/{dispute_id}/withdraw": "an account closes only when no payment is in dispute",
    "POST /v1/payments/agreements/{agreement_id}/pause": "nothing is taken from who does not want it",
    "POST /v1/wealth/investing/{investing_id}/pause": "nothing is taken from who does not want it",
    "POST /v1/wealth/investing/{investing_id}/end": "an account closes only when no regular investment stands",
    "POST /v1/payments/agreements/{agreement_id}/cancel": "an account closes only when no agreement stands",
    "POST /v1/payments/merchants/{merchant_id}/close": "an account closes only when its merchants are closed",
    "POST /v1/payments/cards/{card_id}/unbind": "an account closes only when no card is bound",
}


def logged_in_acts() -> list[Operation]:
    """What a customer does with a login; a merchant's program signs and agrees to nothing."""
    return [one for one in operations() if one.method != "get" and not one.open and not one.signed]


def sent(client: Client, operation: Operation) -> Any:
    url = operation.url({name: public_id(PREFIXES[name], new_id()) for name in operation.path_parameters})
    return getattr(client, operation.method)(url, operation.example() if operation.takes_body else None)


def code_of(answer: Any) -> str:
    return str(answer.json()["code"]) if answer.status_code >= 400 else ""


def new_version(kind: str = "privacy_policy", *, grace: timedelta, version: int = 2) -> ConsentDocument:
    at = clock.now()
    return ConsentDocument.objects.create(
        kind=kind, version=version, required=True, title_en="t", title_zh="t", body_en="b", body_zh="b",
        published_at=at - timedelta(minutes=1), required_from=at + grace,
    )  # fmt: skip


def agree(client: Client, kind: str, version: int = 1) -> None:
    assert client.post("/v1/accounts/consents", {"kind": kind, "version": version}).status_code == 201


def test_every_act_is_refused_until_the_documents_are_agreed_to_but_for_the_ways_in_and_out() -> None:
    client = api(customer(verified_class=None, consents=False))
    acts = [one for one in logged_in_acts() if not str(one).startswith("DELETE")]
    assert len(acts) > len(OPEN_BEFORE_CONSENT)
    let_in = {str(operation) for operation in acts if code_of(sent(client, operation)) != "consents_required"}
    assert let_in == {name for name in OPEN_BEFORE_CONSENT if not name.startswith("DELETE")}
    assert (RealNameCheck.objects.count(), PaymentPin.objects.count()) == (0, 0)


def test_the_schema_says_of_each_act_whether_it_needs_consents() -> None:
    told = {str(one) for one in logged_in_acts() if "consents_required" not in str(one.spec["responses"].get("403", ""))}
    assert told == set(OPEN_BEFORE_CONSENT)


def test_a_new_customer_is_told_what_to_agree_to_and_acts_once_they_have() -> None:
    client = api(customer(verified_class=None, consents=False))
    body = {"name": NAMES[0], "id_number": unique_id_number()}
    assert client.get("/v1/accounts/me").status_code == 200
    refused = client.post("/v1/accounts/verification", body, key="first")
    assert (refused.status_code, refused.json()["code"]) == (403, "consents_required")
    assert refused.json()["documents"] == [
        {"kind": "privacy_policy", "version": 1, "title_en": "Privacy policy", "title_zh": "隐私政策"},
        {"kind": "service_agreement", "version": 1, "title_en": "Service agreement", "title_zh": "服务协议"},
    ]
    agree(client, "privacy_policy")
    refused = client.post("/v1/accounts/verification", body, key="first")
    assert [row["kind"] for row in refused.json()["documents"]] == ["service_agreement"]
    assert (RealNameCheck.objects.count(), IdempotencyRecord.objects.filter(key="first").count()) == (0, 0)
    agree(client, "service_agreement")
    assert client.post("/v1/accounts/verification", body, key="first").status_code == 201


def test_a_consent_keeps_when_and_on_which_device_it_was_given() -> None:
    somebody = customer(verified_class=None, consents=False)
    client = api(somebody)
    before = clock.now()
    agree(client, "privacy_policy")
    row = Consent.objects.get()
    assert client.session is not None
    assert (row.customer_id, row.session_id, row.document.version) == (somebody.id, client.session.id, 1)
    assert before <= row.created_at <= clock.now()


def test_a_new_version_asks_again_after_its_grace_and_agreeing_early_is_enough() -> None:
    early, late = api(customer(verified_class=None)), api(customer(verified_class=None))
    document = new_version(grace=timedelta(days=30))
    act = {"nickname": "n"}
    assert [one.patch("/v1/accounts/me", act).status_code for one in (early, late)] == [200, 200]
    agree(early, "privacy_policy", 2)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        ConsentDocument.objects.filter(pk=document.pk).update(required_from=clock.now() - timedelta(seconds=1))
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert early.patch("/v1/accounts/me", act).status_code == 200
    refused = late.patch("/v1/accounts/me", act).json()
    assert (refused["code"], [(row["kind"], row["version"]) for row in refused["documents"]]) == (
        "consents_required",
        [("privacy_policy", 2)],
    )
    agree(late, "privacy_policy", 2)
    assert late.patch("/v1/accounts/me", act).status_code == 200


def test_agreeing_to_a_version_in_its_grace_covers_the_one_in_force() -> None:
    client = api(customer(verified_class=None, consents=False))
    new_version(grace=timedelta(days=30))
    agree(client, "privacy_policy", 2)
    agree(client, "service_agreement")
    assert client.patch("/v1/accounts/me", {"nickname": "n"}).status_code == 200


def test_an_optional_document_and_its_withdrawal_ask_for_nothing() -> None:
    client = api(customer(verified_class=None))
    agree(client, "marketing")
    given = Consent.objects.get(document__kind="marketing")
    assert client.post(f"/v1/accounts/consents/{given.public_id}/withdrawal").status_code == 200
    assert client.patch("/v1/accounts/me", {"nickname": "n"}).status_code == 200


def test_who_does_not_agree_to_a_new_version_can_leave() -> None:
    somebody = customer(verified_class=1, pin=PIN)
    new_version(grace=timedelta(0))
    client = api(somebody)
    assert client.patch("/v1/accounts/me", {"nickname": "n"}).status_code == 403
    assert client.session is not None
    token = text_proof(somebody, client.session, purpose="close_account", nonce="c")
    assert client.post("/v1/accounts/closure", {"proof": token, "nonce": "c", "reason": "new terms"}).status_code == 201


def test_asking_for_consents_costs_no_query_of_its_own() -> None:
    client = api(customer(verified_class=None))
    client.get("/v1/accounts/me")
    asking = [sql for sql in queries_of(lambda: client.get("/v1/accounts/me")) if "accounts_consentdocument" in sql]
    assert len(asking) == 1
    assert "FROM accounts_devicesession session" in asking[0]


def test_the_database_itself_keeps_a_published_version_as_it_is_and_each_required_one_dated() -> None:
    document = ConsentDocument.objects.get(kind="privacy_policy")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        ConsentDocument.objects.filter(pk=document.pk).update(body_en="other")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        ConsentDocument.objects.filter(pk=document.pk).delete()
    facts = {"kind": "x", "version": 1, "title_en": "t", "title_zh": "t", "body_en": "b", "body_zh": "b", "published_at": clock.now()}
    for wrong in ({"required": True}, {"required": False, "required_from": clock.now()}):
        with pytest.raises(IntegrityError, match="accounts_consentdocument_required"), transaction.atomic():
            ConsentDocument.objects.create(**facts, **wrong)


def test_a_session_opened_anywhere_carries_the_answer_of_its_customer_alone() -> None:
    agreed, not_yet = customer(verified_class=None), customer(verified_class=None, consents=False)
    assert open_session(agreed).session.customer_id != open_session(not_yet).session.customer_id
    assert api(agreed).patch("/v1/accounts/me", {"nickname": "n"}).status_code == 200
    assert api(not_yet).patch("/v1/accounts/me", {"nickname": "n"}).status_code == 403
