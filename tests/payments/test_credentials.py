"""Connecting a channel takes two people; the secrets are seen by neither again, and what is wrong is refused where it is typed."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from core.approvals.models import Approval
from core.approvals.services import ApprovalNeeded
from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.errors import Invalid
from core.outbox.models import OutboxEvent
from core.outbox.registry import HANDLERS, Event
from payments.channels import credentials
from payments.channels.alipay.credentials import AlipayCredentials
from payments.channels.models import Channel, ChannelCredential, CredentialEntry
from payments.channels.sandbox_bank.signing import public_pem
from payments.channels.typed import Typed
from payments.channels.wechat_v3.credentials import WechatV3Credentials
from tests.desk.people import staff, verified
from tests.payments.pems import private_pem
from tests.payments.wechat_pay import API_KEY, APP_ID, KEY_ID, MERCHANT, SERIAL, key

OURS, THEIRS = private_pem(key("the merchant's")), public_pem(private_pem(key("the peer's")))
WECHAT = Typed(
    merchant=MERCHANT,
    app_id=APP_ID,
    private_key_pem=OURS,
    own_key_id=SERIAL,
    bank_public_key_pem=THEIRS,
    bank_key_id=KEY_ID,
    api_key=API_KEY,
    payout_scene="1005",
    payout_report={"岗位类型": "推广员"},
)
FORM: dict[str, Any] = {name: getattr(WECHAT, name) for name in Typed.__dataclass_fields__ if name != "payout_report"} | {
    "payout_report": "岗位类型=推广员",
    "reason": "contract of 1 March, safe 2",
}


def address(code: str = "wechat_v3") -> str:
    return reverse("admin:payments_channel_connect", args=[Channel.objects.get(code=code).pk])


def maker() -> Any:
    return verified(staff("mia", "finance_maker"))


def decide(verb: str, **fields: str) -> Approval:
    approval = Approval.objects.latest("created_at")
    verified(staff("cara", "finance_checker")).post(reverse(f"admin:core_approval_{verb}", args=[approval.pk]), fields)
    approval.refresh_from_db()
    return approval


def deliver(topic: str) -> None:
    event = OutboxEvent.objects.get(topic=topic)
    given = Event(id=event.id, topic=topic, key="", payload=event.payload, occurred_at=clock.now())
    HANDLERS[topic]["payments.channels.drop_entry"](given)


@pytest.mark.django_db
def test_a_credential_typed_by_one_is_live_when_another_approves_and_the_channel_stays_off() -> None:
    assert maker().post(address(), FORM).status_code == 302
    assert not ChannelCredential.objects.exists()
    approval = decide("approve", read="on")
    assert (approval.state, approval.decision) == ("applied", f"wechat_v3 is connected as {MERCHANT}")
    made = ChannelCredential.objects.get(retired_at=None)
    assert (made.merchant, made.app_id, made.own_key_id, made.bank_key_id, made.payout_scene) == (MERCHANT, APP_ID, SERIAL, KEY_ID, "1005")
    assert (made.private_key_pem, made.api_key, made.payout_report) == (OURS, API_KEY, {"岗位类型": "推广员"})
    assert Channel.objects.get(code="wechat_v3").enabled is False
    entry = CredentialEntry.objects.get()
    assert (entry.state, entry.private_key_pem, entry.api_key) == ("used", "", None)


@pytest.mark.django_db
def test_neither_the_proposal_nor_the_audit_log_nor_the_database_shows_a_secret() -> None:
    maker().post(address(), FORM)
    approval = Approval.objects.get()
    shown = verified(staff("cara", "finance_checker")).get(reverse("admin:core_approval_approve", args=[approval.pk])).content.decode()
    secret = OURS.splitlines()[3]
    written = [shown, str(approval.payload), *(str(record.details) for record in AuditRecord.objects.all())]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM payments_credentialentry e")
        written.append(cursor.fetchone()[0])
    assert not any(API_KEY in text or secret in text for text in written)
    assert MERCHANT in shown


@pytest.mark.django_db
def test_a_form_that_is_refused_does_not_send_the_secrets_back() -> None:
    refused = maker().post(address(), FORM | {"app_id": "x" * 65}).content.decode()
    assert MERCHANT in refused
    assert not any(secret in refused for secret in (API_KEY, OURS.splitlines()[3]))
    assert not CredentialEntry.objects.exists()


@pytest.mark.django_db
def test_a_second_credential_retires_the_first_and_only_one_waits_at_a_time() -> None:
    browser = maker()
    browser.post(address(), FORM)
    assert "wait for approval already" in browser.post(address(), FORM).content.decode()
    assert Approval.objects.count() == 1
    decide("approve", read="on")
    browser.post(address(), FORM | {"app_id": "wx2421b1c4370ec43b"})
    approval = Approval.objects.get(state="pending")
    verified(staff("carl", "finance_checker")).post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"})
    assert [row.app_id for row in ChannelCredential.objects.filter(retired_at=None)] == ["wx2421b1c4370ec43b"]
    assert ChannelCredential.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["reject", "withdraw"])
def test_what_is_not_approved_is_forgotten_and_can_be_entered_anew(end: str) -> None:
    browser = maker()
    browser.post(address(), FORM)
    approval = Approval.objects.get()
    if end == "reject":
        decide("reject", reason="another key")
    else:
        browser.post(reverse("admin:core_approval_withdraw", args=[approval.pk]), {"sure": "on"})
    deliver({"reject": "approval.rejected", "withdraw": "approval.withdrawn"}[end])
    entry = CredentialEntry.objects.get()
    assert (entry.state, entry.private_key_pem, entry.api_key) == ("dropped", "", None)
    browser.post(address(), FORM)
    assert CredentialEntry.objects.filter(state="entered").count() == 1
    assert not ChannelCredential.objects.exists()


@pytest.mark.django_db
def test_an_entry_is_connected_by_its_approval_alone_and_as_it_was_entered() -> None:
    entry = credentials.enter(channel="wechat_v3", typed=WECHAT, at=clock.now())
    with pytest.raises(ApprovalNeeded):
        credentials.connect(entry_id=entry.id, sealed=credentials.seal(entry), at=clock.now())
    credentials.drop(entry_id=entry.id, at=clock.now())
    browser = maker()
    browser.post(address(), FORM)
    CredentialEntry.objects.filter(state="entered").update(merchant="1900000999")
    assert decide("approve", read="on").state == "pending"
    assert not ChannelCredential.objects.exists()


@pytest.mark.django_db
def test_the_sandbox_bank_connects_itself() -> None:
    with pytest.raises(credentials.ConnectsItself):
        credentials.enter(channel="sandbox_bank", typed=WECHAT, at=clock.now())


@pytest.mark.django_db
def test_the_database_keeps_one_waiting_entry_and_no_secret_of_a_decided_one() -> None:
    entry = credentials.enter(channel="wechat_v3", typed=WECHAT, at=clock.now())
    with pytest.raises(IntegrityError, match="payments_entry_decided"), transaction.atomic():
        CredentialEntry.objects.filter(pk=entry.pk).update(state="dropped", decided_at=clock.now())
    with pytest.raises(IntegrityError, match="payments_entry_one_waiting"), transaction.atomic():
        CredentialEntry.objects.create(channel_id="wechat_v3", merchant="m", private_key_pem="k", created_at=clock.now())
    credentials.drop(entry_id=CredentialEntry.objects.get().id, at=clock.now())
    with pytest.raises(IntegrityError, match="payments_entry_moves"), transaction.atomic():
        CredentialEntry.objects.update(state="entered", decided_at=None)


ALIPAY = Typed(
    merchant="2088102169481075",
    app_id="2021000117652045",
    private_key_pem=OURS,
    own_key_id="a" * 32,
    root_key_id=f"{'b' * 32}_{'c' * 32}",
    bank_public_key_pem=THEIRS,
    bank_key_id="d" * 32,
)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"merchant": MERCHANT}, "merchant"),
        ({"app_id": APP_ID}, "app_id"),
        ({"private_key_pem": ""}, "private_key_pem"),
        ({"bank_public_key_pem": public_pem(OURS)}, "bank_public_key_pem"),
        ({"own_key_id": SERIAL}, "own_key_id"),
        ({"own_key_id": ""}, "own_key_id"),
        ({"root_key_id": ""}, "own_key_id"),
        ({"root_key_id": "b"}, "root_key_id"),
        ({"bank_key_id": "D"}, "bank_key_id"),
    ],
)
def test_alipay_refuses_what_cannot_be_right_and_names_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        AlipayCredentials().checked(replace(ALIPAY, **changes))
    assert refused.value.field == field


def test_alipay_is_connected_with_certificates_or_with_keys_alone() -> None:
    assert AlipayCredentials().checked(ALIPAY) == ALIPAY
    keys = replace(ALIPAY, own_key_id="", root_key_id="", bank_key_id="", api_key="of no use")
    assert AlipayCredentials().checked(keys) == replace(keys, api_key="")


ELLIPTIC = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"merchant": "banyan"}, "merchant"),
        ({"app_id": "2021000000000000"}, "app_id"),
        ({"own_key_id": "not hexadecimal"}, "own_key_id"),
        ({"private_key_pem": "not a key"}, "private_key_pem"),
        ({"private_key_pem": ELLIPTIC}, "private_key_pem"),
        ({"bank_public_key_pem": OURS}, "bank_public_key_pem"),
        ({"bank_public_key_pem": public_pem(OURS)}, "bank_public_key_pem"),
        ({"bank_key_id": "key 1"}, "bank_key_id"),
        ({"api_key": "short"}, "api_key"),
        ({"payout_scene": "1005", "payout_report": {}}, "payout_report"),
        ({"payout_scene": ""}, "payout_report"),
        ({"payout_report": {"岗位类型": "长" * 33}}, "payout_report"),
    ],
)
def test_wechat_pay_refuses_what_cannot_be_right_and_names_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        WechatV3Credentials().checked(replace(WECHAT, **changes))
    assert refused.value.field == field


def test_keys_are_taken_as_consoles_show_them() -> None:
    bare = "".join(OURS.splitlines()[1:-1])
    kept = WechatV3Credentials().checked(replace(WECHAT, private_key_pem=f" {bare}\n", own_key_id=SERIAL.lower()))
    assert (kept.private_key_pem, kept.own_key_id) == (OURS, SERIAL)
