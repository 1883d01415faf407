"""Consents, personal-data exports and closing an account."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.identity import queries as identity
from accounts.identity import services as identity_services
from accounts.identity.models import Customer, Device, DeviceSession
from accounts.ledger import books
from accounts.ledger.accounts import customer_account, platform_account
from accounts.ledger.legs import credit, debit
from accounts.ledger.services import post
from accounts.privacy import queries, services
from accounts.privacy.models import AccountClosure, Consent, ConsentDocument, DataExport
from accounts.privacy.sockets import EXPORTERS
from accounts.security.models import PaymentPin, StepUpProof
from accounts.verification import queries as verification
from accounts.verification.models import RealName, RealNameCheck
from core.business_day import services as business_day
from core.clock import queries as clock
from core.ids import new_id
from core.outbox.models import OutboxEvent
from core.outbox.services import run_pending
from payments.wallet import journals
from tests.factories import AT, NAMES, PIN, Client, api, customer, open_session, proof, unique_id_number


@pytest.mark.django_db
def test_a_consent_is_given_once_withdrawn_and_given_anew() -> None:
    client = api(customer(verified_class=None, consents=False))
    body = {"kind": "marketing", "version": 1}
    first, again = client.post("/v1/accounts/consents", body).json(), client.post("/v1/accounts/consents", body).json()
    assert first["id"] == again["id"]
    assert client.post(f"/v1/accounts/consents/{first['id']}/withdrawal").json()["withdrawn_at"] is not None
    anew = client.post("/v1/accounts/consents", body).json()
    listed = client.get("/v1/accounts/consents").json()["items"]
    assert [row["id"] for row in listed] == [anew["id"], first["id"]]
    topics = list(OutboxEvent.objects.filter(topic__startswith="consent.").order_by("id").values_list("topic", flat=True))
    assert topics == ["consent.given", "consent.withdrawn", "consent.given"]


@pytest.mark.django_db
def test_a_required_consent_and_anothers_cannot_be_withdrawn() -> None:
    somebody = customer(verified_class=None)
    client = api(somebody)
    needed = client.post("/v1/accounts/consents", {"kind": "privacy_policy", "version": 1}).json()
    refused = client.post(f"/v1/accounts/consents/{needed['id']}/withdrawal")
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_required")
    other = api(customer(verified_class=None)).post(f"/v1/accounts/consents/{needed['id']}/withdrawal")
    assert (other.status_code, other.json()["code"]) == (404, "not_found")
    assert [row.withdrawn_at for row in queries.consents(somebody.id).filter(document__kind="privacy_policy")] == [None]
    assert client.post("/v1/accounts/consents", {"kind": "privacy_policy", "version": 9}).status_code == 404


@pytest.mark.django_db
def test_the_documents_speak_the_callers_language_and_only_the_newest_version_shows() -> None:
    ConsentDocument.objects.create(
        kind="marketing", version=2, required=False, title_en="New", title_zh="新", body_en="b", body_zh="b", published_at=AT
    )
    client = api(customer(verified_class=None))
    items = client.get("/v1/accounts/consent-documents", headers={"Accept-Language": "zh-hans"}).json()["items"]
    assert [(row["kind"], row["version"], row["title"]) for row in items] == [
        ("marketing", 2, "新"),
        ("privacy_policy", 1, "隐私政策"),
        ("service_agreement", 1, "服务协议"),
    ]


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_standing_consent() -> None:
    somebody = customer(verified_class=None)
    session = open_session(somebody, at=AT).session
    row = services.give_consent(customer_id=somebody.id, session_id=session.id, kind="marketing", version=1, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(customer=somebody, document=row.document, created_at=AT)


def exported(client: Client, made: Customer) -> Any:
    token = proof(made, client.session, purpose="export_data", nonce="e")
    return client.post("/v1/accounts/exports", {"proof": token, "nonce": "e"})


@pytest.mark.django_db
def test_an_export_needs_a_step_up_made_for_it() -> None:
    somebody = customer(verified_class=None, pin=PIN)
    client = api(somebody)
    bare = client.post("/v1/accounts/exports")
    assert (bare.status_code, sorted(error["field"] for error in bare.json()["errors"])) == (422, ["nonce", "proof"])
    token = proof(somebody, client.session, purpose="close_account", nonce="e")
    refused = client.post("/v1/accounts/exports", {"proof": token, "nonce": "e"})
    assert (refused.status_code, refused.json()["code"]) == (403, "proof_mismatch")
    assert DataExport.objects.count() == 0
    assert exported(client, somebody).status_code == 201
    again = exported(client, somebody)
    assert (again.status_code, again.json()["code"]) == (409, "export_running")
    assert StepUpProof.objects.filter(purpose="export_data", used_at=None).count() == 1, "a refused request leaves its proof unused"


@pytest.mark.django_db
def test_an_archive_is_for_the_session_that_asked_and_not_for_a_frozen_customer() -> None:
    somebody = customer(verified_class=None, pin=PIN)
    here, there = api(somebody, installation="here-1234"), api(somebody, installation="there-1234")
    made = exported(here, somebody).json()
    archive = f"/v1/accounts/exports/{made['id']}/archive"
    run_pending(at=clock.now())
    assert there.get(f"/v1/accounts/exports/{made['id']}").json()["state"] == "ready"
    assert (there.get(archive).status_code, there.get(archive).json()["code"]) == (404, "not_found")
    assert here.get(archive).status_code == 200
    identity_services.freeze(customer_id=somebody.id, reason="test", at=clock.now())
    frozen = here.get(archive)
    assert (frozen.status_code, frozen.json()["code"]) == (403, "account_frozen")


@pytest.mark.django_db
def test_closing_empties_exports_ready_and_under_way() -> None:
    somebody = customer(verified_class=1, pin=PIN)
    client = api(somebody)
    exported(client, somebody)
    run_pending(at=clock.now())
    assert DataExport.objects.get().state == "ready"
    assert exported(client, somebody).status_code == 201
    assert closed(client, somebody).status_code == 201
    run_pending(at=clock.now())
    assert [(row.state, row.archive) for row in DataExport.objects.all()] == [("expired", "")] * 2
    assert OutboxEvent.objects.filter(topic="export.ready").count() == 1


@pytest.mark.django_db
def test_an_export_holds_every_rooms_data_for_its_owner_alone_and_empties_after_seven_days() -> None:
    number = unique_id_number()
    somebody = customer(verified_class=1, number=number, pin=PIN)
    client = api(somebody)
    made = exported(client, somebody).json()
    archive = f"/v1/accounts/exports/{made['id']}/archive"
    assert client.get(archive).json()["code"] == "export_not_ready"
    run_pending(at=clock.now())
    data = client.get(archive).json()
    assert set(data) == {"export", "made_at", *EXPORTERS.plugs}
    assert (data["identity"]["phone"], data["verification"]["name"], data["verification"]["id_number"]) == (
        somebody.phone,
        NAMES[0],
        f"{number[0]}{'*' * 16}{number[-1]}",
    )
    assert number not in str(data)
    assert PaymentPin.objects.get().hashed not in str(data)
    assert api(customer(verified_class=None)).get(archive).status_code == 404
    assert services.expire_exports(at=clock.now() + timedelta(days=8)) == 1
    assert (DataExport.objects.get().archive, client.get(archive).json()["code"]) == ("", "export_not_ready")


def closed(client: Client, made: Customer) -> Any:
    token = proof(made, client.session, purpose="close_account", nonce="c")
    return client.post("/v1/accounts/closure", {"proof": token, "nonce": "c", "reason": "moving"})


@pytest.mark.django_db
def test_an_account_closes_forgets_the_person_and_frees_phone_and_identity() -> None:
    number = unique_id_number()
    somebody = customer(verified_class=1, number=number, pin=PIN)
    phone = somebody.phone
    client = api(somebody)
    assert client.get("/v1/accounts/closure").json() == {"possible": True, "obstacles": []}
    assert closed(client, somebody).status_code == 201
    assert client.get("/v1/accounts/me").status_code == 401
    row = Customer.objects.get(pk=somebody.pk)
    assert (row.state, row.phone, row.phone_index, identity.by_phone(phone)) == ("closed", "", None, None)
    assert (RealName.objects.get().name, RealName.objects.get().id_number, verification.real_name(somebody.id)) == ("", "", None)
    assert [(check.name, check.id_number) for check in RealNameCheck.objects.all()] == [("", "")]
    assert PaymentPin.objects.count() == 0
    assert set(Device.objects.values_list("name", flat=True)) == {""}
    assert set(DeviceSession.objects.values_list("end", flat=True)) == {"closed"}
    again = customer(phone=phone, verified_class=1, number=number)
    assert verification.account_class(again.id) == 1


@pytest.mark.django_db
def test_money_keeps_an_account_open_and_nothing_is_lost_by_trying() -> None:
    somebody = customer(verified_class=1, pin=PIN)
    fund(somebody, 1)
    client = api(somebody)
    shown = client.get("/v1/accounts/closure").json()
    assert (shown["possible"], [row["code"] for row in shown["obstacles"]]) == (False, ["money_in_account"])
    refused = closed(client, somebody)
    assert (refused.status_code, refused.json()["code"], refused.json()["obstacles"]) == (409, "obligations_open", ["money_in_account"])
    assert client.get("/v1/accounts/me").json()["state"] == "active"
    assert AccountClosure.objects.count() == 0


@pytest.mark.django_db
def test_closing_needs_a_step_up() -> None:
    somebody = customer(verified_class=None)
    client = api(somebody)
    refused = client.post("/v1/accounts/closure", {"proof": "prf_00000000000000000000000000", "nonce": "c"})
    assert (refused.status_code, refused.json()["code"]) == (403, "proof_mismatch")
    assert client.get("/v1/accounts/me").status_code == 200


def fund(made: Customer, amount: int) -> None:
    """Money from the sandbox bank's clearing account, as a top-up books it."""
    books.install()
    business_day.open_first_day(at=clock.now())
    clearing = platform_account("clearing:channel:sandbox_bank")
    post(
        journal_id=new_id(),
        event=journals.TOP_UP,
        legs=[debit(clearing, amount), credit(customer_account(made.id), amount)],
        at=clock.now(),
        reference="test",
    )
