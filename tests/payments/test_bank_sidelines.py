"""The sandbox bank as verifier, SMS operator and follower of our clock; and getting connected to it."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.identity.sockets import SmsNotSent
from accounts.verification.sockets import VerifyResult
from core.ids import new_id
from payments.channels.models import Channel, ChannelCredential
from payments.channels.sandbox_bank.connect import connect
from payments.channels.sandbox_bank.control import ControlRefused
from payments.channels.sandbox_bank.sidelines import BankClock, BankSms, BankVerifier
from tests.payments.world import AT, WORKS, bind, payer, set_clock
from tests.sandbox_bank import SandboxBank


def ask(name: str, id_number: str, mobile: str = "") -> VerifyResult:
    return BankVerifier().verify(name=name, id_number=id_number, mobile=mobile, request_no=f"VR{new_id().hex}")


def test_the_verifier_tells_what_the_authority_says(connected: SandboxBank) -> None:
    assert ask("林小满", "110000199003070028", "+8619900000001") == VerifyResult.MATCH
    assert ask("林小", "110000199003070028") == VerifyResult.MISMATCH
    assert ask("赵不符", "110000198808080552") == VerifyResult.MISMATCH
    assert ask("钱查无", "110000197901010669") == VerifyResult.NOT_FOUND
    assert ask("孙无应", "110000199109090772") == VerifyResult.UNAVAILABLE
    assert ask("林小满", "110000199003070020") == VerifyResult.NOT_FOUND
    connected.fault("timeout_after_effect", operations=["verify"], params={"hold_ms": 5})
    assert ask("林小满", "110000199003070028") == VerifyResult.UNKNOWN


def test_a_message_arrives_once_for_its_number_and_a_refused_one_is_told(connected: SandboxBank) -> None:
    sms, number = BankSms(), f"SM{new_id().hex}"
    for _ in range(2):
        sms.send(mobile="+8619900000009", text=f"[Banyan] {number}", request_no=number)
    assert [row["text"] for row in connected.messages("19900000009")].count(f"[Banyan] {number}") == 1
    with pytest.raises(SmsNotSent):
        sms.send(mobile="12", text="x", request_no=f"SM{new_id().hex}")
    connected.fault("timeout_before_effect", operations=["sms"], params={"hold_ms": 5})
    sms.send(mobile="+8619900000009", text="lost", request_no=f"SM{new_id().hex}")


@pytest.mark.django_db
def test_without_a_bank_nothing_is_sent_and_nobody_looked() -> None:
    assert ask("林小满", "110000199003070028") == VerifyResult.UNAVAILABLE
    with pytest.raises(SmsNotSent):
        BankSms().send(mobile="+8619900000009", text="x", request_no="SM1")


def test_connecting_twice_changes_nothing_and_sets_the_banks_clock_to_ours(connected: SandboxBank) -> None:
    merchant = ChannelCredential.objects.get(retired_at=None).merchant
    ahead = int(connected.clock()["offset_seconds"]) + 86_400
    set_clock(ahead)
    first = ChannelCredential.objects.get()
    assert connect(merchant=merchant, notify_url="", at=AT) == first
    assert connected.clock()["offset_seconds"] == ahead
    assert Channel.objects.get(code="sandbox_bank").enabled is True
    BankClock().follow(offset_seconds=ahead + 60)
    assert connected.clock()["offset_seconds"] == ahead + 60


def test_the_command_connects_and_says_when_it_cannot(connected: SandboxBank, settings: Any) -> None:
    out = StringIO()
    call_command("sandbox_connect", merchant="banyan-command", stdout=out)
    assert "merchant banyan-command, bank key " in out.getvalue()
    assert ChannelCredential.objects.get(retired_at=None).merchant == "banyan-command"
    settings.SANDBOX_BANK_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="did not register us"):
        call_command("sandbox_connect", wait=0.0)
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="development only"):
        call_command("sandbox_connect")
    settings.PRODUCTION = False


@pytest.mark.django_db
def test_the_control_plane_that_is_not_there_refuses(settings: Any) -> None:
    settings.SANDBOX_BANK_URL = "http://127.0.0.1:9"
    with pytest.raises(ControlRefused):
        BankClock().follow(offset_seconds=0)


def test_no_card_number_code_or_token_lies_open_in_the_database(connected: SandboxBank) -> None:
    who = payer(connected)
    card = bind(connected, who, WORKS)
    clear = [WORKS, card.token, who.mobile, who.id_number, who.name]
    secrets = clear + [secret.encode().hex() for secret in clear]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                assert not [secret for secret in secrets if secret in row], table
