"""The contract suite on the sandbox bank."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest

from payments.channels.port import Capability, Elements, Failed, StatementBroken, Success, Unknown
from payments.channels.sandbox_bank import signing
from payments.channels.sandbox_bank.adapter import SandboxBank as Adapter
from payments.channels.sandbox_bank.client import Account
from payments.channels.transport import Patience
from tests.payments.channel_contract import ChannelContract, Letter, Peer, number
from tests.payments.world import Postbox
from tests.sandbox_bank import SandboxBank, fresh

PATIENCE = Patience(connect_s=1.0, total_s=5.0)
FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "timeout_before": ("timeout_before_effect", {"hold_ms": 20}),
    "timeout_after": ("timeout_after_effect", {"hold_ms": 20}),
    "error_before": ("http_500_burst", {"n": 1}),
    "error_after": ("http_500_burst", {"n": 1, "after_effect": True}),
    "forged_answer": ("forged_response", {}),
    "busy": ("system_busy", {}),
    "declined": ("decline", {"code": "INSUFFICIENT_FUNDS"}),
    "pending": ("processing_then_success", {"after_ms": 0}),
}
HIT = ["payment", "payment_query", "payout", "refund"]


class BankPeer:
    """The bank as a merchant of its own sees it."""

    def __init__(self, bank: SandboxBank, box: Postbox) -> None:
        self.bank, self.box = bank, box
        self.merchant = fresh("contract")
        key = signing.new_key_pem()
        shown = bank.register(self.merchant, signing.public_pem(key), box.url)
        self.port = Adapter(Account(bank.base_url, self.merchant, key, shown["bank_public_key_pem"], PATIENCE))

    def elements(self) -> Elements:
        person = self.bank.people(1)[0]
        return Elements(person["name"], person["id_number"], person["cards"][0]["card_number"], person["mobile"])

    def sms_code(self, mobile: str) -> str:
        return self.bank.last_code(mobile)

    def token(self) -> str:
        elements = self.elements()
        started = self.port.sign_start(request_no=number(), elements=elements)
        assert isinstance(started, Success)
        code = self.sms_code(elements.mobile)
        signed = self.port.sign_confirm(request_no=number(), sign_ref=started.facts.sign_ref, sms_code=code)
        assert isinstance(signed, Success)
        return signed.facts.token

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        kind, params = FAULTS[name]
        rule = self.bank.fault(kind, operations=HIT, times=1, params=params)
        yield
        self.bank.control("DELETE", f"faults/{rule}")

    def payer_acts(self, request_no: str) -> None:
        raise AssertionError(f"{request_no}: who has signed is not asked again")

    def finish_payout_back(self, request_no: str) -> None:
        self.bank.return_payout(self.merchant, request_no)

    def letters(self, count: int) -> list[Letter]:
        self.box.wait(count)
        return self.box.letters

    def forgeries(self, letter: Letter) -> list[Letter]:
        path, headers, raw = letter
        return [
            (path, headers, raw.replace(b"10000", b"10001")),
            (path + "?x=1", headers, raw),
            (path, headers | {"Bank-Nonce": "other-nonce"}, raw),
            (path, headers | {"Bank-Merchant": "someone-else"}, raw),
        ]

    def stamp(self, letter: Letter) -> datetime:
        return datetime.fromtimestamp(int(letter[1]["Bank-Timestamp"]), UTC)

    def cancel(self, token: str) -> None:
        self.bank.control("POST", f"agreements/{token}/cancel", {})

    def next_day(self) -> date:
        return date.fromisoformat(self.bank.next_day())


@pytest.fixture
def bank_peer(sandbox_bank: SandboxBank) -> Iterator[BankPeer]:
    box = Postbox()
    box.start()
    sandbox_bank.clear_faults()
    yield BankPeer(sandbox_bank, box)
    box.stop()
    sandbox_bank.clear_faults()


class TestSandboxBank(ChannelContract):
    @pytest.fixture
    def peer(self, bank_peer: BankPeer) -> Peer:
        return bank_peer

    def test_nothing_of_the_contract_is_left_out(self, bank_peer: BankPeer) -> None:
        assert bank_peer.port.capabilities == frozenset(Capability)
        assert self.KEEPS_REFUSALS
        assert self.KEEPS_CLOSED_NUMBERS
        assert self.KNOWS_FROM_PLACING
        assert self.CLOSES_AT_ONCE
        assert self.PAYOUTS_COME_BACK
        assert self.LISTS_PAYOUTS_WITH_ORDERS


def test_a_whole_call_ends_in_time_however_slowly_the_bank_answers(bank_peer: BankPeer) -> None:
    token = bank_peer.token()
    account = bank_peer.port.account
    hasty = Adapter(Account(account.base_url, account.merchant, account.private_key_pem, account.bank_public_key_pem, Patience(0.5, 0.5)))
    began = time.monotonic()
    with bank_peer.bank.silent():
        result = hasty.pay(request_no=number(), token=token, amount_fen=100, currency="CNY", subject="test")
    assert result == Unknown("ReadTimeout")
    assert time.monotonic() - began < PATIENCE.total_s, "its own patience ended the call, and no other"


def test_a_bank_that_is_not_there_certainly_did_nothing() -> None:
    key = signing.new_key_pem()
    nowhere = Adapter(Account("http://127.0.0.1:9", "m", key, signing.public_pem(key), PATIENCE))
    result = nowhere.pay(request_no=number(), token="t", amount_fen=100, currency="CNY", subject="test")
    assert result == Failed("unreachable", retryable=True)
    assert nowhere.query(request_no=number()) == Unknown("ConnectError")


@pytest.mark.parametrize("fault", ["missing_line", "changed_line", "duplicate_line"])
def test_a_statement_whose_lines_disagree_with_its_totals_is_not_believed(bank_peer: BankPeer, fault: str) -> None:
    token = bank_peer.token()
    for amount_fen in (1_000, 2_000):
        bank_peer.port.pay(request_no=number(), token=token, amount_fen=amount_fen, currency="CNY", subject="test")
    day = bank_peer.next_day()
    bank_peer.bank.fault(fault, params={"keep_summary": True, "date": day.isoformat()})
    with pytest.raises(StatementBroken, match="summary"):
        bank_peer.port.fetch_statement(day=day, kind="payments", format="csv")


def test_a_statement_whose_digest_is_wrong_is_not_believed(bank_peer: BankPeer) -> None:
    day = bank_peer.next_day()
    bank_peer.bank.fault("bad_digest", params={"date": day.isoformat()})
    with pytest.raises(StatementBroken, match="digest"):
        bank_peer.port.fetch_statement(day=day, kind="payments", format="csv")
