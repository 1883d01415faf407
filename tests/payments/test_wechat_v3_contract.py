"""The contract suite on WeChat Pay's adapter, and what is its own."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from payments.channels import rsa
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
from payments.channels.wechat_v3.adapter import STATEMENTS, WechatV3
from payments.channels.wechat_v3.client import Account
from tests.payments.channel_contract import ChannelContract, Letter, Peer, number, wall
from tests.payments.pems import private_pem
from tests.payments.wechat_pay import API_KEY, APP_ID, KEY_ID, MERCHANT, SERIAL, WechatPay, stamp_of

TERMS: dict[str, Any] = {"token": "", "amount_fen": 10_000, "currency": "CNY", "subject": "test"}


def opened(pay: WechatPay, **changes: Any) -> WechatV3:
    facts: dict[str, Any] = {
        "base_url": pay.url,
        "merchant": MERCHANT,
        "app_id": APP_ID,
        "serial": SERIAL,
        "private_key_pem": private_pem(pay.theirs),
        "api_key": API_KEY,
        "public_key_id": KEY_ID,
        "public_key_pem": public_pem(private_pem(pay.ours)),
        "notify_url": "https://banyan.example/v1/payments/notices/wechat_v3",
        "payout_scene": "1005",
        "payout_report": {"岗位类型": "推广员", "报酬说明": "佣金"},
        "patience": Patience(connect_s=1.0, total_s=5.0),
    }
    return WechatV3(Account(**facts | changes))


class WechatPeer:
    """WeChat Pay as one merchant sees it."""

    def __init__(self, pay: WechatPay) -> None:
        self.pay, self.port = pay, opened(pay)

    def elements(self) -> Elements:
        raise AssertionError("WeChat Pay signs no cards")

    def sms_code(self, mobile: str) -> str:
        raise AssertionError("WeChat Pay signs no cards")

    def cancel(self, token: str) -> None:
        raise AssertionError("WeChat Pay signs no cards")

    def finish_payout_back(self, request_no: str) -> None:
        raise AssertionError("what was accepted does not come back")

    def token(self) -> str:
        return ""

    def fault(self, name: str) -> AbstractContextManager[None]:
        return self.pay.fault(name)

    def payer_acts(self, request_no: str) -> None:
        self.pay.payer_acts(request_no)

    def letters(self, count: int) -> list[Letter]:
        assert len(self.pay.notices) >= count
        return self.pay.notices

    def forgeries(self, letter: Letter) -> list[Letter]:
        path, headers, raw = letter
        others = WechatPay(ours=self.pay.theirs)
        return [
            (path, headers, raw.replace(b"TRANSACTION.SUCCESS", b"TRANSACTION.CLOSED")),
            (path, headers | {"Wechatpay-Nonce": "other-nonce"}, raw),
            (path, headers | {"Wechatpay-Serial": SERIAL}, raw),
            (path, {name: value for name, value in headers.items() if name != "Wechatpay-Signature"}, raw),
            (path, others.signed(raw), raw),
            self.to_another_merchant(),
        ]

    def to_another_merchant(self) -> Letter:
        self.pay.notify("TRANSACTION.SUCCESS", {"mchid": "1900000999", "out_trade_no": "x", "trade_state": "CLOSED"})
        return self.pay.notices.pop()

    def stamp(self, letter: Letter) -> datetime:
        return stamp_of(letter[1])

    def next_day(self) -> date:
        return self.pay.next_day()


@pytest.fixture
def pay() -> Iterator[WechatPay]:
    peer = WechatPay()
    peer.start()
    yield peer
    peer.stop()


class TestWechatV3(ChannelContract):
    FEE_FEN = 60
    KEEPS_REFUSALS = False
    KEEPS_CLOSED_NUMBERS = False
    PAYOUTS_COME_BACK = False
    LISTS_PAYOUTS_WITH_ORDERS = False

    @pytest.fixture
    def peer(self, pay: WechatPay) -> Peer:
        return WechatPeer(pay)


def test_it_says_what_it_can_do_and_pays_out_only_with_a_transfer_scene(pay: WechatPay) -> None:
    without = opened(pay, payout_scene="", payout_report={})
    can = {Capability.PAY, Capability.CLOSE, Capability.REFUND, Capability.NOTICES, *STATEMENTS}
    assert without.capabilities == can
    assert opened(pay).capabilities == can | {Capability.PAYOUT}
    with pytest.raises(NotCapable):
        without.payout(request_no=number(), token="o", amount_fen=1, currency="CNY", remark="test")


def test_an_order_is_taken_up_by_scanning_or_handed_to_wechat_signed(pay: WechatPay) -> None:
    port, public = opened(pay), public_pem(private_pem(pay.theirs))
    scan = port.pay(request_no=number(), **TERMS)
    assert isinstance(scan, ActionRequired)
    assert (scan.code, scan.url[:25]) == ("scan", "weixin://wxpay/bizpayurl?")
    page_no = number()
    page = port.pay(request_no=page_no, **TERMS | {"token": "jsapi:oABC"})
    assert isinstance(page, ActionRequired)
    assert pay.trades[page_no]["_as"]["payer"] == {"openid": "oABC"}
    given = {name: values[0] for name, values in parse_qs(page.url).items()}
    text = f"{APP_ID}\n{given['timeStamp']}\n{given['nonceStr']}\n{given['package']}\n".encode()
    assert (page.code, given["signType"], given["package"][:10]) == ("invoke", "RSA", "prepay_id=")
    assert rsa.signed_by(public, text, given["paySign"])
    app = port.pay(request_no=number(), **TERMS | {"token": "app"})
    assert isinstance(app, ActionRequired)
    given = {name: values[0] for name, values in parse_qs(app.url).items()}
    text = f"{APP_ID}\n{given['timestamp']}\n{given['noncestr']}\n{given['prepayid']}\n".encode()
    assert (app.code, given["partnerid"], rsa.signed_by(public, text, given["sign"])) == ("invoke", MERCHANT, True)
    assert max(len(page.url), len(app.url)) <= 1024


def test_a_number_refused_as_known_is_asked_about(pay: WechatPay) -> None:
    port, request_no = opened(pay), number()
    first = port.pay(request_no=request_no, **TERMS)
    assert port.pay(request_no=request_no, **TERMS) == first
    assert port.pay(request_no=request_no, **TERMS | {"amount_fen": 1}) == Failed("OUT_TRADE_NO_USED")
    closed = port.close(request_no=request_no, operation="pay")
    assert closed == Failed("CLOSED", decided=True)
    assert port.pay(request_no=request_no, **TERMS) == closed


def test_what_is_signed_by_another_key_or_not_addressed_right_is_refused_by_the_peer(pay: WechatPay) -> None:
    stranger = opened(pay, private_key_pem=private_pem(pay.ours))
    assert stranger.pay(request_no=number(), **TERMS) == Failed("SIGN_ERROR")
    assert stranger.query(request_no=number()) == Unknown("SIGN_ERROR")


def test_a_peer_that_is_not_there_certainly_did_nothing(pay: WechatPay) -> None:
    nowhere = opened(pay, base_url="http://127.0.0.1:9")
    assert nowhere.pay(request_no=number(), **TERMS) == Failed("unreachable", retryable=True)
    assert nowhere.query(request_no=number()) == Unknown("ConnectError")
    assert nowhere.close(request_no=number(), operation="pay") == Unknown("ConnectError")


def test_a_refund_under_way_is_pending_and_one_of_an_unknown_payment_is_not_sent(pay: WechatPay) -> None:
    port, payment_no, refund_no = opened(pay), number(), number()
    terms = {"payment_request_no": payment_no, "amount_fen": 6_000, "currency": "CNY", "reason": "test"}
    assert port.refund(request_no=refund_no, **terms) == Failed("original_not_known", retryable=True)
    assert pay.refunds == {}
    port.pay(request_no=payment_no, **TERMS)
    pay.payer_acts(payment_no)
    pay.refunds_begin_as = "PROCESSING"
    taken = port.refund(request_no=refund_no, **terms)
    assert isinstance(taken, Pending)
    assert port.query_refund(request_no=refund_no, payment_request_no=payment_no) == taken
    pay.refunds[refund_no] |= {"status": "SUCCESS", "success_time": pay.now().isoformat()}
    done = port.query_refund(request_no=refund_no, payment_request_no=payment_no)
    assert isinstance(done, Success)
    assert (done.facts.amount_fen, done.facts.request_no) == (6_000, refund_no)
    pay.refunds[refund_no]["status"] = "ABNORMAL"
    assert isinstance(port.query_refund(request_no=refund_no, payment_request_no=payment_no), Pending)
    pay.refunds[refund_no]["status"] = "CLOSED"
    assert port.query_refund(request_no=refund_no, payment_request_no=payment_no) == Failed("REFUND_CLOSED", decided=True)


def test_a_transfer_waits_for_its_payee_and_can_be_taken_back_until_then(pay: WechatPay) -> None:
    port, request_no = opened(pay), number()
    waits = port.payout(request_no=request_no, token="oABC", amount_fen=500, currency="CNY", remark="test")
    assert waits == ActionRequired("confirm", "affffddafdfafddffda==")
    assert port.close(request_no=request_no, operation="payout") == Failed("CANCELLED", decided=True)
    assert port.query_payout(request_no=request_no) == Failed("CANCELLED", decided=True)
    assert port.close(request_no=number(), operation="payout") == Unknown("NOT_FOUND", seen=False)


def test_a_notice_of_a_refund_and_of_a_transfer_names_our_number(pay: WechatPay) -> None:
    port, request_no = opened(pay), number()
    port.payout(request_no=request_no, token="oABC", amount_fen=500, currency="CNY", remark="test")
    pay.payer_acts(request_no)
    amount = {"total": 10_000, "refund": 700}
    pay.notify(
        "REFUND.CLOSED", {"mchid": MERCHANT, "out_refund_no": "chr_1", "refund_status": "CLOSED", "refund_id": "5", "amount": amount}
    )
    pay.notify("SCORE.SOMETHING", {"mchid": MERCHANT})
    read = [port.parse_notice(path=path, headers=headers, raw_body=raw, wall=wall()) for path, headers, raw in pay.notices]
    assert (read[0].request_no, read[0].amount_fen, read[0].result) == (request_no, 500, port.query_payout(request_no=request_no))
    assert (read[1].request_no, read[1].amount_fen, read[1].result) == ("chr_1", 700, Failed("REFUND_CLOSED", decided=True))
    assert isinstance(read[2], OtherNotice)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"id": "1", "event_type": "TRANSACTION.SUCCESS", "resource": {}}', b"\xff"])
def test_a_signed_notice_that_cannot_be_read_is_malformed(pay: WechatPay, body: bytes) -> None:
    with pytest.raises(NoticeRefused, match="malformed"):
        opened(pay).parse_notice(path="/", headers=pay.signed(body), raw_body=body, wall=wall())


def test_a_notice_sealed_with_another_key_is_malformed(pay: WechatPay) -> None:
    pay.notify("TRANSACTION.SUCCESS", {"mchid": MERCHANT})
    path, headers, raw = pay.notices[0]
    with pytest.raises(NoticeRefused, match="malformed"):
        opened(pay, api_key="x" * 32).parse_notice(path=path, headers=headers, raw_body=raw, wall=wall())


def paid_day(pay: WechatPay) -> tuple[WechatV3, date]:
    port = opened(pay)
    for amount_fen in (1_000, 2_000):
        request_no = number()
        port.pay(request_no=request_no, **TERMS | {"amount_fen": amount_fen})
        pay.payer_acts(request_no)
    refund = {"payment_request_no": request_no, "amount_fen": 500, "currency": "CNY", "reason": "test"}
    assert isinstance(port.refund(request_no=number(), **refund), Success)
    return port, pay.next_day()


def test_a_bill_lists_payments_and_refunds_in_fen_with_its_totals(pay: WechatPay) -> None:
    port, day = paid_day(pay)
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
    assert {line.kind for line in table.lines} == {"payment", "fee", "refund"}


def test_a_bill_is_not_believed_with_another_digest_other_totals_or_another_address(pay: WechatPay) -> None:
    port, day = paid_day(pay)
    pay.sent_wrong = lambda raw: raw.replace(b"`10.00", b"`10.01")
    with pytest.raises(StatementBroken, match="digest"):
        port.fetch_statement(day=day, kind="payments", format="csv")
    pay.sent_wrong = lambda raw: raw
    written = pay.trade_bill
    pay.trade_bill = lambda day: written(day).replace(b"`10.00", b"`10.01")  # type: ignore[method-assign]
    with pytest.raises(StatementBroken, match="summary: payment_fen"):
        port.fetch_statement(day=day, kind="payments", format="csv")
    pay.trade_bill = lambda day: b"".join(written(day).splitlines(keepends=True)[:-2])  # type: ignore[method-assign]
    with pytest.raises(StatementBroken):
        port.fetch_statement(day=day, kind="payments", format="csv")
    elsewhere = opened(pay, base_url=pay.url.replace("127.0.0.1", "localhost"))
    with pytest.raises(StatementBroken, match="download_url"):
        elsewhere.fetch_statement(day=day, kind="account", format="csv")
