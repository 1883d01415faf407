"""Alipay's OpenAPI as a channel (docs/channels.md): orders the payer scans or takes up in Alipay, refunds, transfers to accounts, bills."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from core.clock import queries as clock
from payments.channels.addresses import notice_url
from payments.channels.alipay import answers, bills, notices
from payments.channels.alipay.client import Account, download, exchange
from payments.channels.cardless import Cardless
from payments.channels.empty_days import nothing
from payments.channels.models import ChannelCredential
from payments.channels.numbers import made_at
from payments.channels.port import (
    ActionRequired,
    Capability,
    ChannelUnreachable,
    Failed,
    NotCapable,
    Notice,
    OrderResult,
    Pending,
    Receipt,
    StatementFile,
    Success,
    Unknown,
    about,
)
from payments.channels.schedule import RESEND_WITHIN
from payments.channels.services import ChannelNotConnected
from payments.channels.transport import NoAnswer, NotDelivered, Patience

BILLS = {"payments": "trade", "account": "signcustomer"}
TAKEN = frozenset({"ACQ.TRADE_HAS_SUCCESS", "ACQ.TRADE_HAS_CLOSE", "ACQ.TRADE_HAS_FINISHED", "ACQ.CONTEXT_INCONSISTENT"})
"""Codes by which an order is refused whose number is known already: what became of it is asked."""
USER, OPEN_ID = "user:", "openid:"
USER_ID = r"2088\d{12}"
SAID_OTHERWISE = str.maketrans("/=&", "   ")
"""Signs that Alipay does not take in the words of an order."""
TRANSFER = {"product_code": "TRANS_ACCOUNT_NO_PWD", "biz_scene": "DIRECT_TRANSFER"}
CODE_LIVES = timedelta(minutes=15)
CODES_ARE_DEAD = CODE_LIVES + RESEND_WITHIN + timedelta(minutes=5)
"""How old a number is when no code made for it, at first or when it was sent again, can be taken up any more."""
STATEMENTS = frozenset({Capability.STATEMENT_CSV, Capability.STATEMENT_ACCOUNT})
WITHOUT_CARDS = STATEMENTS | {Capability.PAY, Capability.CLOSE, Capability.REFUND, Capability.NOTICES}


class Alipay(Cardless):
    """The port, opened with one application's keys. `token` says how the payer takes an order up: empty = whoever scans the code,
    `user:<2088...>` or `openid:<...>` = that buyer, in a mini program; of a payout it is the payee's user id or open id."""

    receipt = Receipt("text/plain", b"success")

    def __init__(self, account: Account) -> None:
        self.account = account
        self.capabilities = WITHOUT_CARDS | ({Capability.PAYOUT} if account.app_serial else frozenset())

    def pay(self, *, request_no: str, token: str, amount_fen: int, currency: str, subject: str) -> OrderResult:
        minutes = f"{CODE_LIVES // timedelta(minutes=1)}m"
        content: dict[str, Any] = {
            "out_trade_no": request_no,
            "total_amount": answers.yuan(amount_fen),
            "subject": subject.translate(SAID_OTHERWISE),
        }
        if token:
            method, buyer = "alipay.trade.create", "buyer_id" if token.startswith(USER) else "buyer_open_id"
            content |= {buyer: token.partition(":")[2], "product_code": "JSAPI_PAY", "op_app_id": self.account.app_id}
        else:
            method = "alipay.trade.precreate"
            content["qr_code_timeout_express"] = minutes
        content["timeout_express"] = minutes
        result = answers.acted(partial(exchange, self.account, method, content, notified=True), partial(self.to_take_up, request_no, token))
        if isinstance(result, Failed) and result.code in TAKEN:
            return self.taken(request_no, amount_fen, otherwise=result)
        return result

    def to_take_up(self, request_no: str, token: str, found: dict[str, Any]) -> OrderResult:
        if found.get("out_trade_no") != request_no:
            return Unknown("answer_disagrees")
        if token:
            return ActionRequired(answers.INVOKE, urlencode({"tradeNO": answers.text(found, "trade_no")}))
        return ActionRequired(answers.SCAN, answers.text(found, "qr_code"))

    def taken(self, request_no: str, amount_fen: int, *, otherwise: Failed) -> OrderResult:
        """What became of a number that is refused as known: its end, if it has one and is ours; else the refusal."""
        known = self.query(request_no=request_no)
        if isinstance(known, Success) and known.facts.amount_fen == amount_fen:
            return known
        if isinstance(known, Failed):
            return known
        return Unknown(otherwise.code) if isinstance(known, Unknown) and known.seen else otherwise

    def query(self, *, request_no: str) -> OrderResult:
        """A scanned order is known from when its payer scans it."""
        ask = partial(exchange, self.account, "alipay.trade.query", {"out_trade_no": request_no})
        return about(request_no, answers.asked(ask, answers.trade))

    def close(self, *, request_no: str, operation: str) -> OrderResult:
        """An order nobody took up cannot be closed, and its code can be scanned until it is too old. What closing answers is not
        believed: what became of the order is asked."""
        if operation == "payout":
            return self.query_payout(request_no=request_no)
        try:
            found = exchange(self.account, "alipay.trade.close", {"out_trade_no": request_no})
        except (NotDelivered, NoAnswer) as problem:
            return Unknown(problem.reason)
        result = self.query(request_no=request_no)
        if isinstance(result, Unknown) and not result.seen:
            return Failed(result.code, decided=True) if too_old(request_no, clock.wall()) else ActionRequired(answers.SCAN)
        return Unknown(answers.code_of(found)) if isinstance(result, ActionRequired) else result

    def refund(self, *, request_no: str, payment_request_no: str, amount_fen: int, currency: str, reason: str) -> OrderResult:
        """The answer tells what was given back of the payment in all, so this refund is asked for."""
        content = {
            "out_trade_no": payment_request_no,
            "out_request_no": request_no,
            "refund_amount": answers.yuan(amount_fen),
            "refund_reason": reason,
        }
        result = answers.acted(partial(exchange, self.account, "alipay.trade.refund", content), lambda _found: Pending())
        if not isinstance(result, Pending):
            return result
        known = self.query_refund(request_no=request_no, payment_request_no=payment_request_no)
        return known if isinstance(known, Success) else result

    def query_refund(self, *, request_no: str, payment_request_no: str) -> OrderResult:
        content = {"out_trade_no": payment_request_no, "out_request_no": request_no, "query_options": ["gmt_refund_pay"]}
        ask = partial(exchange, self.account, "alipay.trade.fastpay.refund.query", content)
        return about(request_no, answers.asked(ask, answers.refund))

    def payout(self, *, request_no: str, token: str, amount_fen: int, currency: str, remark: str) -> OrderResult:
        """The answer does not name the amount, so what became of it is asked."""
        self.require(Capability.PAYOUT)
        kind = "ALIPAY_USER_ID" if re.fullmatch(USER_ID, token) else "ALIPAY_OPEN_ID"
        content = TRANSFER | {
            "out_biz_no": request_no,
            "trans_amount": answers.yuan(amount_fen),
            "order_title": remark,
            "payee_info": {"identity": token, "identity_type": kind},
            "remark": remark,
        }
        result = answers.acted(partial(exchange, self.account, "alipay.fund.trans.uni.transfer", content), lambda _found: Pending())
        if not isinstance(result, Pending):
            return result
        known = self.query_payout(request_no=request_no)
        return known if isinstance(known, (Success, Failed)) else result

    def query_payout(self, *, request_no: str) -> OrderResult:
        content = TRANSFER | {"out_biz_no": request_no}
        ask = partial(exchange, self.account, "alipay.fund.trans.common.query", content)
        return about(request_no, answers.asked(ask, answers.transfer))

    def fetch_statement(self, *, day: date, kind: str, format: str) -> StatementFile:
        """The bill's address is in a signed answer; the bill comes without a signature, from where ALIPAY_BILL_URL says bills lie."""
        if format != "csv":
            raise NotCapable(format)
        content = {"bill_type": BILLS[kind], "bill_date": day.isoformat()}
        try:
            told = exchange(self.account, "alipay.data.dataservice.bill.downloadurl.query", content)
            path = bills.path(told, self.account.bill_url)
            if path is None:
                return nothing(day=day, kind=kind, wall=clock.wall())
            answer = download(self.account, path)
        except (NotDelivered, NoAnswer) as problem:
            raise ChannelUnreachable(problem.reason) from problem
        return bills.read(answer, day=day, kind=kind)

    def parse_notice(self, *, path: str, headers: Mapping[str, str], raw_body: bytes, wall: datetime) -> Notice:
        """The signature is over the fields of the body, the time of sending among them."""
        notices.verify(self.account, raw_body=raw_body, wall=wall)
        return notices.read(raw_body)

    def read_notice(self, *, raw_body: bytes) -> Notice:
        return notices.read(raw_body)


def too_old(request_no: str, wall: datetime) -> bool:
    """Whether no code of a number can be taken up any more."""
    return wall - made_at(request_no) >= CODES_ARE_DEAD


class AlipayMaker:
    """Opens Alipay with the channel's live credential and timeouts."""

    def open(self, *, channel: str) -> Alipay:
        """Raises ChannelNotConnected when there is no live credential, or no address of Alipay (ALIPAY_GATEWAY_URL, ALIPAY_BILL_URL)."""
        live = ChannelCredential.objects.select_related("channel").filter(channel_id=channel, retired_at=None).first()
        if live is None or not settings.ALIPAY_GATEWAY_URL or not settings.ALIPAY_BILL_URL:
            raise ChannelNotConnected()
        return Alipay(
            Account(
                gateway_url=settings.ALIPAY_GATEWAY_URL,
                bill_url=settings.ALIPAY_BILL_URL,
                merchant=live.merchant,
                app_id=live.app_id,
                private_key_pem=live.private_key_pem,
                public_key_pem=live.bank_public_key_pem,
                app_serial=live.own_key_id,
                root_serial=live.root_key_id,
                public_serial=live.bank_key_id,
                notify_url=notice_url(channel),
                patience=Patience(live.channel.connect_timeout_ms / 1000, live.channel.total_timeout_ms / 1000),
            )
        )
