"""The contract suite on Alipay's adapter, and what is its own."""

import io
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.ids import public_id
from payments.channels.alipay import signing
from payments.channels.alipay.adapter import CODES_ARE_DEAD, STATEMENTS, Alipay
from payments.channels.alipay.client import Account
from payments.channels.port import (
    ActionRequired,
    Capability,
    Elements,
    Failed,
    NotCapable,
    NoticeRefused,
    OtherNotice,
    Pending,
    StatementBroken,
    Success,
    Unknown,
)
from payments.channels.sandbox_bank.signing import public_pem
from payments.channels.transport import Patience
from tests.payments.alipay_gateway import APP_ID, APP_SERIAL, MERCHANT, ROOT_SERIAL, SERIAL, AlipayGateway, changed, stamp_of
from tests.payments.channel_contract import ChannelContract, Letter, Peer, number, wall
from tests.payments.pems import private_pem

TERMS: dict[str, Any] = {"token": "", "amount_fen": 10_000, "currency": "CNY", "subject": "test"}
PAYEE = "2088102169481999"


def opened(gateway: AlipayGateway, **changes: Any) -> Alipay:
    facts: dict[str, Any] = {
        "gateway_url": gateway.url,
        "bill_url": gateway.origin,
        "merchant": MERCHANT,
        "app_id": APP_ID,
        "private_key_pem": private_pem(gateway.theirs),
        "public_key_pem": public_pem(private_pem(gateway.ours)),
        "app_serial": APP_SERIAL if gateway.with_certificates else "",
        "root_serial": ROOT_SERIAL if gateway.with_certificates else "",
        "public_serial": SERIAL if gateway.with_certificates else "",
        "notify_url": "https://banyan.example/v1/payments/notices/alipay",
        "patience": Patience(connect_s=1.0, total_s=5.0),
    }
    return Alipay(Account(**facts | changes))


class AlipayPeer:
    """Alipay as one application sees it."""

    def __init__(self, gateway: AlipayGateway) -> None:
        self.gateway, self.port = gateway, opened(gateway)

    def elements(self) -> Elements:
        raise AssertionError("Alipay signs no cards")

    def sms_code(self, mobile: str) -> str:
        raise AssertionError("Alipay signs no cards")

    def cancel(self, token: str) -> None:
        raise AssertionError("Alipay signs no cards")

    def token(self) -> str:
        return ""

    def fault(self, name: str) -> AbstractContextManager[None]:
        return self.gateway.fault(name)

    def payer_acts(self, request_no: str) -> None:
        self.gateway.payer_acts(request_no)

    def finish_payout_back(self, request_no: str) -> None:
        self.gateway.give_back(request_no)

    def letters(self, count: int) -> list[Letter]:
        assert len(self.gateway.notices) >= count
        return self.gateway.notices

    def forgeries(self, letter: Letter) -> list[Letter]:
        path, headers, raw = letter
        told = {"out_trade_no": "x", "trade_status": "TRADE_CLOSED", "total_amount": "1.00", "trade_no": "1"}
        self.gateway.notify("trade_status_sync", told, seller_id="2088000000000000")
        self.gateway.notify("trade_status_sync", told, app_id="2021000000000000")
        others = AlipayGateway(ours=self.gateway.theirs)
        others.notify("trade_status_sync", told)
        signed = [self.gateway.notices.pop(), self.gateway.notices.pop(), others.notices.pop()]
        unsigned = [changed(raw, total_amount="100.01"), changed(raw, sign=""), changed(raw, sign_type="RSA"), changed(raw, extra="1")]
        return [*signed, *((path, headers, body) for body in unsigned)]

    def stamp(self, letter: Letter) -> datetime:
        return stamp_of(letter[2])

    def next_day(self) -> date:
        return self.gateway.next_day()


@pytest.fixture
def gateway() -> Iterator[AlipayGateway]:
    peer = AlipayGateway()
    peer.start()
    yield peer
    peer.stop()


class TestAlipay(ChannelContract):
    FEE_FEN = 60
    KEEPS_REFUSALS = False
    KEEPS_CLOSED_NUMBERS = False
    KNOWS_FROM_PLACING = False
    CLOSES_AT_ONCE = False
    LISTS_PAYOUTS_WITH_ORDERS = False

    @pytest.fixture
    def peer(self, gateway: AlipayGateway) -> Peer:
        return AlipayPeer(gateway)


def test_it_says_what_it_can_do_and_pays_out_only_in_certificate_mode(gateway: AlipayGateway) -> None:
    can = {Capability.PAY, Capability.CLOSE, Capability.REFUND, Capability.NOTICES, *STATEMENTS}
    assert opened(gateway).capabilities == can | {Capability.PAYOUT}
    gateway.with_certificates = False
    port = opened(gateway)
    assert port.capabilities == can
    with pytest.raises(NotCapable):
        port.payout(request_no=number(), token=PAYEE, amount_fen=1, currency="CNY", remark="test")
    assert isinstance(port.pay(request_no=number(), **TERMS), ActionRequired)


def test_an_answer_signed_under_another_certificate_is_not_believed(gateway: AlipayGateway) -> None:
    assert opened(gateway, public_serial="e" * 32).query(request_no=number()) == Unknown("answer_forged")


def test_an_order_is_scanned_or_taken_up_in_a_mini_program(gateway: AlipayGateway) -> None:
    port, scanned, taken = opened(gateway), number(), number()
    scan = port.pay(request_no=scanned, **TERMS)
    assert isinstance(scan, ActionRequired)
    assert (scan.code, scan.url[:22]) == ("scan", "https://qr.alipay.com/")
    assert gateway.placed[scanned]["total_amount"] == "100.00"
    invoke = port.pay(request_no=taken, **TERMS | {"token": f"user:{PAYEE}"})
    assert invoke == ActionRequired("invoke", f"tradeNO={gateway.trades[taken]['trade_no']}")
    assert gateway.placed[taken]["buyer_id"] == PAYEE
    other = number()
    port.pay(request_no=other, **TERMS | {"token": "openid:oABC"})
    assert gateway.placed[other]["buyer_open_id"] == "oABC"


def test_a_code_that_was_given_out_ends_when_it_is_too_old_and_an_order_taken_up_at_once(gateway: AlipayGateway) -> None:
    port = opened(gateway)
    made = wall() - CODES_ARE_DEAD - timedelta(seconds=1)
    old = public_id("chr", uuid.UUID(int=(int(made.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | 5))
    port.pay(request_no=old, **TERMS)
    assert port.close(request_no=old, operation="pay") == Failed("ACQ.TRADE_NOT_EXIST", decided=True)
    young = number()
    port.pay(request_no=young, **TERMS)
    assert port.close(request_no=young, operation="pay") == ActionRequired("scan")
    gateway.scan(young)
    assert port.close(request_no=young, operation="pay") == Failed("TRADE_CLOSED", decided=True)
    assert port.pay(request_no=young, **TERMS) == Failed("TRADE_CLOSED", decided=True)


def test_a_payment_given_back_whole_was_paid_all_the_same(gateway: AlipayGateway) -> None:
    port, payment_no, refund_no = opened(gateway), number(), number()
    port.pay(request_no=payment_no, **TERMS)
    gateway.payer_acts(payment_no)
    paid = port.query(request_no=payment_no)
    done = port.refund(request_no=refund_no, payment_request_no=payment_no, amount_fen=10_000, currency="CNY", reason="test")
    assert isinstance(done, Success)
    assert gateway.trades[payment_no]["trade_status"] == "TRADE_CLOSED"
    assert port.query(request_no=payment_no) == paid
    assert port.close(request_no=payment_no, operation="pay") == paid


def test_a_refund_that_was_taken_in_and_is_not_seen_yet_is_pending(gateway: AlipayGateway) -> None:
    port, payment_no, refund_no = opened(gateway), number(), number()
    port.pay(request_no=payment_no, **TERMS)
    gateway.payer_acts(payment_no)
    gateway.trade_fastpay_refund_query = lambda content: {}  # type: ignore[method-assign]
    terms = {"payment_request_no": payment_no, "amount_fen": 6_000, "currency": "CNY", "reason": "test"}
    assert port.refund(request_no=refund_no, **terms) == Pending()
    assert port.query_refund(request_no=refund_no, payment_request_no=payment_no) == Unknown("REFUND_NOT_SEEN", seen=False)


def test_a_transfer_under_way_is_pending_and_one_that_failed_says_why(gateway: AlipayGateway) -> None:
    port, request_no = opened(gateway), number()
    gateway.transfers_end_as = "DEALING"
    terms = {"amount_fen": 500, "currency": "CNY", "remark": "test"}
    assert isinstance(port.payout(request_no=request_no, token=PAYEE, **terms), Pending)
    assert gateway.transfers[request_no]["_payee"] == {"identity": PAYEE, "identity_type": "ALIPAY_USER_ID"}
    gateway.transfers[request_no] |= {"status": "FAIL", "error_code": "PAYEE_ACCOUNT_STATUS_ERROR"}
    assert port.close(request_no=request_no, operation="payout") == Failed("PAYEE_ACCOUNT_STATUS_ERROR", decided=True)
    assert port.payout(request_no=request_no, token="oABC", **terms) == Failed("PAYMENT_INFO_INCONSISTENCY")


def test_an_answer_about_another_number_is_not_believed(gateway: AlipayGateway) -> None:
    port, request_no, other = opened(gateway), number(), number()
    port.pay(request_no=request_no, **TERMS)
    gateway.payer_acts(request_no)
    gateway.trades[other] = gateway.trades[request_no]
    assert port.query(request_no=other) == Unknown("answer_disagrees")


def test_what_is_signed_by_another_key_is_refused_by_the_peer(gateway: AlipayGateway) -> None:
    stranger = opened(gateway, private_key_pem=private_pem(gateway.ours))
    assert stranger.pay(request_no=number(), **TERMS) == Failed("isv.invalid-signature")
    assert stranger.query(request_no=number()) == Unknown("isv.invalid-signature")


def test_a_peer_that_is_not_there_certainly_did_nothing(gateway: AlipayGateway) -> None:
    nowhere = opened(gateway, gateway_url="http://127.0.0.1:9/gateway.do")
    assert nowhere.pay(request_no=number(), **TERMS) == Failed("unreachable", retryable=True)
    assert nowhere.close(request_no=number(), operation="pay") == Unknown("ConnectError")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a_response":{"x":"}\\"{","y":[1]},"sign":"s"}', {"a_response": '{"x":"}\\"{","y":[1]}', "sign": '"s"'}),
        (' { "sign" : "s" , "a_response" : { "k": 1 } } ', {"sign": '"s"', "a_response": '{ "k": 1 }'}),
    ],
)
def test_the_node_of_an_answer_is_taken_as_it_is_written(text: str, found: dict[str, str]) -> None:
    assert signing.nodes(text) == found


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a":1', '{"a":1,}', '{"a":1}{"b":2}', '{"a":1,"a":2}', "{a:1}", '{"a" 1}', '{"a":}'])
def test_an_answer_that_is_not_one_object_or_says_a_thing_twice_is_unreadable(text: str) -> None:
    with pytest.raises(signing.Unreadable):
        signing.nodes(text)


@pytest.mark.parametrize("raw", [b"no form", b"\xff=1", b"notify_id=1&notify_id=2", b"&".join(b"a%d=1" % place for place in range(101))])
def test_a_notice_that_is_no_form_or_says_a_thing_twice_is_malformed(gateway: AlipayGateway, raw: bytes) -> None:
    with pytest.raises(NoticeRefused, match="malformed"):
        opened(gateway).parse_notice(path="/", headers={}, raw_body=raw, wall=wall())


def test_a_signed_notice_that_lacks_what_it_should_tell_is_malformed_and_another_kind_of_no_use(gateway: AlipayGateway) -> None:
    port = opened(gateway)
    gateway.notify("trade_status_sync", {"trade_status": "TRADE_SUCCESS"})
    gateway.notify("something_else", {})
    malformed, other = (raw for _, _, raw in gateway.notices)
    with pytest.raises(NoticeRefused, match="malformed"):
        port.parse_notice(path="/", headers={}, raw_body=malformed, wall=wall())
    read = port.parse_notice(path="/", headers={}, raw_body=other, wall=wall())
    assert isinstance(read, OtherNotice)
    assert len(read.event_id) == 64


def paid_day(gateway: AlipayGateway) -> tuple[Alipay, date]:
    port = opened(gateway)
    for amount_fen in (1_000, 2_000):
        request_no = number()
        port.pay(request_no=request_no, **TERMS | {"amount_fen": amount_fen})
        gateway.payer_acts(request_no)
    refund = {"payment_request_no": request_no, "amount_fen": 500, "currency": "CNY", "reason": "test"}
    assert isinstance(port.refund(request_no=number(), **refund), Success)
    return port, gateway.next_day()


def test_a_bill_lists_payments_and_refunds_in_fen_with_its_totals(gateway: AlipayGateway) -> None:
    port, day = paid_day(gateway)
    orders = port.fetch_statement(day=day, kind="payments", format="csv")
    assert [(line.kind, line.amount_fen, line.fee_fen, line.direction) for line in orders.lines] == [
        ("payment", 1_000, 6, "credit"),
        ("payment", 2_000, 12, "credit"),
        ("refund", 500, -3, "debit"),
    ]
    assert orders.lines[2].original_request_no == orders.lines[1].request_no
    assert orders.summary["net_fen"] == 1_000 + 2_000 - 500 - 18 + 3
    table = port.fetch_statement(day=day, kind="account", format="csv")
    assert (table.summary["opening_fen"], table.summary["closing_fen"]) == (0, orders.summary["net_fen"])
    assert [line.kind for line in table.lines] == ["payment", "fee", "payment", "fee", "refund", "fee"]


@pytest.mark.parametrize(
    ("kind", "was", "becomes", "why"),
    [
        ("payments", ",10.00,10.00,", ",10.00,10.01,", "summary"),
        ("payments", "#交易合计", "#无", "summary: missing"),
        ("payments", ",10.00,10.00,", ",10.00,10.001,", "商家实收"),
        ("payments", "完成时间", "何时", "columns"),
        ("account", ",29.94,", ",29.95,", "balance"),
        ("account", "收入合计\uff1a3", "收入合计\uff1a4", "summary"),
    ],
)
def test_a_bill_is_not_believed_with_other_totals_fields_or_columns(
    gateway: AlipayGateway, kind: str, was: str, becomes: str, why: str
) -> None:
    port, day = paid_day(gateway)
    gateway.rewritten = lambda text: text.replace(was, becomes, 1)
    with pytest.raises(StatementBroken, match=why):
        port.fetch_statement(day=day, kind=kind, format="csv")


def test_a_bill_from_elsewhere_or_that_is_no_archive_is_not_believed(gateway: AlipayGateway) -> None:
    port, day = paid_day(gateway)
    with pytest.raises(StatementBroken, match="bill_download_url"):
        opened(gateway, bill_url="http://127.0.0.1:9").fetch_statement(day=day, kind="account", format="csv")
    gateway.data_dataservice_bill_downloadurl_query = lambda content: {  # type: ignore[method-assign]
        "bill_download_url": f"{gateway.origin}/x?file=broken"
    }
    for broken in (b"PK no archive", damaged_archive()):
        gateway.files["broken"] = broken
        with pytest.raises(StatementBroken, match="archive"):
            port.fetch_statement(day=day, kind="account", format="csv")


def damaged_archive() -> bytes:
    """An archive whose list of files is whole and whose packed bytes are not."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("details.csv", "x" * 5000)
    whole = bytearray(packed.getvalue())
    begins = 30 + len("details.csv")
    whole[begins : begins + 8] = b"\xff" * 8
    return bytes(whole)
